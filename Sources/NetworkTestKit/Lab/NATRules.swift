/// The rules by which a router is of some ``NATKind``, as `nft` reads them. Towards the outside it has an interface `wan`.
struct NATRules {
    let kind: NATKind
    /// The router's own IPv4 address outside; nil where it has none.
    let outside: String?
    /// The IPv4 address of the first host behind it.
    let first: String?
    let mapsPorts: Bool

    /// Outside of what systems give to programs and of what the tests use: who has a port in the range keeps it.
    static let changedPorts = 61_000...65_535

    /// The chains that a port-mapping router fills. They stand in the table `nat`.
    static let (mappedIn, mappedOut, mappedForward) = ("mapped_in", "mapped_out", "mapped_forward")

    var table: String {
        guard kind != .none else { return Self.nothing }
        return Self.nothing + """
            table inet nat {
            \(mapsPorts ? "chain \(Self.mappedIn) {}\nchain \(Self.mappedOut) {}\nchain \(Self.mappedForward) {}" : "")
            \(kind == .addressRestricted ? Self.contacts : "")
            chain input {
                type filter hook input priority filter
                iifname "wan" ct state new drop
            }
            chain forward {
                type filter hook forward priority filter
            \(filter.joined(separator: "\n"))
            }
            chain prerouting {
                type nat hook prerouting priority dstnat
            \(inward.joined(separator: "\n"))
            }
            chain postrouting {
                type nat hook postrouting priority srcnat
            \(outward.joined(separator: "\n"))
            }
            }

            """
    }

    /// Takes away what rules there were.
    private static let nothing = "table inet nat\ndelete table inet nat\n"

    /// Who was sent something, from which port, by whom.
    private static let contacts = """
        map contacts {
            type ipv4_addr . inet_proto . inet_service : ipv4_addr
            flags dynamic,timeout
            timeout 5m
        }
        """

    /// What passes. A SYN that nobody asked for is dropped without a word, as most routers do: a reset would end
    /// a connection that both ends are just opening.
    private var filter: [String] {
        var rules: [String] = []
        if kind == .addressRestricted {
            rules.append(
                "oifname \"wan\" meta l4proto { tcp, udp } update @contacts { ip daddr . meta l4proto . th sport : ip saddr }"
            )
        }
        if mapsPorts { rules.append("jump \(Self.mappedForward)") }
        rules.append("ct status dnat accept")
        if kind == .fullCone { rules.append("meta nfproto ipv6 accept") }
        rules.append("iifname \"wan\" ct state new drop")
        return rules
    }

    private var inward: [String] {
        var rules = mapsPorts ? ["iifname \"wan\" jump \(Self.mappedIn)"] : []
        switch kind {
        case .fullCone:
            if let first { rules.append("iifname \"wan\" meta l4proto { tcp, udp } dnat ip to \(first)") }
        case .addressRestricted:
            rules.append("iifname \"wan\" dnat ip to ip saddr . meta l4proto . th dport map @contacts")
        case .none, .portRestricted, .portRestrictedChanged, .symmetric: break
        }
        return rules
    }

    private var outward: [String] {
        guard let outside else { return [] }
        var rules = mapsPorts ? ["oifname \"wan\" jump \(Self.mappedOut)"] : []
        switch kind {
        case .symmetric:
            rules.append(
                "oifname \"wan\" meta nfproto ipv4 meta l4proto { tcp, udp } masquerade random,fully-random")
        case .portRestrictedChanged:
            // As long as a source port has a mapping, Linux takes that again towards others (`find_appropriate_src` in
            // nf_nat_core.c), unless it is told to be fully random: which is what makes the mapping one and the same.
            rules.append(
                "oifname \"wan\" meta nfproto ipv4 meta l4proto { tcp, udp } snat ip to "
                    + "\(outside):\(Self.changedPorts.lowerBound)-\(Self.changedPorts.upperBound)")
        case .none, .fullCone, .addressRestricted, .portRestricted: break
        }
        rules.append("oifname \"wan\" meta nfproto ipv4 masquerade")
        return rules
    }
}
