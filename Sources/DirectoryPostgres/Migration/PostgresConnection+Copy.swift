import CLibPQ
import Directory

extension PostgresConnection {
    /// Bytes that are handed over at once.
    private static let copiedAtOnce = 1 << 16

    /// Loads rows; within a transaction.
    ///
    /// - Parameter target: a table with its columns.
    func copy(into target: String, _ rows: [StoredRow]) throws(PostgresFailure) {
        try beginCopy("COPY \(target) FROM STDIN")
        var buffer: [UInt8] = []
        for row in rows {
            for (place, value) in row.enumerated() {
                if place > 0 { buffer.append(UInt8(ascii: "\t")) }
                Self.append(value, to: &buffer)
            }
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count >= Self.copiedAtOnce {
                try put(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try put(buffer)
        try endCopy()
    }

    /// In COPY's text form, in which a backslash escapes what separates.
    private static func append(_ value: StoredValue, to buffer: inout [UInt8]) {
        switch value {
        case .null: buffer += Array("\\N".utf8)
        case .integer(let number): buffer += Array(String(number).utf8)
        case .flag(let isSet): buffer.append(UInt8(ascii: isSet ? "t" : "f"))
        case .bytes(let bytes): buffer += Array("\\\\x\(PostgresValue.hex(bytes))".utf8)
        case .text(let text):
            // PostgreSQL has no text with a zero in it.
            for byte in text.utf8 where byte != 0 {
                switch byte {
                case UInt8(ascii: "\\"): buffer += Array("\\\\".utf8)
                case UInt8(ascii: "\t"): buffer += Array("\\t".utf8)
                case UInt8(ascii: "\n"): buffer += Array("\\n".utf8)
                case UInt8(ascii: "\r"): buffer += Array("\\r".utf8)
                default: buffer.append(byte)
                }
            }
        }
    }
}
