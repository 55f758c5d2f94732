/// Why bytes are not a bencoded value. All are faults of the sender.
package enum BencodeError: Error, Hashable {
    case truncated
    case trailingBytes
    /// A byte that starts no value, or a digit that is none.
    case unexpectedByte(UInt8)
    /// A leading zero, a negative zero, or a number beyond 64 bits.
    case malformedInteger
    /// Keys that are not in order, or twice the same.
    case unsortedKeys
    case tooDeep
    /// More than ``Bencode/maximumCount`` values.
    case tooMany
}

extension Bencode {
    /// Deeper nesting is refused, so that a stranger's bytes cannot exhaust the stack.
    package static let maximumDepth = 64
    /// More values in one document are refused: each takes some 100 bytes of memory, whereas two bytes are enough to name
    /// one. A hybrid torrent of ``FileTreeEntry/maximumCount`` files has as many.
    package static let maximumCount = 4 << 20

    /// Decodes exactly one value.
    ///
    /// Only the canonical form is taken, so encoding the result gives the same bytes again: an
    /// info-hash may be computed from either.
    package init(decoding bytes: [UInt8]) throws(BencodeError) {
        var decoder = BencodeDecoder(bytes)
        self = try decoder.value(depth: 0)
        guard decoder.isAtEnd else { throw .trailingBytes }
    }

    /// Decodes one value at the front and says how many bytes it took: ut_metadata (BEP 9) and the
    /// like append raw bytes to a dictionary.
    package static func decodePrefix(of bytes: [UInt8]) throws(BencodeError) -> (value: Bencode, length: Int) {
        var decoder = BencodeDecoder(bytes)
        let value = try decoder.value(depth: 0)
        return (value, decoder.position)
    }

    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    package func encode(into bytes: inout [UInt8]) {
        switch self {
        case .integer(let value):
            bytes.append(UInt8(ascii: "i"))
            bytes.append(contentsOf: String(value).utf8)
            bytes.append(UInt8(ascii: "e"))
        case .string(let string):
            Self.encode(string, into: &bytes)
        case .list(let values):
            bytes.append(UInt8(ascii: "l"))
            for value in values { value.encode(into: &bytes) }
            bytes.append(UInt8(ascii: "e"))
        case .dictionary(let dictionary):
            bytes.append(UInt8(ascii: "d"))
            for entry in dictionary.entries {
                Self.encode(entry.key, into: &bytes)
                entry.value.encode(into: &bytes)
            }
            bytes.append(UInt8(ascii: "e"))
        }
    }

    private static func encode(_ string: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(string.count).utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: string)
    }
}

private struct BencodeDecoder {
    private let bytes: [UInt8]
    private(set) var position = 0
    private var count = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func value(depth: Int) throws(BencodeError) -> Bencode {
        guard depth < Bencode.maximumDepth else { throw .tooDeep }
        guard count < Bencode.maximumCount else { throw .tooMany }
        count += 1
        switch try peek() {
        case UInt8(ascii: "i"):
            position += 1
            return .integer(try integer(until: UInt8(ascii: "e")))
        case UInt8(ascii: "l"):
            position += 1
            var values: [Bencode] = []
            while try !takeEnd() { values.append(try value(depth: depth + 1)) }
            return .list(values)
        case UInt8(ascii: "d"):
            position += 1
            var entries: [BencodeDictionary.Entry] = []
            while try !takeEnd() {
                let key = try string()
                entries.append(.init(key: key, value: try value(depth: depth + 1)))
            }
            guard let dictionary = BencodeDictionary(sorted: entries) else { throw .unsortedKeys }
            return .dictionary(dictionary)
        default:
            return .string(try string())
        }
    }

    private func peek() throws(BencodeError) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        return bytes[position]
    }

    private mutating func takeEnd() throws(BencodeError) -> Bool {
        guard try peek() == UInt8(ascii: "e") else { return false }
        position += 1
        return true
    }

    private mutating func string() throws(BencodeError) -> [UInt8] {
        let first = try peek()
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { throw .unexpectedByte(first) }
        let length = try integer(until: UInt8(ascii: ":"))
        guard length <= bytes.count - position else { throw .truncated }
        defer { position += Int(length) }
        return Array(bytes[position..<position + Int(length)])
    }

    private mutating func integer(until terminator: UInt8) throws(BencodeError) -> Int64 {
        let negative = try peek() == UInt8(ascii: "-")
        if negative { position += 1 }
        let start = position
        var value: Int64 = 0
        while try peek() != terminator {
            let digit = try peek()
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { throw .unexpectedByte(digit) }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let step = Int64(digit - UInt8(ascii: "0"))
            let (next, carry) =
                negative
                ? shifted.subtractingReportingOverflow(step) : shifted.addingReportingOverflow(step)
            guard !overflow, !carry else { throw .malformedInteger }
            value = next
            position += 1
        }
        let length = position - start
        guard length > 0, length == 1 || bytes[start] != UInt8(ascii: "0"), !(negative && value == 0) else {
            throw .malformedInteger
        }
        position += 1
        return value
    }
}
