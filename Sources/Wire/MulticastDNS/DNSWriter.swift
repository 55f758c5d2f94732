/// Puts a DNS message together.
struct DNSWriter {
    private(set) var bytes: [UInt8] = []
    /// Where the names that were written stand, and what they end in.
    private var places: [DNSName: Int] = [:]

    private static let pointerLimit = 1 << 14

    mutating func write(_ byte: UInt8) { bytes.append(byte) }
    mutating func write(_ number: UInt16) { bytes += bigEndianBytes(number) }
    mutating func write(_ number: UInt32) { bytes += bigEndianBytes(number) }
    mutating func write(_ more: [UInt8]) { bytes += more }

    /// - Parameter isCompressed: What was written before is pointed to (RFC 1035 §4.1.4).
    mutating func write(_ name: DNSName, isCompressed: Bool = true) {
        for index in name.labels.indices {
            // Of a name of ours: what it ends in is one too.
            guard let rest = DNSName(labels: Array(name.labels[index...])) else { break }
            if isCompressed, let place = places[rest] { return write(0xC000 | UInt16(place)) }
            if bytes.count < Self.pointerLimit, places[rest] == nil { places[rest] = bytes.count }
            write(UInt8(name.labels[index].count))
            write(name.labels[index])
        }
        write(UInt8(0))
    }

    /// With the count of its bytes before it.
    mutating func writeCounted(_ body: (inout DNSWriter) -> Void) {
        let start = bytes.count
        write(UInt16(0))
        body(&self)
        let count = bigEndianBytes(UInt16(bytes.count - start - 2))
        bytes[start] = count[0]
        bytes[start + 1] = count[1]
    }
}
