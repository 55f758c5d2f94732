/// Takes the parts of a stranger's DNS message one after the other.
struct DNSReader {
    /// Pointers in one name: each is to an earlier place, so that it ends in any case; no name needs as many.
    private static let pointerLimit = 64
    /// Labels of all names of a message together: pointers make many of few bytes, and no message of ours or of others' has as many.
    private static let labelLimit = 2_048

    private var labelsLeft = Self.labelLimit
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) throws(DNSFault) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func byte() throws(DNSFault) -> UInt8 { try take(1).reduce(0) { $0 | $1 } }

    mutating func short() throws(DNSFault) -> UInt16 { try take(2).reduce(0) { $0 << 8 | UInt16($1) } }

    mutating func long() throws(DNSFault) -> UInt32 { try take(4).reduce(0) { $0 << 8 | UInt32($1) } }

    /// RFC 1035 §4.1.4: labels up to a zero, or up to a pointer to where the rest stands.
    mutating func name() throws(DNSFault) -> DNSName {
        var labels: [[UInt8]] = []
        var at = position
        var end: Int?
        var pieceStart = position
        var pointers = 0
        while true {
            guard at < bytes.count else { throw .truncated }
            let length = Int(bytes[at])
            switch length >> 6 {
            case 0b00 where length == 0:
                position = end ?? at + 1
                guard let name = DNSName(labels: labels) else { throw .name }
                return name
            case 0b00:
                guard at + 1 + length <= bytes.count else { throw .truncated }
                guard labels.count < DNSName.byteLimit / 2 else { throw .name }
                guard labelsLeft > 0 else { throw .tooMany }
                labelsLeft -= 1
                labels.append(Array(bytes[at + 1..<at + 1 + length]))
                at += 1 + length
            case 0b11:
                guard at + 1 < bytes.count else { throw .truncated }
                end = end ?? at + 2
                at = (length & 0x3F) << 8 | Int(bytes[at + 1])
                pointers += 1
                guard at < pieceStart, at >= DNSMessage.headerByteCount, pointers <= Self.pointerLimit else {
                    throw .name
                }
                pieceStart = at
            default: throw .name
            }
        }
    }
}
