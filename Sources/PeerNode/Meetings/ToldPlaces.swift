package import Wire

/// What the directory was told of where this node is, and who is still to hear that it is elsewhere than it was.
package struct ToldPlaces: Sendable {
    /// What is to be said now.
    package struct Telling: Hashable, Sendable {
        package let places: [Endpoint]
        package let members: [UserName]
        fileprivate let login: Int
    }

    /// Of members who are told of a move.
    private static let membersLimit = 64

    /// What each login says.
    private let first: [Endpoint]
    /// As the directory knows them.
    private var told: [Endpoint]
    private var members: Set<UserName> = []
    /// How often this node signed in by itself.
    private var login = 0

    package init(first: [Endpoint]) {
        self.first = first
        told = first
    }

    /// The directory goes by what the first login said again, which may be long ago; what was told before counts for nothing.
    package mutating func signedInAgain() {
        told = first
        login += 1
    }

    package mutating func moved(telling members: Set<UserName>) {
        self.members = Set(self.members.union(members).prefix(Self.membersLimit))
    }

    /// Nil where the directory knows it all.
    package func telling(_ places: [Endpoint]) -> Telling? {
        guard places != told || !members.isEmpty else { return nil }
        return Telling(
            places: places, members: Array(members.prefix(DirectoryMessage.toldOfMoveLimit)), login: login)
    }

    /// The directory has answered.
    ///
    /// - Returns: Whether there is more to say.
    package mutating func answered(_ telling: Telling) -> Bool {
        members.subtract(telling.members)
        guard telling.login == login else { return true }
        told = telling.places
        return !members.isEmpty
    }
}
