import NIOCore
import Wire

/// Where a peer is dialled, in the place: as answers of a tracker have it.
package struct TrackerPlace: Hashable, Sendable {
    /// The address's bytes, as they stand in memory.
    private let front, back: UInt64
    package let port: UInt16
    /// IPv4.
    package let isShort: Bool

    /// - Parameter address: The bytes of it as two words, 4 of them where it is IPv4.
    package init(address: (UInt64, UInt64), isShort: Bool, port: UInt16) {
        (front, back) = address
        self.isShort = isShort
        self.port = port
    }

    init(_ endpoint: Endpoint) {
        let bytes = endpoint.address
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.init(address: words, isShort: bytes.count == 4, port: endpoint.port)
    }

    /// 4 or 16 bytes.
    var address: [UInt8] { withUnsafeBytes(of: (front, back)) { Array($0.prefix(isShort ? 4 : 16)) } }

    var endpoint: Endpoint? { Endpoint(address: address, port: port) }

    func write(into buffer: inout ByteBuffer) {
        if isShort {
            buffer.writeInteger(UInt32(truncatingIfNeeded: front), endianness: .host)
        } else {
            buffer.writeInteger(front, endianness: .host)
            buffer.writeInteger(back, endianness: .host)
        }
        buffer.writeInteger(port)
    }
}
