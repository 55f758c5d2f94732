package import Wire

/// A member's own peer, or his standard clients: what somebody else lists as those costs his peer nothing.
package struct DialledSource: Hashable, Sendable {
    package let user: UserName
    package let isStandardClient: Bool

    package init(_ user: UserName, isStandardClient: Bool) {
        self.user = user
        self.isStandardClient = isStandardClient
    }

    init(_ holder: Holder) { self.init(holder.user, isStandardClient: holder.infoHash != nil) }
}

/// What is remembered of the sources of one content, so that one who does not answer, or whose links end as soon as they begin, is
/// dialled less and less often; and of the dials that may lead somewhere. It says where a better way is to be looked for.
///
/// Pure: it is told what happens, and when.
package struct SourceMemory: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// One that is under way.
    package struct Dial: Hashable, Sendable {
        package let source: DialledSource
        package let number: Int
        /// How often in a row it went wrong before.
        package let failures: Int
    }

    /// For a member's device to which a relay links us.
    package struct Look: Hashable, Sendable {
        package let member: UserName
        /// Where that device was dialled.
        package let places: [Endpoint]

        package init(member: UserName, places: [Endpoint]) {
            self.member = member
            self.places = places
        }
    }

    private struct Entry {
        var failures = 0
        var notBefore: Instant?
        var linkedAt: Instant?
        /// Where the device was dialled that was linked last. They outlive the link: whoever asks for a better way knows that there is
        /// one of ours.
        var places: [Endpoint] = []
        /// How often a better way was looked for since then.
        var looks = 0

        mutating func failed(at now: Instant) {
            if let linkedAt, linkedAt.duration(to: now) > .seconds(10) { failures = 0 }
            linkedAt = nil
            failures += 1
            notBefore = now + .seconds(1 << min(failures - 1, 6))
        }

        mutating func forgive() {
            failures = 0
            notBefore = nil
            linkedAt = nil
        }
    }

    /// So often a better way is looked for whenever that is asked for, which is for a minute; then every second time.
    private static let eagerLooks = 12
    /// Within so much time a member's links end, one after the other, when he moves: what was dialled since the first leads to where he
    /// is now. Longer than ``LinkLimits/doubt`` lasts.
    private static let moveSpan = Duration.seconds(2)

    private var entries: [DialledSource: Entry] = [:]
    /// Two to one member at the same time are in each other's way.
    private var dials: [DialledSource: (number: Int, begun: Instant)] = [:]
    private var lastDial = 0
    private var looking: Set<UserName> = []

    package init() {}

    /// Whom our dials led to, and who was not lost since.
    package var linked: Set<UserName> { Set(entries.filter { $0.value.linkedAt != nil }.keys.map(\.user)) }

    /// To whom no way led when he was dialled last, or whose links broke off, and who is not linked now: by name.
    package var missed: [UserName] {
        Set(entries.filter { $0.value.failures > 0 }.keys.map(\.user)).subtracting(linked).sorted()
    }

    package func mayDial(_ source: DialledSource, at now: Instant) -> Bool {
        entries[source]?.notBefore.map { $0 <= now } ?? true
    }

    // MARK: Dials

    /// Nil where he is being dialled.
    package mutating func begin(_ source: DialledSource, at now: Instant) -> Dial? {
        guard dials[source] == nil else { return nil }
        lastDial += 1
        dials[source] = (lastDial, now)
        return Dial(source: source, number: lastDial, failures: entries[source]?.failures ?? 0)
    }

    /// - Parameter places: Where the device was dialled.
    package mutating func linked(by dial: Dial, at places: [Endpoint], _ now: Instant) {
        entries[dial.source, default: Entry()].linkedAt = now
        entries[dial.source]?.places = places
        entries[dial.source]?.looks = 0
    }

    /// Nobody answered. What was begun before a move says nothing.
    ///
    /// - Parameter isExplained: As by ``Moves/explains(_:)``.
    package mutating func failed(_ dial: Dial, isExplained: Bool, at now: Instant) {
        guard dials[dial.source]?.number == dial.number, !isExplained else { return }
        entries[dial.source, default: Entry()].failed(at: now)
    }

    package mutating func ended(_ dial: Dial) {
        if dials[dial.source]?.number == dial.number { dials[dial.source] = nil }
    }

    /// A member is not linked any more.
    package mutating func lost(_ member: UserName, isExplained: Bool, at now: Instant) {
        let peer = DialledSource(member, isStandardClient: false)
        let client = DialledSource(member, isStandardClient: true)
        let source = entries[client]?.linkedAt == nil ? peer : client
        if isExplained {
            entries[source]?.linkedAt = nil
        } else {
            entries[source, default: Entry()].failed(at: now)
        }
    }

    /// Whose links ended, and after a move of our own everybody who is not linked, may be dialled at once.
    ///
    /// - Returns: The dials that lead nowhere any more, by their numbers.
    package mutating func moved(_ move: Move, at now: Instant) -> [Int] {
        for (source, entry) in entries
        where move.ended.contains(source.user) || (move.isOwn && entry.linkedAt == nil) {
            entries[source]?.forgive()
        }
        let stale = dials.filter { source, dial in
            move.isOwn || (move.ended.contains(source.user) && dial.begun + Self.moveSpan <= now)
        }
        for source in stale.keys { dials[source] = nil }
        return stale.values.map(\.number).sorted()
    }

    // MARK: Better ways

    /// Those whose turn it is, among members whom a relay links by a dial of ours and who are not being dialled. Each is at work
    /// until ``looked(_:)``.
    package mutating func looks(to members: Set<UserName>) -> [Look] {
        members.sorted().compactMap { member in
            let source = DialledSource(member, isStandardClient: false)
            guard let entry = entries[source], !entry.places.isEmpty, !looking.contains(member), dials[source] == nil
            else { return nil }
            entries[source]?.looks += 1
            guard entry.looks < Self.eagerLooks || entry.looks.isMultiple(of: 2) else { return nil }
            looking.insert(member)
            return Look(member: member, places: entry.places)
        }
    }

    package mutating func looked(_ look: Look) { looking.remove(look.member) }
}
