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
    case ints([Int64?])
    case texts([String])
    case allBytes([[UInt8]?])
    case bools([Bool])

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
        case .bools: 1_000
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
        case .ints(let numbers): Self.array(numbers.map { $0.map(String.init) })
        case .texts(let texts): Self.array(texts.map(Self.quoted))
        case .allBytes(let all): Self.array(all.map { $0.map { "\"\\\\x\(Self.hex($0))\"" } })
        case .bools(let all): Self.array(all.map { $0 ? "t" : "f" })
        }
    }

    /// Whether ``encoded`` is the type's binary form.
    var isBinary: Bool {
        switch self {
        case .text, .bytes: true
        case .null, .int, .bool, .ints, .texts, .allBytes, .bools: false
        }
    }

    private static func array(_ elements: [String?]) -> [UInt8] {
        Array("{\(elements.map { $0 ?? "NULL" }.joined(separator: ","))}".utf8)
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
