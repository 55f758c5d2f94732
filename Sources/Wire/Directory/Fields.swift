import Content

/// A field is absent, of another type, or outside its bounds.
struct MalformedField: Error {}

/// A value inside a directory message.
protocol DirectoryField {
    init(field: Bencode) throws(MalformedField)
    var field: Bencode { get }
}

extension BencodeDictionary {
    /// A string of that many bytes.
    func bytes(_ key: String, _ count: ClosedRange<Int>) throws(MalformedField) -> [UInt8] {
        guard let bytes = self[key]?.string, count.contains(bytes.count) else { throw MalformedField() }
        return bytes
    }

    /// A string of UTF-8, of that many bytes.
    func text(_ key: String, atMost limit: Int) throws(MalformedField) -> String {
        guard let text = String(validating: try bytes(key, 0...limit), as: UTF8.self) else { throw MalformedField() }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int64> = 0...Int64.max) throws(MalformedField) -> Int64 {
        guard let value = self[key]?.integer, range.contains(value) else { throw MalformedField() }
        return value
    }

    /// Of a file, in bytes, where it is there.
    func size(_ key: String) throws(MalformedField) -> Int64? {
        self[key] == nil ? nil : try integer(key, in: 0...ContentID.maximumSize)
    }

    /// Present and 1; what is false is left out.
    func flag(_ key: String) throws(MalformedField) -> Bool {
        guard self[key] != nil else { return false }
        return try integer(key, in: 0...1) == 1
    }

    func value<Value: DirectoryField>(_ key: String) throws(MalformedField) -> Value {
        guard let field = self[key] else { throw MalformedField() }
        return try Value(field: field)
    }

    func valueIfPresent<Value: DirectoryField>(_ key: String) throws(MalformedField) -> Value? {
        guard let field = self[key] else { return nil }
        return try Value(field: field)
    }

    /// An absent list is an empty one.
    func list<Value: DirectoryField>(_ key: String, atMost limit: Int = .max) throws(MalformedField) -> [Value] {
        guard let field = self[key] else { return [] }
        guard let fields = field.list, fields.count <= limit else { throw MalformedField() }
        var values: [Value] = []
        values.reserveCapacity(fields.count)
        for field in fields { values.append(try Value(field: field)) }
        return values
    }

    /// Of strings; an absent list is an empty one.
    func strings<Value>(_ key: String, atMost limit: Int, _ make: ([UInt8]) -> Value?) throws(MalformedField) -> [Value]
    {
        guard let field = self[key] else { return [] }
        guard let fields = field.list, fields.count <= limit else { throw MalformedField() }
        var values: [Value] = []
        for field in fields {
            guard let value = field.string.flatMap(make) else { throw MalformedField() }
            values.append(value)
        }
        return values
    }

    /// Values of one length, end to end (as BEP 5 has its compact nodes); absent where there are none.
    func compact<Value>(
        _ key: String, each count: Int, _ make: ([UInt8]) -> Value?
    ) throws(MalformedField) -> [Value] {
        guard let field = self[key] else { return [] }
        guard let bytes = field.string, bytes.count.isMultiple(of: count) else { throw MalformedField() }
        var values: [Value] = []
        for start in stride(from: 0, to: bytes.count, by: count) {
            guard let value = make(Array(bytes[start..<start + count])) else { throw MalformedField() }
            values.append(value)
        }
        return values
    }
}

extension Bencode {
    static func flag(_ value: Bool) -> Bencode? { value ? .integer(1) : nil }

    static func list(_ values: [some DirectoryField]) -> Bencode? {
        values.isEmpty ? nil : .list(values.map(\.field))
    }

    static func compact(_ values: [[UInt8]]) -> Bencode? { values.isEmpty ? nil : .string(Array(values.joined())) }

    /// The dictionary, for a field that must be one.
    func fields() throws(MalformedField) -> BencodeDictionary {
        guard let dictionary else { throw MalformedField() }
        return dictionary
    }
}
