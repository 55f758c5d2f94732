/// A JSON document, as far as a schema has to be held against it.
enum JSONValue: Decodable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    subscript(key: String) -> JSONValue? { if case .object(let values) = self { values[key] } else { nil } }

    /// Of an object.
    var keys: [String] { if case .object(let values) = self { values.keys.sorted() } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }

    /// `a/b` goes into objects.
    func at(_ path: String) -> JSONValue? {
        path.split(separator: "/").reduce(Optional(self)) { value, key in value?[String(key)] }
    }
}

/// Holds values against the schemas of a document (JSON Schema, what of it the document uses).
struct SchemaCheck {
    let document: JSONValue

    /// What is wrong, and where; empty where all is well.
    func faults(of value: JSONValue, against schema: JSONValue, at place: String = "$") -> [String] {
        if let reference = schema["$ref"]?.text {
            guard let target = document.at(String(reference.dropFirst(2))) else { return ["\(place): \(reference)?"] }
            return faults(of: value, against: target, at: place)
        }
        if let values = schema["enum"]?.items, !values.contains(value) {
            return ["\(place): \(value) is none of \(values)"]
        }
        switch (schema["type"]?.text, value) {
        case ("string", .string), ("integer", .integer), ("boolean", .bool), ("number", .number), ("number", .integer),
            (nil, _):
            return []
        case ("array", .array(let items)):
            guard let schema = schema["items"] else { return [] }
            return items.enumerated().flatMap { faults(of: $1, against: schema, at: "\(place)[\($0)]") }
        case ("object", .object(let values)): return faults(of: values, against: schema, at: place)
        case (let type?, _): return ["\(place): \(value) is no \(type)"]
        }
    }

    private func faults(of values: [String: JSONValue], against schema: JSONValue, at place: String) -> [String] {
        let known = schema["properties"]
        var faults = (schema["required"]?.items ?? []).compactMap(\.text).filter { values[$0] == nil }
            .map { "\(place): \($0) is missing" }
        for (key, value) in values {
            if let schema = known?[key] {
                faults += self.faults(of: value, against: schema, at: "\(place).\(key)")
            } else if schema["additionalProperties"] == .bool(false) {
                faults.append("\(place): \(key) is unknown")
            }
        }
        return faults
    }
}
