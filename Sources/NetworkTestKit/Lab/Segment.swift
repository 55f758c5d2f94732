/// A network of a lab: a bridge in the namespace of its gateway, which has the number 1 in it.
struct Segment: Sendable {
    /// Of the gateway: a router, or the internet itself.
    let namespace: String
    /// The first three numbers of its addresses (/24); nil where it has no IPv4.
    let ipv4: String?
    /// What of its addresses (/64) stands before `::`.
    let ipv6: String?

    static let bridge = "lan"

    /// The arguments of `ip`, in the gateway's namespace, that make it.
    var setup: [String] {
        // With an address of its own: otherwise it takes the lowest of its ports', and changes when they come and go.
        [
            "link add \(Self.bridge) address 02:00:00:00:00:01 type bridge mcast_snooping 0",
            "link set \(Self.bridge) up",
        ]
            + [
                ipv4.map { "addr add \($0).1/24 dev \(Self.bridge)" },
                ipv6.map { "addr add \($0)::1/64 dev \(Self.bridge)" },
            ]
            .compactMap(\.self)
    }

    /// Waits until its gateway can be found by IPv6, in the gateway's namespace.
    var readiness: String? { ipv6.map { _ in Neighbours.wait(on: Self.bridge) } }
}

/// What is plugged into a network: an interface in a namespace, and at the gateway's end a port of the bridge.
struct Plug: Sendable {
    /// `eth0` of a host, and where it has two `eth1`; `wan` of a router.
    enum Interface: String {
        case eth0
        case eth1
        case wan
    }

    let namespace: String
    let interface: Interface
    let segment: Segment
    /// The last part of its addresses.
    let number: Int
    let families: Families

    var ipv4: String? { families.hasIPv4 ? segment.ipv4.map { "\($0).\(number)" } : nil }
    var ipv6: String? { families.hasIPv6 ? segment.ipv6.map { "\($0)::\(number)" } : nil }
    var addresses: [String] { [ipv4, ipv6].compactMap(\.self) }
    /// Of the bridge, in the gateway's namespace.
    var port: String { "p\(number)" }

    /// The arguments of `ip` that lay the cable.
    var cable: String {
        "link add \(port) netns \(segment.namespace) type veth peer name \(interface) netns \(namespace)"
    }
    /// Those that plug it in, in the gateway's namespace.
    var plugging: String { "link set \(port) master \(Segment.bridge) up" }
    /// Those that give it addresses, in its own.
    var setup: [String] {
        var lines = ["link set lo up"]
        if let ipv4 { lines.append("addr add \(ipv4)/24 dev \(interface)") }
        if let ipv6 { lines.append("addr add \(ipv6)/64 dev \(interface) nodad") }
        lines.append("link set \(interface) up")
        if ipv4 != nil, let gateway = segment.ipv4 { lines.append("route add default via \(gateway).1") }
        if ipv6 != nil, let gateway = segment.ipv6 { lines.append("route add default via \(gateway)::1") }
        return lines
    }
    /// Waits until it can be found by IPv6, in its own.
    var readiness: String? { ipv6.map { _ in Neighbours.wait(on: "\(interface)") } }
}

/// What an interface waits for that has IPv6.
private enum Neighbours {
    /// A command of `sh` that waits for its link-local address, which answers to neighbours need, and which it gets when its line is known to
    /// be up: that takes Linux up to a second.
    static func wait(on interface: String) -> String {
        "until grep -q \"^fe80.* \(interface)$\" if_inet6; do sleep 0.02; done"
    }
}
