package import Wire

/// Which proxy leads where; by itself none.
package struct ProxyRules: Hashable, Sendable {
    package var proxy: Proxy?
    package var exemptions = ProxyExemptions()
    /// This computer and its own line are no destinations of a proxy, unless this is so.
    package var leadHere = false

    /// `localhost`, and addresses of loopback and of the own line (RFC 1122 §3.2.1.3, RFC 3927, RFC 4291 §2.4).
    private static let here = ProxyExemptions("localhost 0.0.0.0/8 127.0.0.0/8 169.254.0.0/16 ::/127 fe80::/10")

    package init(_ proxy: Proxy? = nil) { self.proxy = proxy }

    /// As the environment has them: `all_proxy` and `no_proxy`, or, where these are not set, the same in capitals.
    package init(environment: [String: String]) throws(Proxy.Fault) {
        func value(_ name: String) -> String? {
            (environment[name] ?? environment[name.uppercased()]).flatMap { $0.isEmpty ? nil : $0 }
        }
        proxy = nil
        if let text = value(Self.proxyVariable) { proxy = try Proxy(parsing: text) }
        exemptions = ProxyExemptions(value(Self.exemptionsVariable) ?? "")
    }

    package static let proxyVariable = "all_proxy"
    package static let exemptionsVariable = "no_proxy"
    /// In both cases of letters.
    package static let variables = [proxyVariable, exemptionsVariable].flatMap { [$0, $0.uppercased()] }

    /// Nil where none leads, and who wants to go there goes himself.
    package func proxy(to destination: ProxyDestination) -> Proxy? {
        guard let proxy, !exemptions.contain(destination) else { return nil }
        return !leadHere && Self.here.contain(destination) ? nil : proxy
    }
}
