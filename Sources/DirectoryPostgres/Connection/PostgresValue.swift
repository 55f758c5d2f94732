import Content
import Directory
import Wire

/// A parameter of a statement.
enum PostgresValue {
    case null
    case int(Int64)
    case text(String)
    case bytes([UInt8])
    case bool(Bool)
    case ints([Int64])
    case texts([String])
    case allBytes([[UInt8]])

    static func optional(_ value: Int64?) -> PostgresValue { value.map(PostgresValue.int) ?? .null }
    static func hash(_ hash: Hash256?) -> PostgresValue { hash.map { .bytes($0.bytes) } ?? .null }
    static func user(_ user: UserName?) -> PostgresValue { user.map { .text($0.text) } ?? .null }
    static func device(_ device: DeviceID) -> PostgresValue { .bytes(device.bytes) }
    static func ids(_ ids: some Sequence<PublicationID>) -> PostgresValue { .ints(ids.map(\.rawValue)) }

    /// The number that `pg_type` has for it; 0 where that follows from the statement.
    var type: UInt32 {
        switch self {
        case .null: 0
        case .int: 20
        case .text: 25
        case .bytes: 17
        case .bool: 16
        case .ints: 1_016
        case .texts: 1_009
        case .allBytes: 1_001
        }
    }

    /// As the protocol carries it; nil for what is null.
    ///
    /// Text is not ended by a zero, so that one in it is refused and cuts nothing off.
    var encoded: [UInt8]? {
        switch self {
        case .null: nil
        case .int(let number): Array(String(number).utf8)
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .bool(let isTrue): [isTrue ? UInt8(ascii: "t") : UInt8(ascii: "f")]
        case .ints(let numbers): Array("{\(numbers.map(String.init).joined(separator: ","))}".utf8)
        case .texts(let texts): Array("{\(texts.map(Self.quoted).joined(separator: ","))}".utf8)
        case .allBytes(let all): Array("{\(all.map { "\"\\\\x\(Self.hex($0))\"" }.joined(separator: ","))}".utf8)
        }
    }

    /// Whether ``encoded`` is the type's binary form.
    var isBinary: Bool {
        switch self {
        case .text, .bytes: true
        case .null, .int, .bool, .ints, .texts, .allBytes: false
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
