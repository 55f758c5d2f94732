/// A bencoded value (BEP 3): the one serialisation of metainfo, extension handshakes and the directory.
package indirect enum Bencode: Hashable, Sendable {
    case integer(Int64)
    case string([UInt8])
    case list([Bencode])
    case dictionary(BencodeDictionary)

    package static func text(_ text: some StringProtocol) -> Bencode { .string(Array(text.utf8)) }
    package static func hash(_ hash: Hash256) -> Bencode { .string(hash.bytes) }

    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var string: [UInt8]? { if case .string(let value) = self { value } else { nil } }
    package var list: [Bencode]? { if case .list(let value) = self { value } else { nil } }
    package var dictionary: BencodeDictionary? { if case .dictionary(let value) = self { value } else { nil } }

    /// A string that is valid UTF-8.
    package var text: String? { string.flatMap { String(validating: $0, as: UTF8.self) } }
    /// A string of exactly 32 bytes.
    package var hash: Hash256? { string.flatMap { Hash256($0) } }
}

/// Keys and values in the order of the keys' bytes, each key once.
package struct BencodeDictionary: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Entry: Hashable, Sendable {
        package let key: [UInt8]
        package var value: Bencode
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// A later value of the same key replaces an earlier one; nil values are left out.
    package init(dictionaryLiteral elements: (String, Bencode?)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// Takes entries that are sorted and distinct already; nil where they are not.
    init?(sorted entries: [Entry]) {
        for (left, right) in zip(entries, entries.dropFirst())
        where !left.key.lexicographicallyPrecedes(right.key) { return nil }
        self.entries = entries
    }

    package subscript(key: String) -> Bencode? {
        get { self[bytes: Array(key.utf8)] }
        set { self[bytes: Array(key.utf8)] = newValue }
    }

    package subscript(bytes key: [UInt8]) -> Bencode? {
        get {
            let position = position(of: key)
            return position < entries.count && entries[position].key == key ? entries[position].value : nil
        }
        set {
            let position = position(of: key)
            let present = position < entries.count && entries[position].key == key
            switch (newValue, present) {
            case (let value?, true): entries[position].value = value
            case (let value?, false): entries.insert(Entry(key: key, value: value), at: position)
            case (nil, true): entries.remove(at: position)
            case (nil, false): break
            }
        }
    }

    /// Where the key stands, or would.
    private func position(of key: [UInt8]) -> Int {
        entries.partitionPoint { $0.key.lexicographicallyPrecedes(key) }
    }
}
