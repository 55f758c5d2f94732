/// The network that an address stands for in matters of fairness: what one household or one customer
/// has, /24 of IPv4 and /56 of IPv6.
struct AddressPrefix: Hashable, Sendable {
    private let bytes: [UInt8]

    /// - Parameter address: 4 or 16 bytes.
    init(of address: [UInt8]) {
        bytes = Array(address.prefix(address.count == 4 ? 3 : 7))
    }
}
