import Wire

/// What stands between a simulated host and the internet.
enum NATKind: String, CaseIterable {
    case none
    /// One port outside for one inside, whoever is spoken to, open to everybody.
    case fullCone
    /// The same, open only to whom was spoken to from there.
    case restricted
    /// Another port outside for each that is spoken to.
    case symmetric

    var mapsAnew: Bool { self == .symmetric }
    var filters: Bool { self == .restricted || self == .symmetric }
}

/// A host with a listening port behind a NAT: which of its ports outside stands for what, and who was spoken to from where.
struct SimulatedHost {
    let kind: NATKind
    let address: [UInt8]
    let listeningPort: UInt16 = 6_881
    private var nextPort: UInt16 = 40_000
    /// By the port inside, and by who is spoken to, where that makes a difference.
    private var mappings: [UInt16: [Endpoint?: UInt16]] = [:]
    /// By the port outside.
    private var spokenTo: [UInt16: Set<Endpoint>] = [:]

    init(_ kind: NATKind, number: UInt8) {
        self.kind = kind
        address = [203, 0, 113, number]
    }

    /// A packet goes out from a port inside: where the others see it come from.
    mutating func send(from port: UInt16, to other: Endpoint) -> Endpoint {
        let key = kind.mapsAnew ? other : nil
        let outside: UInt16
        if kind == .none {
            outside = port
        } else if let known = mappings[port]?[key] {
            outside = known
        } else {
            nextPort += 1
            outside = nextPort
            mappings[port, default: [:]][key] = outside
        }
        spokenTo[outside, default: []].insert(other)
        return Endpoint(address: address, port: outside)!
    }

    /// Whether what comes from there to a port outside gets to the listening port.
    func admits(_ source: Endpoint, to port: UInt16) -> Bool {
        if kind == .none { return port == listeningPort }
        guard let known = mappings[listeningPort]?.first(where: { $0.value == port }) else { return false }
        guard kind.filters else { return true }
        return known.key == nil || known.key == source ? spokenTo[port]?.contains(source) == true : false
    }
}
