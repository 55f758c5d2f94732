import Content
import Directory
import Foundation
import GRDB
import Wire

/// How the values of the field stand in columns: hashes and device ids as blobs, names as text.
extension Data {
    static func blob(_ hash: Hash256) -> Data { Data(hash.bytes) }
    static func blob(_ device: DeviceID) -> Data { Data(device.bytes) }
}

extension DeviceID {
    static func fromDatabaseValue(_ value: DatabaseValue) -> DeviceID? {
        Data.fromDatabaseValue(value).flatMap { DeviceID(Array($0)) }
    }
}

/// A column that holds what this program never wrote.
enum ColumnFault {
    static func corrupt(_ column: String) -> DirectoryStoreError {
        .corrupt(detail: "the column \(column) holds what does not belong there")
    }
}

extension Row {
    func hash(_ column: String) throws -> Hash256? {
        guard let data: Data = self[column] else { return nil }
        guard let hash = Hash256(data) else { throw ColumnFault.corrupt(column) }
        return hash
    }

    func fileName(_ column: String) throws -> FileName {
        let text: String = self[column]
        guard let name = try? FileName(text) else { throw ColumnFault.corrupt(column) }
        return name
    }

    func userName(_ column: String) throws -> UserName {
        let text: String = self[column]
        guard let name = UserName(text) else { throw ColumnFault.corrupt(column) }
        return name
    }

    /// Of the columns `root` and `size`, which holds size and kind.
    func content() throws -> ContentID? {
        guard let root = try hash("root") else { return nil }
        guard let content = ContentID(root: root, sizeAndKind: self["size"]) else { throw ColumnFault.corrupt("size") }
        return content
    }

    /// In bytes, of the columns `size` and `length`; nil where it is not known.
    func size() -> Int64? {
        let sizeAndKind: Int64? = self["size"]
        return sizeAndKind.map(ContentID.size(of:)) ?? self["length"]
    }
}
