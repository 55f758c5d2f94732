import Glibc
import Wire

/// The network that an address stands for in matters of fairness: what one household or one customer
/// has, /24 of IPv4 and /56 of IPv6.
package struct AddressPrefix: Hashable, Sendable {
    /// How many bytes it has, then those: in one word, because it is the key of tables that a flood hits.
    private let word: UInt64

    /// - Parameter address: 4 or 16 bytes.
    package init(of address: [UInt8]) {
        let plain = LocalAddress.unmapped(address)
        let bytes = plain.prefix(plain.count == 4 ? 3 : 7)
        word = bytes.reduce(UInt64(bytes.count)) { $0 << 8 | UInt64($1) }
    }
}

/// An address as people write it.
package enum AddressText {
    /// - Parameter address: 4 or 16 bytes; others give an empty text.
    package static func of(_ address: [UInt8]) -> String {
        let plain = LocalAddress.unmapped(address)
        guard plain.count == 4 || plain.count == 16 else { return "" }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(plain.count == 4 ? AF_INET : AF_INET6, plain, &text, socklen_t(text.count)) != nil else {
            return ""
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
