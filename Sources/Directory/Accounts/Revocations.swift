import Wire

/// Whose certificates are void, as long as one of them may be valid. The serial grows with each, and peers
/// ask for what came after the one that they know.
struct Revocations: Sendable {
    /// The last that was ever given; 0: none.
    private(set) var serial: Int64
    /// By serial.
    private var kept: [Revocation]
    /// Those that came before one of another server with a lower serial: told with it, as peers ask for what comes behind the
    /// last one that they know.
    private var early: [Int64: Revocation] = [:]
    /// The time before which a member's certificates are void: it is asked at each login.
    private var latest: [UserName: Int64] = [:]

    /// Other servers enter some too.
    private let isShared: Bool

    init(serial: Int64, kept: [Revocation], isShared: Bool = false) {
        self.serial = serial
        self.isShared = isShared
        self.kept = kept.sorted { $0.serial < $1.serial }
        for revocation in self.kept { note(revocation) }
    }

    mutating func enter(_ revocations: [Revocation]) { _ = learn(revocations) }

    /// Enters what others may have done.
    ///
    /// - Returns: What was not known.
    mutating func learn(_ revocations: [Revocation]) -> [Revocation] {
        var fresh: [Revocation] = []
        for revocation in revocations where revocation.serial > serial && early[revocation.serial] == nil {
            early[revocation.serial] = revocation
            note(revocation)
            fresh.append(revocation)
        }
        while let next = isShared ? serial + 1 : early.keys.min(), let revocation = early.removeValue(forKey: next) {
            serial = next
            kept.append(revocation)
        }
        return fresh
    }

    private mutating func note(_ revocation: Revocation) {
        latest[revocation.user] = max(revocation.issuedBefore, latest[revocation.user] ?? .min)
    }

    /// Forgets those of certificates issued before a time.
    mutating func prune(before time: Int64) {
        kept.removeAll { $0.issuedBefore < time }
        latest = latest.filter { $0.value >= time }
    }

    /// Those behind a serial, in their order.
    func since(_ serial: Int64) -> ArraySlice<Revocation> {
        guard let first = kept.firstIndex(where: { $0.serial > serial }) else { return [] }
        return kept[first...]
    }

    /// The time before which a member's certificates are void, milliseconds since 1970.
    func voidBefore(_ user: UserName) -> Int64? { latest[user] }
}
