import Library
import NodeControl
import Transfer

/// Keeps the limits of a node, and has them kept.
struct TransferSettings: Sendable {
    private enum Name: String {
        case upward = "limit up"
        case downward = "limit down"
        case slots = "limit slots"
        case active = "limit active"
    }

    /// A link that is served gets at least so many bytes a second: where there is less to give, fewer are served at the
    /// same time, so that none of them waits so long for a block that it takes this end for dead.
    private static let leastShare = 8_192

    let records: TransferRecords
    let inbound: RateLimiter
    let outbound: RateLimiter
    let slots: UploadSlots

    /// What was stored last, where it makes sense.
    func load(default limits: NodeLimits) async throws -> NodeLimits {
        let stored = try await records.settings()
        func value(_ name: Name) -> Int? { stored[name.rawValue].flatMap(\.self) }
        var limits = limits
        limits.upward = value(.upward).map { $0 <= 0 ? 0 : max($0, NodeLimits.leastRate) }
        limits.downward = value(.downward).map { max($0, NodeLimits.leastRate) }
        if let slots = value(.slots), NodeLimits.slotRange.contains(slots) { limits.slots = slots }
        if let active = value(.active), NodeLimits.activeRange.contains(active) { limits.active = active }
        return limits
    }

    func store(_ limits: NodeLimits) async throws {
        try await records.set(Name.upward.rawValue, to: limits.upward)
        try await records.set(Name.downward.rawValue, to: limits.downward)
        try await records.set(Name.slots.rawValue, to: limits.slots)
        try await records.set(Name.active.rawValue, to: limits.active)
    }

    func apply(_ limits: NodeLimits) {
        inbound.rate = limits.downward
        // Hashes of pieces still go to whom they help; blocks need a slot.
        outbound.rate = limits.upward == 0 ? nil : limits.upward
        slots.change(limit: Self.slots(limits))
    }

    private static func slots(_ limits: NodeLimits) -> Int {
        guard let upward = limits.upward else { return limits.slots }
        return upward == 0 ? 0 : min(limits.slots, max(1, upward / leastShare))
    }
}
