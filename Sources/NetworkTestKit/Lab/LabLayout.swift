import TestKit

/// A plan with names and addresses: what there is to make. Pure.
///
/// The internet is 44.128.0.0/24 and 2001:db8::/64; site number n has 192.168.n.0/24, or 44.128.n.0/24 where its addresses
/// are public, and 2001:db8:n::/64; between it and its carrier is 100.64.n.0/24. (Of IPv4, port-mapping routers refuse addresses
/// that are kept for examples.)
struct LabLayout {
    struct Router {
        let outer: Plug
        let inner: Segment
        let kind: NATKind
        let mapsPorts: Bool
        var firewall: [FirewallRule] = []
        /// Arguments of `ip` for what is behind a second router.
        var routes: [String] = []

        func rules(of kind: NATKind) -> String {
            let first = inner.ipv4.map { "\($0).\(LabLayout.firstHost)" }
            return NATRules(kind: kind, outside: outer.ipv4, first: first, mapsPorts: mapsPorts).table
        }
    }

    let internet: Segment
    /// By the name of the site, and the internet.
    private(set) var segments: [String: Segment]
    private(set) var hosts: [String: Plug] = [:]
    /// By the name of the site: the one nearest to its hosts.
    private(set) var routers: [String: Router] = [:]
    private(set) var carriers: [Router] = []
    /// The number that the next one gets who is plugged in there.
    private(set) var nextNumbers: [String: Int] = [:]
    private var internetRoutes: [String] = []
    private let prefix: String

    private static let firstHost = 10
    /// Of a site's router on the internet, before the site's number.
    private static let firstRouter = 100

    /// - Parameter prefix: Of all names of namespaces.
    init(_ plan: LabPlan, prefix: String) throws {
        self.prefix = prefix
        internet = Segment(namespace: prefix + LabPlan.internetName, ipv4: "44.128.0", ipv6: "2001:db8")
        segments = [LabPlan.internetName: internet]
        try Self.checkNames(plan)
        add(plan.internet, to: LabPlan.internetName, families: .dual)
        for (index, site) in plan.sites.enumerated() { try add(site, number: index + 1) }
    }

    private static func checkNames(_ plan: LabPlan) throws {
        let names = [LabPlan.internetName] + plan.internet + plan.sites.flatMap { [$0.name] + $0.hosts }
        guard Set(names).count == names.count else { throw TestKitError.invalid("a name stands twice: \(names)") }
        for name in names
        where name.isEmpty || !name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) }) {
            throw TestKitError.invalid("no name of a lab: \(name)")
        }
        guard plan.sites.count <= 100, plan.internet.count < firstRouter - firstHost else {
            throw TestKitError.invalid("a lab has at most 100 sites and 89 hosts on the internet")
        }
    }

    private mutating func add(_ names: [String], to segment: String, families: Families) {
        guard let network = segments[segment] else { return }
        for (index, name) in names.enumerated() {
            hosts[name] = Plug(
                namespace: prefix + name, interface: .eth0, segment: network, number: Self.firstHost + index,
                families: families)
        }
        nextNumbers[segment] = segment == LabPlan.internetName ? 2 * Self.firstRouter + 1 : Self.firstHost + names.count
    }

    private mutating func add(_ site: Site, number: Int) throws {
        guard site.carrier == nil || site.nat != .none else {
            throw TestKitError.invalid("who is behind a carrier's router has a private address: \(site.name)")
        }
        let families = site.families
        var outside = internet
        var outsideNumber = Self.firstRouter + number
        let home = prefix + site.name
        if let carrier = site.carrier {
            let plug = Plug(
                namespace: home + "-carrier", interface: .wan, segment: internet, number: outsideNumber,
                families: families)
            outside = Segment(
                namespace: plug.namespace, ipv4: families.hasIPv4 ? "100.64.\(number)" : nil,
                ipv6: families.hasIPv6 ? "2001:db8:\(number):1" : nil)
            outsideNumber = Self.firstHost
            let way = outside.ipv6.map { "route add 2001:db8:\(number)::/64 via \($0)::\(Self.firstHost)" }
            carriers.append(
                Router(
                    outer: plug, inner: outside, kind: carrier, mapsPorts: false, routes: [way].compactMap(\.self)))
            addRoutes(to: number, through: plug, isPublic: false)
        }
        let outer = Plug(
            namespace: home, interface: .wan, segment: outside, number: outsideNumber, families: families)
        let ipv4 = site.nat == .none ? "44.128.\(number)" : "192.168.\(number)"
        let inner = Segment(
            namespace: home, ipv4: families.hasIPv4 ? ipv4 : nil,
            ipv6: families.hasIPv6 ? "2001:db8:\(number)" : nil)
        routers[site.name] = Router(
            outer: outer, inner: inner, kind: site.nat, mapsPorts: site.mapsPorts, firewall: site.firewall)
        segments[site.name] = inner
        if site.carrier == nil { addRoutes(to: number, through: outer, isPublic: site.nat == .none) }
        add(site.hosts, to: site.name, families: families)
    }

    private mutating func addRoutes(to number: Int, through plug: Plug, isPublic: Bool) {
        if isPublic, let ipv4 = plug.ipv4 { internetRoutes.append("route add 44.128.\(number).0/24 via \(ipv4)") }
        if let ipv6 = plug.ipv6 { internetRoutes.append("route add 2001:db8:\(number)::/48 via \(ipv6)") }
    }

    // MARK: As a script

    private var allRouters: [Router] { carriers + routers.values.sorted { $0.outer.namespace < $1.outer.namespace } }
    private var allPlugs: [Plug] { allRouters.map(\.outer) + hosts.values.sorted { $0.namespace < $1.namespace } }
    var namespaces: [String] { [internet.namespace] + allPlugs.map(\.namespace) }

    /// For `sh -e`: makes all of it.
    var script: String {
        let plugs = allPlugs
        func ports(of segment: Segment) -> [String] {
            plugs.filter { $0.segment.namespace == segment.namespace }.map(\.plugging)
        }
        let middle = NamespaceSetup(
            namespace: internet.namespace, forwards: true,
            ip: ["link set lo up"] + internet.setup + ports(of: internet))
        let between = allRouters.map { router in
            NamespaceSetup(
                namespace: router.outer.namespace, forwards: true,
                ip: router.outer.setup + router.inner.setup + ports(of: router.inner) + router.routes,
                nft: router.rules(of: router.kind) + FirewallRule.table(router.firewall, isRouter: true))
        }
        let ends = hosts.values.map { plug in
            NamespaceSetup(namespace: plug.namespace, ip: plug.setup, nft: Traffic.table)
        }
        // Those behind have their way only when it is there.
        let routes = internetRoutes.map { "ip -n \(internet.namespace) \($0)\n" }
        // A bridge without ports has no line, and gets none until somebody comes.
        let owners = ([internet] + allRouters.map(\.inner)).filter { !ports(of: $0).isEmpty }
        let waits =
            isIPv6Awaited
            ? plugs.map { ($0.namespace, $0.readiness) } + owners.map { ($0.namespace, $0.readiness) } : []
        return namespaces.map { "ip netns add \($0)\n" }.joined()
            + "ip -batch - <<'IP'\n" + plugs.map { $0.cable + "\n" }.joined() + "IP\n"
            + ([middle] + between + ends).map(\.script).joined() + routes.joined()
            + waits.map { namespace, wait in
                wait.map { "ip netns exec \(namespace) /bin/sh -ec 'cd /proc/net; \($0)'\n" } ?? ""
            }.joined()
    }

    /// Where no site has IPv6, nobody waits for the internet's.
    private var isIPv6Awaited: Bool { routers.values.contains { $0.outer.ipv6 != nil } }
}
