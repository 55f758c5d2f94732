/// The route to everywhere, as Linux shows it.
package struct DefaultRoute: Hashable, Sendable {
    /// 4 or 16 bytes.
    package let gateway: [UInt8]
    /// By its name.
    package let interface: String

    /// RTF_UP and RTF_GATEWAY.
    private static let wanted: UInt32 = 3

    /// Of several, the one with the lowest metric; nil where there is none with a gateway.
    ///
    /// - Parameter table: the text of `/proc/net/route` or `/proc/net/ipv6_route`.
    package init?(_ family: Gateway.Family, table: String) {
        let routes = table.split(separator: "\n").compactMap { line in
            let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            return family == .ipv4 ? Self.short(fields) : Self.long(fields)
        }
        guard let best = routes.min(by: { $0.metric < $1.metric }) else { return nil }
        self = best.route
    }

    private init(gateway: [UInt8], interface: Substring) {
        self.gateway = gateway
        self.interface = String(interface)
    }

    private typealias Found = (route: DefaultRoute, metric: UInt32)

    /// Iface Destination Gateway Flags RefCnt Use Metric Mask …: addresses are numbers as this processor has them in memory.
    private static func short(_ fields: [Substring]) -> Found? {
        guard fields.count > 7, UInt32(fields[1], radix: 16) == 0, UInt32(fields[7], radix: 16) == 0,
            let gateway = UInt32(fields[2], radix: 16), let flags = UInt32(fields[3], radix: 16),
            flags & wanted == wanted, gateway != 0, let metric = UInt32(fields[6])
        else { return nil }
        return (DefaultRoute(gateway: withUnsafeBytes(of: gateway) { Array($0) }, interface: fields[0]), metric)
    }

    /// Destination, its length, source, its length, next hop, metric, …, flags, interface: all hexadecimal.
    private static func long(_ fields: [Substring]) -> Found? {
        guard fields.count > 9, fields[0].allSatisfy({ $0 == "0" }), fields[1] == "00", fields[3] == "00",
            let flags = UInt32(fields[8], radix: 16), flags & wanted == wanted,
            let metric = UInt32(fields[5], radix: 16), let gateway = bytes(fields[4])
        else { return nil }
        return (DefaultRoute(gateway: gateway, interface: fields[9]), metric)
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == 32, text.utf8.count == 32 else { return nil }
        return stride(from: 0, to: 32, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
