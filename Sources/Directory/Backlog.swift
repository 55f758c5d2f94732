import Wire

/// What memory knows and the store does not yet: written with the next tick, kept until that worked.
struct Backlog: Sendable {
    /// When members were last there, milliseconds since 1970.
    private(set) var seen: [UserName: Int64] = [:]
    /// Members to revoke, and the time before which their certificates are void.
    private var expelled: [UserName: Int64] = [:]
    /// Those of them whom the store is just being told.
    private var revoking: [UserName: Int64] = [:]

    mutating func see(_ user: UserName, at time: Int64) { seen[user] = max(time, seen[user] ?? time) }

    mutating func expel(_ user: UserName, voidBefore time: Int64) { expelled[user] = max(time, expelled[user] ?? time) }

    /// Somebody of whom nothing is to be known any more.
    mutating func forget(_ user: UserName) {
        seen[user] = nil
        expelled[user] = nil
    }

    func voidBefore(_ user: UserName) -> Int64? { expelled[user] ?? revoking[user] }

    var sightings: [Sighting] { seen.map { Sighting(user: $0.key, time: $0.value) }.sorted { $0.user < $1.user } }

    /// These are written; what came in the meantime stays.
    mutating func wrote(_ sightings: [Sighting]) {
        for sighting in sightings where seen[sighting.user] == sighting.time { seen[sighting.user] = nil }
    }

    /// Those who are to be revoked as of the earliest time, each once, however many flushes run at one time.
    mutating func beginRevoking() -> (voidBefore: Int64, users: [UserName])? {
        guard let time = expelled.values.min() else { return nil }
        let users = expelled.filter { $0.value == time }.map(\.key).sorted()
        for user in users { revoking[user] = expelled.removeValue(forKey: user) }
        return (time, users)
    }

    mutating func endRevoking(_ users: [UserName], voidBefore time: Int64, isDone: Bool) {
        for user in users where revoking[user] == time {
            revoking[user] = nil
            if !isDone { expel(user, voidBefore: time) }
        }
    }
}
