import NIOCore

/// Under which addresses members may reach this machine.
enum LocalAddresses {
    private static let wildcards: Set<String> = ["0.0.0.0", "::"]

    /// What is to be handed out: the address that was asked for, else those of this machine, IPv4 first,
    /// else loopback. At most four.
    static func reachable(host: String?) -> [String] {
        if let host, !wildcards.contains(host) { return [host] }
        let addresses = ((try? System.enumerateDevices()) ?? []).compactMap(\.address).compactMap(text)
        let distinct = addresses.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let ordered = distinct.filter { !$0.contains(":") } + distinct.filter { $0.contains(":") }
        return ordered.isEmpty ? ["127.0.0.1"] : Array(ordered.prefix(4))
    }

    /// Nil for those that nobody else reaches: loopback, and link-local ones.
    private static func text(_ address: SocketAddress) -> String? {
        guard let text = address.ipAddress else { return nil }
        switch address {
        case .v4: return text.hasPrefix("127.") || text.hasPrefix("169.254.") ? nil : text
        case .v6: return text == "::1" || text.lowercased().hasPrefix("fe80:") ? nil : text
        case .unixDomainSocket: return nil
        }
    }
}
