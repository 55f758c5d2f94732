package import NIOCore

/// What a ``PortMapper`` has to do with: the routes of this computer, and who can ask a router.
package struct MappingEnvironment: Sendable {
    /// In the order in which they are tried, one for each protocol.
    package let clients: [any RouterClient]
    package let router: @Sendable () -> Gateway?
    /// How often the routes are looked at.
    package let pace: Duration

    package init(clients: [any RouterClient], pace: Duration = .seconds(2), router: @escaping @Sendable () -> Gateway?)
    {
        self.clients = clients
        self.router = router
        self.pace = pace
    }

    /// This computer's default gateway, asked by PCP, by NAT-PMP and by UPnP, each where the one before does not work. Over IPv6 there
    /// is PCP alone, which opens the router's firewall for the port.
    ///
    /// - Parameter protocols: those alone.
    package static func system(
        _ family: Gateway.Family = .ipv4, protocols: [MappingProtocol] = MappingProtocol.allCases,
        group: any EventLoopGroup
    ) -> MappingEnvironment {
        let thread = RouterThread()
        let clients: [any RouterClient] = protocols.compactMap { wanted -> (any RouterClient)? in
            switch (wanted, family) {
            case (.pcp, _): PCPClient(group: group)
            case (.natPMP, .ipv4): NATPMPClient(thread: thread)
            case (.upnp, .ipv4): UPnPClient(thread: thread)
            case (.natPMP, .ipv6), (.upnp, .ipv6): nil
            }
        }
        return MappingEnvironment(clients: clients) { Gateway.current(family) }
    }
}
