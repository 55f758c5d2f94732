/// A network to make: the internet, hosts on it, and sites behind routers.
///
///     LabPlan(sites: [
///         Site("home", .symmetric, hosts: ["hans"]),
///         Site("office", .none, hosts: ["vader"], firewall: [.onlyTCPOut(443)]),
///     ])
///
/// Names are lower-case letters and digits, and each stands once: a site's may not be a host's.
package struct LabPlan: Sendable {
    /// Hosts on the internet itself, each with an IPv4 and an IPv6 address, nothing between them.
    package var internet: [String]
    package var sites: [Site]

    /// The name of the network in the middle, for who moves there.
    package static let internetName = "internet"

    package init(internet: [String] = ["server"], sites: [Site] = []) {
        self.internet = internet
        self.sites = sites
    }

    /// Two members `a` and `b`, each behind a router of his own, and `server` on the internet.
    package static func pair(_ one: NATKind, _ other: NATKind, families: Families = .ipv4) -> LabPlan {
        LabPlan(sites: [
            Site("sitea", one, hosts: ["a"], families: families),
            Site("siteb", other, hosts: ["b"], families: families),
        ])
    }

    /// All pairs of some kinds in one: of the kind at index 2 there are two sites, with the hosts `a2` and `b2`.
    package static func matrix(_ kinds: [NATKind]) -> LabPlan {
        LabPlan(
            sites: kinds.enumerated().flatMap { index, kind in
                [
                    Site("sitea\(index)", kind, hosts: ["a\(index)"]),
                    Site("siteb\(index)", kind, hosts: ["b\(index)"]),
                ]
            })
    }
}

/// A network behind a router, and who is in it.
package struct Site: Sendable {
    package var name: String
    package var nat: NATKind
    package var hosts: [String]
    package var families: Families
    /// A second router, the carrier's, between this one and the internet (RFC 6598).
    package var carrier: NATKind?
    /// Whether the router maps ports for who asks it: UPnP IGD, NAT-PMP and PCP.
    package var mapsPorts: Bool
    package var firewall: [FirewallRule]

    package init(
        _ name: String, _ nat: NATKind, hosts: [String], families: Families = .ipv4, carrier: NATKind? = nil,
        mapsPorts: Bool = false, firewall: [FirewallRule] = []
    ) {
        self.name = name
        self.nat = nat
        self.hosts = hosts
        self.families = families
        self.carrier = carrier
        self.mapsPorts = mapsPorts
        self.firewall = firewall
    }
}

/// What a router makes of the IPv4 connections that begin behind it, and of those that begin outside (RFC 4787 §4.1 and §5).
///
/// IPv6 addresses are never changed; with ``none`` and ``fullCone`` all of IPv6 passes, with the others only what begins
/// inside does.
package enum NATKind: String, CaseIterable, Sendable {
    /// Addresses behind it are public ones, and everything passes.
    case none
    /// Ports are kept, and all that comes from outside goes to the first host.
    case fullCone = "full cone"
    /// Ports are kept; who was sent something may answer from any port.
    case addressRestricted = "address-restricted"
    /// Ports are kept where they are free; only who was sent something answers, from that port.
    case portRestricted = "port-restricted"
    /// The same with other ports outside than inside: one for each port inside, whoever is sent something.
    case portRestrictedChanged = "port-restricted, changed ports"
    /// For each destination another, random port.
    case symmetric
}

/// The internet protocols that a site has.
package enum Families: Sendable {
    case ipv4
    case ipv6
    case dual

    package var hasIPv4: Bool { self != .ipv6 }
    package var hasIPv6: Bool { self != .ipv4 }
}
