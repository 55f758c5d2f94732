import Wire

/// Where something is listened for: `PORT`, or `HOST:PORT`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// Nil where none was named.
    package let host: String?
    /// 0 takes any free one.
    package let port: Int

    package init(host: String? = nil, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil for what is no such address.
    package init?(_ text: String) {
        let colon = text.lastIndex(of: ":")
        let front = colon.map { text[..<$0] }
        let number = colon.map { text[text.index(after: $0)...] } ?? text[...]
        guard (1...5).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(number), port <= 65_535
        else { return nil }
        self.port = port
        guard let front else {
            host = nil
            return
        }
        let isBracketed = front.hasPrefix("[") && front.hasSuffix("]")
        let host = isBracketed ? front.dropFirst().dropLast() : front
        // Any port that is one: the host is what is looked at.
        guard host.contains(":") == isBracketed, let place = try? HostPort(host: host, port: 1) else { return nil }
        self.host = place.host
    }

    package var description: String {
        guard let host else { return "\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// Where metrics are served: without a host on loopback.
package struct MetricsAddress: Hashable, Sendable {
    package let host: String
    /// 0 takes any free one.
    package let port: Int

    package init(host: String = HostPort.localHost, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil for what is no such address.
    package init?(_ text: String) {
        guard let address = ListenAddress(text) else { return nil }
        self.init(host: address.host ?? HostPort.localHost, port: address.port)
    }
}
