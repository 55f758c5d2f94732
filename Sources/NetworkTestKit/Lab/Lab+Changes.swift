import Synchronization
import TestKit

/// What changes while the programs run.
extension Lab {
    /// Pulls the cable of a host, or that of a site's router towards the internet.
    ///
    /// At the other end, so that neither its addresses nor its interface tell of it: as when a cable is pulled that is not one's own.
    package func cut(_ name: String) async throws {
        let plug = try plug(of: name)
        try await run("ip -n \(plug.segment.namespace) link set \(plug.port) nomaster\n")
    }

    package func restore(_ name: String) async throws {
        let plug = try plug(of: name)
        try await run("ip -n \(plug.segment.namespace) \(plug.plugging)\n")
    }

    /// From now on these rules hold at a host, or between a site and the rest, and no others: for what is open too.
    package func setFirewall(_ rules: [FirewallRule], at name: String) async throws {
        let table = FirewallRule.table(rules, isRouter: layout.routers[name] != nil)
        try await run("ip netns exec \(plug(of: name).namespace) nft -f - <<'NFT'\n\(table)NFT\n")
    }

    /// From now on a site's router is of another kind, for connections that begin from now on. What ports it has mapped for who asked is
    /// forgotten, as when it begins anew.
    ///
    /// - Precondition: Neither kind is ``NATKind/none``, which has other addresses.
    package func setNAT(_ kind: NATKind, of site: String) async throws {
        guard let router = layout.routers[site], router.kind != .none, kind != .none else {
            throw TestKitError.invalid("\(site) cannot become \(kind.rawValue)")
        }
        try await run("ip netns exec \(router.outer.namespace) nft -f - <<'NFT'\n\(router.rules(of: kind))NFT\n")
    }

    /// A host goes to another network, or again to its own: the internet (``LabPlan/internetName``) or a site, by name. It
    /// gets a new address there; its old ones are gone at once.
    ///
    /// - Parameter pause: In whole seconds, for which it is nowhere.
    package func move(_ host: String, to name: String, after pause: Int = 0) async throws {
        let old = try plug(of: host)
        guard let segment = layout.segments[name] else {
            throw TestKitError.invalid("there is no network \(name) in the laboratory")
        }
        let new = plug(in: segment, name, namespace: old.namespace, .eth0)
        state.withLock { $0.plugs[host] = new }
        let setup = NamespaceSetup(namespace: new.namespace, ip: new.setup)
        try await run(
            """
            ip -n \(old.namespace) link del eth0
            sleep \(pause)
            ip \(new.cable)
            ip -n \(segment.namespace) \(new.plugging)
            \(setup.script)
            """)
    }

    /// A host gets a second cable, into another network, by which its way to everywhere goes from now on. The first one stays, with
    /// its addresses.
    package func addLine(_ host: String, to name: String) async throws {
        let old = try plug(of: host)
        guard let segment = layout.segments[name] else {
            throw TestKitError.invalid("there is no network \(name) in the laboratory")
        }
        let new = plug(in: segment, name, namespace: old.namespace, .eth1)
        let setup = NamespaceSetup(
            namespace: new.namespace,
            ip: new.setup.map { $0.hasPrefix("route add") ? "route replace" + $0.dropFirst(9) : $0 })
        try await run(
            """
            ip \(new.cable)
            ip -n \(segment.namespace) \(new.plugging)
            \(setup.script)
            """)
    }

    private func plug(
        in segment: Segment, _ name: String, namespace: String, _ interface: Plug.Interface
    ) -> Plug {
        let number = state.withLock { state in
            let number = state.nextNumbers[name, default: 2]
            state.nextNumbers[name] = number + 1
            return number
        }
        return Plug(namespace: namespace, interface: interface, segment: segment, number: number, families: .dual)
    }

    /// Limits what a host sends and gets, each way.
    package func limit(_ host: String, megabitsPerSecond: Int) async throws {
        let plug = try plug(of: host)
        let rate = "root tbf rate \(megabitsPerSecond)mbit burst 128kb latency 50ms"
        try await run(
            """
            tc -n \(plug.namespace) qdisc replace dev \(plug.interface) \(rate)
            tc -n \(plug.segment.namespace) qdisc replace dev \(plug.port) \(rate)

            """)
    }

    /// What a host has sent and got since it is there, by whom.
    package func traffic(of host: String) async throws -> Traffic {
        guard try plug(of: host).interface == .eth0 else { throw TestKitError.invalid("\(host) is no host") }
        return Traffic(
            try await output(host, LabPrograms.path("nft") ?? "nft", ["-n", "list", "table", "inet", "traffic"]))
    }
}
