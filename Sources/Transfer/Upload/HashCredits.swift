import Wire

/// How much is hashed for members who come again: they go on where they left off, be it over another link.
///
/// Times are those of the swarm.
struct HashCredits {
    private static let remembered = 1_024

    private var left: [UserName: (credit: Int64, at: Duration)] = [:]

    /// What a link of this member begins with.
    ///
    /// - Parameter isLinked: Over another link: that one has it all.
    mutating func take(_ member: UserName, isLinked: Bool, at now: Duration) -> Int64 {
        if isLinked { return 0 }
        defer { left[member] = nil }
        return credit(of: member, at: now)
    }

    /// The last link of a member, or one of several, is gone.
    mutating func put(_ credit: Int64, of member: UserName, at now: Duration) {
        guard credit < HashJobs.burst else { return }
        if left.count >= Self.remembered {
            left = left.filter { self.credit(of: $0.key, at: now) < HashJobs.burst }
            if left.count >= Self.remembered { return }
        }
        left[member] = (min(credit, self.credit(of: member, at: now)), now)
    }

    private func credit(of member: UserName, at now: Duration) -> Int64 {
        guard let (credit, since) = left[member] else { return HashJobs.burst }
        return min(HashJobs.burst, credit + Int64((now - since).seconds) * HashJobs.perTick)
    }
}
