package import Proxies
import Terminal
import Wire

/// What can go wrong with a proxy, and with what the environment says of one.
extension Message {
    /// - Parameter reason: A sentence without its full stop.
    static func proxyFailed(_ address: HostPort, _ reason: String) -> Message {
        Message(
            "No BitTrickle server answers at \(address) by UDP, and by TCP \(SafeText(reason)).",
            hint: "The proxy is the one of \(ProxyRules.proxyVariable) in the environment; "
                + "what needs none stands in \(ProxyRules.exemptionsVariable).",
            exitStatus: .unavailable)
    }

    /// - Parameter other: The one by which the node goes that runs here; nil for none.
    static func proxyNotUsed(_ proxy: Proxy, insteadOf other: String?) -> String {
        """
        \(ProxyRules.proxyVariable) names \(proxy), but the bittrickle that runs here carries this out, and it was started \
        \(other.map { "with \(SafeText($0))" } ?? "without a proxy"). To have it go through this one, end it, and start it anew.
        """
    }

    /// - Parameter message: Why nothing is started with it.
    static func proxyUnusable(_ message: Message) -> String {
        "\(message.what) The bittrickle that runs here goes out as it was started; another one would not start.\n\(message.hint ?? "")"
    }

    package init(_ fault: Proxy.Fault) {
        let what =
            switch fault {
            case .scheme(let name): "a kind of proxy, \(SafeText(name).truncated(to: 20)), that is not spoken here"
            case .host: "no host and port"
            case .credentials: "a user name or a password that such a proxy does not take"
            }
        self.init(
            "\(ProxyRules.proxyVariable) in the environment names \(what).",
            hint:
                "Such are http://proxy.example:3128, socks5://192.0.2.1:1080 and socks5h://user:password@proxy.example, "
                + "with %XX for what is special in a name or a password. Unset it to go without one.",
            exitStatus: .usage)
    }
}
