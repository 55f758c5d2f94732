/// Who may see what a member publishes: what others ask him for, and he them.
package protocol NodePermissions: Sendable {
    /// Throws ``NodeFailure/noSuchReader(_:)`` where neither a member nor a group has a name of it: what is published for
    /// it would be refused so, after all its bytes have been read.
    func check(_ audience: Audience) async throws(NodeFailure)
    /// Asks the owner of what is locked for it; he may answer later. Nothing happens where it can be had already. Throws
    /// `.notFound` where there is none of the name, and ``NodeFailure/askRefused(name:)`` where he refused it less than a
    /// day ago.
    ///
    /// - Parameter name: As in ``DownloadRequest/name``: `name@owner` where several have it.
    func ask(for name: String) async throws(NodeFailure)
    /// What others ask for, and was not answered, and what this member asked for lately.
    func asks() async throws(NodeFailure) -> Asks
    /// Throws ``NodeFailure/noSuchAsk(_:)`` where nobody asks that any more.
    ///
    /// - Parameter ask: Its ``AskStatus/id``.
    func answer(ask: Int64, _ verdict: AskVerdict) async throws(NodeFailure)
}

/// For whom something is published, beside its owner.
package struct Audience: Codable, Hashable, Sendable {
    package var isEverybody: Bool
    /// Otherwise: members and groups.
    package var readers: [String]
    /// Listed but locked: the others see its name, and may ask for it.
    package var isListed: Bool

    package static let everybody = Audience(isEverybody: true, readers: [], isListed: true)

    package static func only(_ readers: [String], isListed: Bool = false) -> Audience {
        Audience(isEverybody: false, readers: readers, isListed: isListed)
    }

    package init(isEverybody: Bool, readers: [String], isListed: Bool) {
        self.isEverybody = isEverybody
        self.readers = readers
        self.isListed = isListed
    }
}

extension NodePublishing {
    /// For whom it was before, or for everybody.
    package func publish(
        path: String, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        try await publish(path: path, to: nil, progress: progress)
    }
}

extension NodeShares {
    /// For whom it was before, or for everybody.
    package func share(path: String) async throws(NodeFailure) { try await share(path: path, to: nil) }
}

package struct Asks: Codable, Hashable, Sendable {
    /// Of others, for what this member has: in the order in which they came.
    package var ofOthers: [AskStatus]
    package var own: [AskStatus]

    package init(ofOthers: [AskStatus], own: [AskStatus]) {
        self.ofOthers = ofOthers
        self.own = own
    }
}

/// Somebody would like to have what is locked.
package struct AskStatus: Codable, Hashable, Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case open
        case granted
        case refused
    }

    package var id: Int64
    /// Of what is asked for.
    package var name: String
    /// Who asks; of one's own, who is asked.
    package var member: String
    /// When it was asked, or answered: milliseconds since 1970.
    package var time: Int64
    package var state: State

    package init(id: Int64, name: String, member: String, time: Int64, state: State) {
        self.id = id
        self.name = name
        self.member = member
        self.time = time
        self.state = state
    }
}

package enum AskVerdict: String, Codable, Hashable, Sendable, CaseIterable {
    /// He may have it for a day.
    case once
    /// He becomes one of its readers.
    case always
    case refuse
}
