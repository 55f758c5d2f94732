/// What all stores keep, as rows, for whoever copies one into another.
///
/// In an order in which each refers to those before it alone.
package struct StoredTable: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case integer, text, bytes, flag
    }

    package struct Column: Hashable, Sendable {
        package let name: String
        package let kind: Kind
    }

    package let name: String
    /// The first ones are its key.
    package let columns: [Column]
    package let keyCount: Int
    /// Whether the store numbers its rows, and gives no number twice.
    package let isNumbered: Bool

    package var key: ArraySlice<Column> { columns.prefix(keyCount) }

    private init(_ name: String, key: [(String, Kind)], _ others: [(String, Kind)], isNumbered: Bool = false) {
        self.name = name
        columns = (key + others).map { Column(name: $0.0, kind: $0.1) }
        keyCount = key.count
        self.isNumbered = isNumbered
    }

    package static let all = [
        StoredTable(
            "account", key: [("id", .integer)],
            [
                ("name", .text), ("origin", .integer), ("password", .bytes), ("last_seen", .integer),
                ("publications", .integer), ("seal", .bytes), ("role", .integer), ("attempt", .bytes),
                ("disabled", .flag),
            ]),
        StoredTable(
            "device", key: [("id", .integer)],
            [
                ("account", .integer), ("device", .bytes), ("current", .bytes), ("previous", .bytes),
                ("expires", .integer), ("label", .text), ("signed_in", .integer),
            ]),
        StoredTable(
            "revocation", key: [("serial", .integer)], [("name", .text), ("issued_before", .integer)],
            isNumbered: true),
        StoredTable(
            "invite", key: [("id", .integer)],
            [
                ("seal", .bytes), ("role", .integer), ("uses_left", .integer), ("created", .integer),
                ("expires", .integer),
            ], isNumbered: true),
        StoredTable("member_group", key: [("id", .integer)], [("name", .text)]),
        StoredTable("group_member", key: [("member_group", .integer), ("name", .text)], []),
        publication,
        StoredTable("dropped", key: [("id", .integer)], []),
        StoredTable("reader", key: [("publication", .integer), ("name", .text)], [("expires", .integer)]),
        StoredTable(
            "holding", key: [("root", .bytes), ("size", .integer), ("device", .integer)],
            [("origin", .integer), ("whole", .flag), ("restricted", .flag)]),
        StoredTable(
            "ask", key: [("id", .integer)],
            [("publication", .integer), ("account", .integer), ("asked", .integer), ("state", .integer)],
            isNumbered: true),
    ]

    package static let publication = StoredTable(
        "publication", key: [("id", .integer)],
        [
            ("owner", .integer), ("parent", .integer), ("name", .text), ("visibility", .integer), ("root", .bytes),
            ("size", .integer), ("top", .integer), ("is_parent", .flag), ("length", .integer),
            ("published", .integer),
        ], isNumbered: true)
}

package enum StoredValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case flag(Bool)
}

package typealias StoredRow = [StoredValue]
