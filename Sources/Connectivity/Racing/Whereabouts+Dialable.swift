package import Proxies
package import Wire

extension Whereabouts {
    /// What of it is dialled, and how: at ``reflexive`` both punch, so that of what is returned that is where the directory sees the
    /// member, and his IPv6 addresses. Those are seen as they are, for nothing translates them, but firewalls let in only whom one
    /// dials oneself.
    ///
    /// Nobody punches through a proxy: as whom the directory sees a member, he is dialled there like anywhere else.
    ///
    /// - Parameter directoryHost: Where that is this computer, all members are.
    package func dialable(for directoryHost: String, by proxies: ProxyRules) -> Whereabouts {
        let isProxied = { (endpoint: Endpoint) in proxies.proxy(to: ProxyDestination(endpoint)) != nil }
        let seen = reflexive.elsewhere(for: directoryHost)
        let named = endpoints.elsewhere(for: directoryHost)
        let global = named.filter { $0.address.count == 16 && $0.address[0] & 0xE0 == 0x20 && !isProxied($0) }
        var dialable = self
        dialable.endpoints = named + seen.filter(isProxied)
        dialable.reflexive = seen.filter { !isProxied($0) } + global.prefix(Self.reflexiveLimit)
        return dialable
    }
}
