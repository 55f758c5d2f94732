import Wire

/// Publications of one member that others wait for and that are not hashed: told with the heartbeats of a device, in turns,
/// so that what is never hashed keeps nothing else waiting.
struct Wanted: Sendable {
    /// So that nobody fills the memory.
    static let limit = 256
    /// Milliseconds after which nobody waits any more, unless he asked again.
    static let lifetime: Int64 = 30_000

    private struct Wait: Sendable {
        /// When somebody last asked, in monotonic milliseconds.
        var asked: Int64
        /// Grows with every wait and every telling: the lowest has its turn.
        var turn: Int64
        var wasTold = false

        var rank: (Int, Int64) { (wasTold ? 1 : 0, turn) }
    }

    private var waits: [PublicationID: Wait] = [:]
    private var lastTurn: Int64 = 0

    var isEmpty: Bool { waits.isEmpty }

    /// Where there is no place left, one that the owner was told of gives way.
    mutating func want(_ id: PublicationID, now: Int64) {
        if waits[id] != nil {
            waits[id]?.asked = now
            return
        }
        if waits.count >= Self.limit { forget(now: now) }
        if waits.count >= Self.limit {
            guard let told = waits.filter(\.value.wasTold).min(by: { $0.value.turn < $1.value.turn }) else { return }
            waits[told.key] = nil
        }
        lastTurn += 1
        waits[id] = Wait(asked: now, turn: lastTurn)
    }

    mutating func settle(_ ids: [PublicationID]) {
        guard !waits.isEmpty else { return }
        for id in ids { waits[id] = nil }
    }

    /// As many as a heartbeat answer tells of: those that were never told before all others, then those that were told
    /// longest ago.
    mutating func next(now: Int64) -> [PublicationID] {
        guard !waits.isEmpty else { return [] }
        forget(now: now)
        let next = waits.sorted { $0.value.rank < $1.value.rank }.prefix(HeartbeatAnswer.wantedLimit).map(\.key)
        for id in next {
            lastTurn += 1
            waits[id]?.turn = lastTurn
            waits[id]?.wasTold = true
        }
        return next.sorted()
    }

    private mutating func forget(now: Int64) {
        waits = waits.filter { now - $0.value.asked < Self.lifetime }
    }
}
