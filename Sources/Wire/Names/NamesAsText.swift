/// How names and the like stand in JSON: as their texts.
private enum Text {
    static func decode<Value>(_ decoder: any Decoder, _ make: (String) -> Value?) throws -> Value {
        let container = try decoder.singleValueContainer()
        guard let value = make(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "none of its kind")
        }
        return value
    }

    static func encode(_ text: String, to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension UserName: Codable {
    package init(from decoder: any Decoder) throws { self = try Text.decode(decoder) { UserName($0) } }
    package func encode(to encoder: any Encoder) throws { try Text.encode(text, to: encoder) }
}

extension FileName: Codable {
    package init(from decoder: any Decoder) throws { self = try Text.decode(decoder) { try? FileName($0) } }
    package func encode(to encoder: any Encoder) throws { try Text.encode(text, to: encoder) }
}

extension InviteSecret: Codable {
    package init(from decoder: any Decoder) throws { self = try Text.decode(decoder) { InviteSecret(hex: $0) } }
    package func encode(to encoder: any Encoder) throws { try Text.encode(description, to: encoder) }
}

extension Role: Codable {
    package init(from decoder: any Decoder) throws { self = try Text.decode(decoder) { Role(name: $0) } }
    package func encode(to encoder: any Encoder) throws { try Text.encode(name, to: encoder) }
}
