import Connectivity
import TestKit
import Wire

/// A router on virtual time, with what it has mapped for one computer.
struct SimulatedRouter {
    struct Entry: Hashable {
        let by: MappingProtocol
        var port: UInt16
        var until: Duration?
        /// Somebody has asked for its removal: what became of that, nobody may know.
        var isGivenUp = false
    }

    let gateway: Gateway
    let speaks: Set<MappingProtocol>
    /// What it does not speak it refuses, instead of being silent.
    let refuses: Bool
    var externalAddress: [UInt8]
    let lifetime: Duration
    /// UPnP's mappings last until they are removed.
    let isPermanent: Bool
    /// Of other computers.
    let taken: Set<UInt16>
    private(set) var bornAt: Duration
    private(set) var entries: [Entry] = []

    init(_ number: UInt8, using random: inout SeededRandom) {
        gateway = Gateway(address: [10, number, 0, 1], interface: UInt32(number), local: [10, number, 0, 2])
        speaks = Set(MappingProtocol.allCases.filter { _ in Bool.random(using: &random) })
        refuses = Bool.random(using: &random)
        externalAddress = Int.random(in: 0..<4, using: &random) == 0 ? [100, 64, number, 1] : [11, number, 0, 1]
        lifetime = .seconds(Int.random(in: 120...7_200, using: &random))
        isPermanent = Int.random(in: 0..<4, using: &random) == 0
        taken = Bool.random(using: &random) ? [40_000] : []
        bornAt = .seconds(-Int.random(in: 1_000...1_000_000, using: &random))
    }

    /// Forgets all, and counts anew.
    mutating func reboot(now: Duration) {
        bornAt = now
        entries = []
    }

    /// What went by itself.
    mutating func expire(now: Duration) -> [Entry] {
        let gone = entries.filter { $0.until.map { $0 <= now } ?? false }
        entries.removeAll { gone.contains($0) }
        return gone
    }

    mutating func giveUp(_ order: MappingOrder) {
        for place in entries.indices where isMeant(entries[place], by: order) { entries[place].isGivenUp = true }
    }

    private func isMeant(_ entry: Entry, by order: MappingOrder) -> Bool {
        entry.by == order.by && (order.by != .upnp || entry.port == order.external.port)
    }

    /// Nil where it is silent.
    mutating func outcome(
        of order: MappingOrder, now: Duration, using random: inout SeededRandom
    ) -> MappingOutcome? {
        guard speaks.contains(order.by) else { return refuses ? .refused(.notSpoken) : nil }
        let epoch = order.by == .upnp ? nil : UInt32((now - bornAt).components.seconds)
        let place = entries.firstIndex { isMeant($0, by: order) }
        switch order.deed {
        case .check:
            if order.by == .upnp, place == nil { return .missing }
            return .healthy(externalAddress: order.by == .pcp ? nil : externalAddress, epoch: epoch)
        case .remove:
            if let place { entries.remove(at: place) }
            return .removed
        case .map:
            return map(order, place, epoch, now: now, using: &random)
        }
    }

    private mutating func map(
        _ order: MappingOrder, _ place: Int?, _ epoch: UInt32?, now: Duration, using random: inout SeededRandom
    ) -> MappingOutcome {
        var port = place.map { entries[$0].port } ?? order.external.port
        if place == nil, taken.contains(port) || entries.contains(where: { $0.port == port && !$0.isGivenUp }) {
            if order.by == .upnp { return .refused(.portTaken) }
            port = UInt16.random(in: 50_000...60_000, using: &random)
        }
        let lasts = order.by == .upnp && isPermanent
        let entry = Entry(by: order.by, port: port, until: lasts ? nil : now + lifetime)
        if let place { entries[place] = entry } else { entries.append(entry) }
        guard let external = Endpoint(address: externalAddress, port: port) else { return .unanswered }
        return .granted(MappingGrant(external: external, lifetime: lifetime, isPermanent: lasts, epoch: epoch))
    }
}
