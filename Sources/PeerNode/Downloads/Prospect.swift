package import Content
package import Wire

/// Who may bring a content of which nothing comes: what the directory says of those who have it.
package struct Prospect: Hashable, Sendable {
    /// Online, with all or some of it, by name.
    package let here: [UserName]
    /// They published it, and are away or give nothing of it; by name.
    package let away: [UserName]

    /// - Parameters:
    ///   - publications: Of its name and place; others are in the way.
    ///   - holders: Who is online and has it.
    ///   - others: Nothing is hoped for from these: oneself, and who lied.
    package init(of content: ContentID, _ publications: [Finding], holders: [UserName], but others: Set<UserName>) {
        let owners = publications.filter { $0.content == content }
        let here = Set(holders + owners.filter { $0.absentSince == nil }.map(\.owner)).subtracting(others)
        self.here = here.sorted()
        away = Set(owners.map(\.owner)).subtracting(here).subtracting(others).sorted()
    }
}

/// What is done for whoever waits for the end of a download while nothing of it comes: now and then it is looked who may
/// bring it, and told for whom it waits.
///
/// Pure: it is told what happens, and when. Times are those of one clock.
package struct Waiting: Sendable {
    /// What a look comes to.
    package struct Word: Hashable, Sendable {
        /// For whom it waits: who may come first, then who is here; at most so many. Empty where that is not known.
        package let members: [UserName]
        /// Nobody is away who may come: who is here gives it, or nobody does.
        package let isInVain: Bool
    }

    /// In shorter silences nobody is waited for: what comes slowest comes every four seconds (``NodeLimits/leastRate``).
    private static let patience = Duration.seconds(5)
    private static let interval = Duration.seconds(5)
    private static let mostMembers = 8

    private var isLooking = false
    private var nextLook = Duration.zero
    private var members: [UserName] = []

    package init() {}

    /// Whether to look now. Each look ends with ``looked(_:after:at:)``.
    ///
    /// - Parameter silence: For how long nothing has come.
    package mutating func mayLook(after silence: Duration, at now: Duration) -> Bool {
        guard silence >= Self.patience, !isLooking, now >= nextLook else { return false }
        isLooking = true
        return true
    }

    /// - Parameter prospect: Nil where the directory did not say.
    /// - Returns: Nil where something came meanwhile.
    package mutating func looked(_ prospect: Prospect?, after silence: Duration, at now: Duration) -> Word? {
        isLooking = false
        nextLook = now + Self.interval
        if let prospect { members = Array((prospect.away + prospect.here).prefix(Self.mostMembers)) }
        guard silence >= Self.patience else { return nil }
        return Word(members: members, isInVain: prospect?.away.isEmpty ?? false)
    }
}
