/// What does not pass between a site, or a host on its own, and the rest. Holds at once, for connections that are open too.
package enum FirewallRule: Hashable, Sendable {
    /// No UDP, either way.
    case noUDP
    /// Nothing that begins outside.
    case nothingIn
    /// Nothing but TCP that begins inside, to that port.
    case onlyTCPOut(Int)
    /// Nothing to or from an address, IPv4 or IPv6.
    case nothingWith(String)

    private static let table = "firewall"

    /// What `nft` reads: these rules and no others, all at once.
    ///
    /// - Parameter isRouter: They hold for what it forwards between `wan` and the rest. Otherwise for what a host sends and gets.
    static func table(_ rules: [FirewallRule], isRouter: Bool) -> String {
        // Neighbours find each other by ICMPv6, and an error belongs to what it is about.
        let always = ["meta l4proto ipv6-icmp accept", "ct state related accept"]
        let inbound = (always + rules.flatMap(\.inbound)).joined(separator: "\n")
        let outbound = (always + rules.flatMap(\.outbound)).joined(separator: "\n")
        let hooks =
            isRouter
            ? """
            chain forward {
                type filter hook forward priority filter - 10
                iifname "wan" jump inbound
                oifname "wan" jump outbound
            }
            """
            : """
            chain input {
                type filter hook input priority filter - 10
                iifname != "lo" jump inbound
            }
            chain output {
                type filter hook output priority filter - 10
                oifname != "lo" jump outbound
            }
            """
        return """
            table inet \(table)
            delete table inet \(table)
            table inet \(table) {
            chain inbound {
            \(inbound)
            }
            chain outbound {
            \(outbound)
            }
            \(hooks)
            }

            """
    }

    private var inbound: [String] {
        switch self {
        case .noUDP: ["meta l4proto udp drop"]
        // By the direction, not by the state: so it cuts what is open.
        case .nothingIn, .onlyTCPOut: ["ct direction original drop"]
        case .nothingWith(let address): ["\(Self.protocolName(of: address)) saddr \(address) drop"]
        }
    }

    private var outbound: [String] {
        switch self {
        case .noUDP: ["meta l4proto udp drop"]
        case .nothingIn: []
        case .onlyTCPOut(let port):
            ["ct direction original meta l4proto != tcp drop", "ct direction original tcp dport != \(port) drop"]
        case .nothingWith(let address): ["\(Self.protocolName(of: address)) daddr \(address) drop"]
        }
    }

    private static func protocolName(of address: String) -> String { address.contains(":") ? "ip6" : "ip" }
}
