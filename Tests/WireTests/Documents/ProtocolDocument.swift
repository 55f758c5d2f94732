import Content
import FoundationEssentials
import Testing

/// The fenced blocks of Docs/protocol.md that this suite checks.
///
/// A block opened by `vector NAME` has lines `key: value`; one opened by `message NAME` has a bencoded
/// text, broken into lines anywhere, in which `\xNN` stands for a byte.
struct ProtocolDocument {
    private(set) var vectors: [String: [String: String]] = [:]
    private(set) var messages: [String: [UInt8]] = [:]

    static let read = Result {
        let path = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let data = try Data(contentsOf: URL(filePath: "/\(path)/Docs/protocol.md"))
        return try ProtocolDocument(String(decoding: data, as: UTF8.self))
    }

    private init(_ text: String) throws {
        var block: (kind: Substring, name: String, lines: [Substring])?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let indented = line.drop { $0 == " " }
            if let open = block, indented.hasPrefix("```") {
                try add(open.kind, open.name, open.lines)
                block = nil
            } else if block != nil {
                block?.lines.append(line)
            } else if indented.hasPrefix("```vector ") || indented.hasPrefix("```message ") {
                let words = indented.dropFirst(3).split(separator: " ", maxSplits: 1)
                block = (words[0], String(words[1]), [])
            }
        }
    }

    private mutating func add(_ kind: Substring, _ name: String, _ lines: [Substring]) throws {
        if kind == "message" {
            let bytes = try #require(Self.unescape(lines.joined()))
            messages[name] = bytes
            return
        }
        var fields: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ": ", maxSplits: 1)
            fields[String(try #require(parts.first))] = String(try #require(parts.dropFirst().first))
        }
        vectors[name] = fields
    }

    private static func unescape(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard rest.popFirst() == UInt8(ascii: "x"), rest.count >= 2,
                let value = [UInt8](hex: String(decoding: rest.prefix(2), as: UTF8.self))
            else { return nil }
            rest = rest.dropFirst(2)
            bytes += value
        }
        return bytes
    }

    /// The way in which a message stands in the document.
    static func escape(_ bytes: [UInt8]) -> String {
        bytes.map {
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\")
                ? String(Unicode.Scalar($0)) : "\\x" + CollectionOfOne($0).hex
        }
        .joined()
    }
}

/// One of the document's vectors.
struct Vector {
    private let fields: [String: String]

    init(_ name: String) throws {
        fields = try #require(ProtocolDocument.read.get().vectors[name], "no vector \(name)")
    }

    func text(_ key: String) throws -> String { try #require(fields[key], "no \(key)") }
    func bytes(_ key: String) throws -> [UInt8] { try #require([UInt8](hex: text(key)), "\(key) is not hexadecimal") }
    func number(_ key: String) throws -> Int64 { try #require(Int64(text(key)), "\(key) is no number") }
}
