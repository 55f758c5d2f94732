import CLibPQ
import Content
import Directory
import Wire

/// What a statement gave.
final class PostgresRows: RandomAccessCollection {
    private let result: OpaquePointer
    private let columns: [String: Int32]
    let startIndex = 0
    let endIndex: Int

    /// - Parameter result: is freed with this.
    init(_ result: OpaquePointer) {
        self.result = result
        endIndex = Int(PQntuples(result))
        var columns: [String: Int32] = [:]
        for column in 0..<PQnfields(result) {
            if let name = PQfname(result, column) { columns[String(cString: name)] = column }
        }
        self.columns = columns
    }

    deinit { PQclear(result) }

    subscript(row: Int) -> PostgresRow { PostgresRow(rows: self, number: Int32(row)) }

    /// How many rows the statement wrote.
    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    fileprivate func value(_ row: Int32, _ column: String) throws -> UnsafeBufferPointer<UInt8>? {
        guard let number = columns[column] else { throw ColumnFault.corrupt(column) }
        guard PQgetisnull(result, row, number) == 0, let start = PQgetvalue(result, row, number) else { return nil }
        let count = Int(PQgetlength(result, row, number))
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
    }
}

/// A column that holds what this program never wrote.
enum ColumnFault {
    static func corrupt(_ column: String) -> DirectoryStoreError {
        .corrupt(detail: "the column \(column) holds what does not belong there")
    }
}

/// One row, in PostgreSQL's text form.
struct PostgresRow {
    fileprivate let rows: PostgresRows
    fileprivate let number: Int32

    func optionalText(_ column: String) throws -> String? {
        try rows.value(number, column).map { String(decoding: $0, as: UTF8.self) }
    }

    func text(_ column: String) throws -> String {
        guard let text = try optionalText(column) else { throw ColumnFault.corrupt(column) }
        return text
    }

    func optionalInt(_ column: String) throws -> Int64? {
        guard let text = try optionalText(column) else { return nil }
        guard let number = Int64(text) else { throw ColumnFault.corrupt(column) }
        return number
    }

    func int(_ column: String) throws -> Int64 {
        guard let number = try optionalInt(column) else { throw ColumnFault.corrupt(column) }
        return number
    }

    func bool(_ column: String) throws -> Bool { try text(column) == "t" }

    func optionalBytes(_ column: String) throws -> [UInt8]? {
        guard let text = try rows.value(number, column) else { return nil }
        // `\x` and two digits a byte.
        guard text.count >= 2, let bytes = [UInt8](hex: String(decoding: text.dropFirst(2), as: UTF8.self)) else {
            throw ColumnFault.corrupt(column)
        }
        return bytes
    }

    func bytes(_ column: String) throws -> [UInt8] {
        guard let bytes = try optionalBytes(column) else { throw ColumnFault.corrupt(column) }
        return bytes
    }

    // MARK: The values of the field

    func optionalHash(_ column: String) throws -> Hash256? {
        guard let bytes = try optionalBytes(column) else { return nil }
        guard let hash = Hash256(bytes) else { throw ColumnFault.corrupt(column) }
        return hash
    }

    func hash(_ column: String) throws -> Hash256 {
        guard let hash = try optionalHash(column) else { throw ColumnFault.corrupt(column) }
        return hash
    }

    func userName(_ column: String) throws -> UserName {
        guard let name = UserName(try text(column)) else { throw ColumnFault.corrupt(column) }
        return name
    }

    func fileName(_ column: String) throws -> FileName {
        guard let name = try? FileName(try text(column)) else { throw ColumnFault.corrupt(column) }
        return name
    }

    func device(_ column: String) throws -> DeviceID {
        guard let device = DeviceID(try bytes(column)) else { throw ColumnFault.corrupt(column) }
        return device
    }

    func publication(_ column: String) throws -> PublicationID { PublicationID(rawValue: try int(column)) }

    func role(_ column: String) throws -> Role {
        guard let role = Role(rawValue: try int(column)) else { throw ColumnFault.corrupt(column) }
        return role
    }

    func access() throws -> Access {
        guard let access = Access(rawValue: try int("access")) else { throw ColumnFault.corrupt("visibility") }
        return access
    }

    /// Of the columns `root` and `size`, which holds size and kind.
    func content() throws -> ContentID? {
        guard let root = try optionalHash("root") else { return nil }
        guard let content = ContentID(root: root, sizeAndKind: try int("size")) else {
            throw ColumnFault.corrupt("size")
        }
        return content
    }
}
