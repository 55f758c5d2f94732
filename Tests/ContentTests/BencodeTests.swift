import Content
import TestKit
import Testing

struct BencodeTests {
    @Test(arguments: [
        "i0e", "i-1e", "i9223372036854775807e", "i-9223372036854775808e", "0:", "4:spam", "le", "li1ei2ee",
        "d3:cow3:moo4:spam4:eggse", "de", "d0:i1e1:ai2ee", "lllleeee",
    ])
    func canonicalFormsComeBack(text: String) throws {
        #expect(try Bencode(decoding: Array(text.utf8)).encoded == Array(text.utf8))
    }

    @Test(arguments: [
        ("", BencodeError.truncated), ("i1", .truncated), ("4:spa", .truncated), ("l", .truncated),
        ("d1:a", .truncated), ("9223372036854775807:", .truncated), ("i1ei2e", .trailingBytes),
        ("x", .unexpectedByte(120)), ("-1:", .unexpectedByte(45)), ("i1xe", .unexpectedByte(120)),
        ("di1ei2ee", .unexpectedByte(105)), ("i01e", .malformedInteger), ("i-0e", .malformedInteger),
        ("ie", .malformedInteger), ("i-e", .malformedInteger), ("01:a", .malformedInteger),
        ("i9223372036854775808e", .malformedInteger), ("i-9223372036854775809e", .malformedInteger),
        ("99999999999999999999:", .malformedInteger), ("d1:bi1e1:ai2ee", .unsortedKeys),
        ("d1:ai1e1:ai2ee", .unsortedKeys),
    ])
    func otherFormsAreRefused(text: String, error: BencodeError) {
        #expect(throws: error) { try Bencode(decoding: Array(text.utf8)) }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x6C, count: depth) + [UInt8](repeating: 0x65, count: depth)
        }
        _ = try Bencode(decoding: nested(Bencode.maximumDepth))
        #expect(throws: BencodeError.tooDeep) { try Bencode(decoding: nested(Bencode.maximumDepth + 1)) }
        #expect(throws: BencodeError.tooDeep) { try Bencode(decoding: [UInt8](repeating: 0x6C, count: 1 << 20)) }
    }

    /// In lists, in dictionaries and spread over both: what counts is the whole document.
    @Test func theNumberOfValuesIsBounded() throws {
        func list(_ item: String, _ count: Int) -> [UInt8] {
            Array("l".utf8) + [[UInt8]](repeating: Array(item.utf8), count: count).joined() + Array("e".utf8)
        }
        _ = try Bencode(decoding: list("0:", Bencode.maximumCount - 1))
        #expect(throws: BencodeError.tooMany) { try Bencode(decoding: list("0:", Bencode.maximumCount)) }
        #expect(throws: BencodeError.tooMany) { try Bencode(decoding: list("d0:lee", Bencode.maximumCount / 2)) }
        #expect(throws: BencodeError.tooMany) {
            try Bencode.decodePrefix(of: list("le", Bencode.maximumCount) + [0])
        }
    }

    @Test func prefixLeavesTheRest() throws {
        let (value, length) = try Bencode.decodePrefix(of: Array("d1:ai1eeRAW".utf8))
        #expect(value == .dictionary(["a": .integer(1)]))
        #expect(length == 8)
    }

    @Test func dictionaryKeepsItsKeysSorted() {
        var dictionary: BencodeDictionary = ["b": .integer(1), "a": .integer(2), "c": nil]
        #expect(dictionary.entries.map(\.key) == [[97], [98]])
        dictionary["a"] = nil
        dictionary["z"] = nil
        dictionary["b"] = .text("x")
        #expect(dictionary == ["b": .text("x")])
        #expect(dictionary["b"]?.text == "x")
    }

    /// Whatever is taken encodes to the very bytes it came from.
    @Test func whatIsDecodedIsCanonical() {
        var random = SeededRandom.fresh()
        let alphabet = Array("idle0123456789:-a".utf8)
        for _ in 0..<Scale.count(2_000_000) {
            let bytes = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            guard let value = try? Bencode(decoding: bytes) else { continue }
            #expect(value.encoded == bytes, "seed \(random.seed)")
        }
    }
}
