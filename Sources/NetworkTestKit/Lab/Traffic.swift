import TestKit

/// How much a host has sent to and got from others, whoever they are: what its own interface saw, by the other's address and port.
package struct Traffic: Sendable {
    package struct Flow: Hashable, Sendable {
        package let address: String
        package let port: Int
        package let isTCP: Bool
        package let isSent: Bool
        /// Of IP packets, with their headers.
        package let bytes: Int
        package let packets: Int
    }

    package let flows: [Flow]

    /// All bytes to and from one address, or one port of it.
    package func bytes(with address: String, port: Int? = nil) -> Int {
        flows.filter { $0.address == address && (port == nil || $0.port == port) }.reduce(0) { $0 + $1.bytes }
    }

    private static let sets: [(name: String, isSent: Bool)] = [
        ("sent4", true), ("sent6", true), ("received4", false), ("received6", false),
    ]

    /// The rules that count, as `nft` reads them.
    static let table: String = {
        var sets = ""
        var rules: [Bool: String] = [:]
        for (set, isSent) in Self.sets {
            let (type, word) = set.hasSuffix("4") ? ("ipv4_addr", "ip") : ("ipv6_addr", "ip6")
            sets += """
                set \(set) {
                    type \(type) . inet_proto . inet_service
                    flags dynamic
                    counter
                    size 65535
                }

                """
            let (interface, side) = isSent ? ("oifname", "d") : ("iifname", "s")
            rules[isSent, default: ""] +=
                "\(interface) != \"lo\" meta l4proto { tcp, udp } "
                + "update @\(set) { \(word) \(side)addr . meta l4proto . th \(side)port }\n"
        }
        return """
            table inet traffic {
            \(sets)
            chain input {
                type filter hook input priority filter - 20
            \(rules[false, default: ""])}
            chain output {
                type filter hook output priority filter + 20
            \(rules[true, default: ""])}
            }

            """
    }()

    /// From what that command says. An element reads `44.128.0.10 . 6 . 443 counter packets 2 bytes 76`.
    init(_ listing: String) {
        var flows: [Flow] = []
        var isSent = false
        for line in listing.split(separator: "\n") {
            let words = line.split { " \t,{}=".contains($0) }
            if words.first == "set", words.count > 1 {
                isSent = Self.sets.contains { $0.name == words[1] && $0.isSent }
            }
            for start in words.indices where words.count >= start + 10 {
                guard words[start + 1] == ".", words[start + 5] == "counter", let port = Int(words[start + 4]),
                    let packets = Int(words[start + 7]), let bytes = Int(words[start + 9])
                else { continue }
                flows.append(
                    Flow(
                        address: String(words[start]), port: port, isTCP: words[start + 2] == "6", isSent: isSent,
                        bytes: bytes, packets: packets))
            }
        }
        self.flows = flows
    }
}
