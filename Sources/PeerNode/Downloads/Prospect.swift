package import Content
package import Wire

/// Who may bring a content of which nothing comes: what the directory says of those who have it.
package struct Prospect: Hashable, Sendable {
    /// Online, with all or some of it, by name.
    package let here: [UserName]
    /// They published it, and are away or give nothing of it; by name.
    package let away: [UserName]
    /// They gave it or were to, are online, and have it no longer; where it is not asked, as somebody else may bring it, nobody.
    package var withdrawn: [UserName] = []

    /// Neither is anybody to be hoped for, nor is it unknown why.
    package var isOver: Bool { here.isEmpty && away.isEmpty && !withdrawn.isEmpty }

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

/// What is done for a download of which nothing comes: now and then it is looked who may bring it, and told for whom it
/// waits.
///
/// Pure: it is told what happens, and when. Times are those of one clock.
package struct Waiting: Sendable {
    /// What a look comes to.
    package struct Word: Hashable, Sendable {
        /// For whom it waits: who may come first, then who is here; at most so many. Empty where that is not known.
        package let members: [UserName]
        /// For long enough nobody has been away who may come: who is here gives it, or nobody does.
        package let isInVain: Bool
    }

    /// In shorter silences nobody is waited for: what comes slowest comes every four seconds (``NodeLimits/leastRate``).
    private static let patience = Duration.seconds(5)
    /// Between the first two looks; twice as long after each, up to the longest.
    private static let interval = Duration.seconds(5)
    private static let longestInterval = Duration.seconds(60)
    private static let mostMembers = 8
    /// It waits in vain when that has held for this long at least, and for so much longer than whoever dies is listed; where
    /// it is known to be withdrawn, for the time between two looks.
    private static let shortestDoubt = Duration.seconds(15)
    private static let doubt = Duration.seconds(10)

    private var isLooking = false
    /// In this silence.
    private var looks = 0
    private var nextLook = Duration.zero
    /// Since when each look found that nobody is away who may come.
    private var vainSince: Duration?
    /// For whom it waits, as in ``Word/members``; nil before the first look.
    package private(set) var members: [UserName]?

    package init() {}

    /// Whether to look now. Each look ends with ``looked(_:silenceLimit:after:at:)``.
    ///
    /// - Parameter silence: For how long nothing has come.
    package mutating func mayLook(after silence: Duration, at now: Duration) -> Bool {
        guard silence >= Self.patience else {
            somethingCame(at: now)
            return false
        }
        guard !isLooking, now >= nextLook else { return false }
        // This computer slept, or nobody waited: what was found before says nothing any more.
        if now >= nextLook + Self.longestInterval { vainSince = nil }
        isLooking = true
        return true
    }

    /// - Parameters:
    ///   - prospect: Nil where the directory did not say.
    ///   - silenceLimit: For so long the directory takes whoever says nothing for present.
    /// - Returns: Nil where something came meanwhile.
    package mutating func looked(
        _ prospect: Prospect?, silenceLimit: Duration, after silence: Duration, at now: Duration
    ) -> Word? {
        isLooking = false
        if let prospect { members = Array((prospect.away + prospect.here).prefix(Self.mostMembers)) }
        guard silence >= Self.patience else {
            somethingCame(at: now)
            return nil
        }
        nextLook = now + min(Self.interval * (1 << min(looks, 4)), Self.longestInterval)
        looks += 1
        guard prospect?.away.isEmpty == true else {
            vainSince = nil
            return Word(members: members ?? [], isInVain: false)
        }
        let since = vainSince ?? now
        vainSince = since
        let isOver = prospect?.isOver == true
        let certain = since + (isOver ? Self.interval : max(Self.shortestDoubt, silenceLimit + Self.doubt))
        if now < certain {
            nextLook = min(nextLook, certain)
        } else if isOver {
            // The links that ended may have been hoped for until now.
            nextLook = now + Self.interval
        }
        return Word(members: members ?? [], isInVain: now >= certain)
    }

    private mutating func somethingCame(at now: Duration) {
        looks = 0
        vainSince = nil
        nextLook = now
    }
}
