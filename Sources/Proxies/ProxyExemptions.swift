import NIOCore
package import Wire

/// To what no proxy leads, as `no_proxy` says it: hosts with all below them, addresses and networks of these (`10.0.0.0/8`), with
/// commas or spaces between them; `*` is everything. What makes no sense in it is passed over, as curl does.
package struct ProxyExemptions: Hashable, Sendable {
    private struct Network: Hashable {
        let address: [UInt8]
        /// How many of its bits count.
        let length: Int

        func contains(_ other: [UInt8]) -> Bool {
            guard other.count == address.count else { return false }
            let whole = length / 8
            guard other.prefix(whole) == address.prefix(whole) else { return false }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> (length % 8))
            return length % 8 == 0 || other[whole] & mask == address[whole] & mask
        }
    }

    private var isAll = false
    private var names: [String] = []
    private var networks: [Network] = []

    package init(_ text: String = "") {
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            if part == "*" {
                isAll = true
            } else if let network = Self.network(part) {
                networks.append(network)
            } else if let name = Self.canonical(part.drop { $0 == "." }) {
                names.append(name)
            }
        }
    }

    package func contain(_ destination: ProxyDestination) -> Bool {
        if isAll { return true }
        if let address = destination.endpoint?.address, networks.contains(where: { $0.contains(address) }) {
            return true
        }
        guard let name = destination.name.flatMap({ Self.canonical($0[...]) }) else { return false }
        return names.contains { name == $0 || name.hasSuffix("." + $0) }
    }

    /// Without the dot at the end that says that nothing follows.
    private static func canonical(_ name: Substring) -> String? {
        let text = (name.hasSuffix(".") ? name.dropLast() : name).lowercased()
        return text.isEmpty ? nil : text
    }

    /// Nil where it is none.
    private static func network(_ text: Substring) -> Network? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var host = parts[0]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let address = (try? SocketAddress(ipAddress: String(host), port: 1)).flatMap({ Endpoint($0) })?.address
        else { return nil }
        guard parts.count == 2 else { return Network(address: address, length: 8 * address.count) }
        guard let length = Int(parts[1]), (0...8 * address.count).contains(length) else { return nil }
        return Network(address: address, length: length)
    }
}
