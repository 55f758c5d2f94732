import Glibc
import NIOCore

/// Under which addresses members may reach this machine.
enum LocalAddresses {
    private static let wildcards: Set<String> = ["0.0.0.0", "::"]

    /// Whether a server that listens there listens on all addresses, of one kind at least.
    static func isEverything(_ host: String) -> Bool { wildcards.contains(host) }

    /// What people call this machine: its host name, without the domain.
    static var machineName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "bittrickle" }
        let label = bytes.map { UInt8(bitPattern: $0) }.prefix { $0 != 0 && $0 != UInt8(ascii: ".") }
        let name = String(decoding: label, as: UTF8.self)
        return name.isEmpty ? "bittrickle" : name
    }

    /// What is to be handed out: the address that was asked for, else those of this machine, IPv4 first,
    /// else loopback. At most four.
    static func reachable(host: String?) -> [String] {
        if let host, !isEverything(host) { return [host] }
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
