package import Content
internal import FoundationEssentials
internal import GRDB

/// Info dictionaries of folders that are being fetched: who goes on with one after a restart knows what is in it, whoever
/// is there.
extension PublishedFiles {
    /// More are not kept: each has up to 16 MiB.
    static var maximumDictionaryCount: Int { 32 }

    /// Nil where none is kept, or it is not that of the folder.
    @concurrent
    package func dictionary(of folder: ContentID) async throws -> InfoDictionary? {
        let bytes = try await read { database in
            try Data.fetchOne(
                database, sql: "SELECT info FROM dictionary WHERE root = ?", arguments: [Self.blob(folder.root)])
        }
        guard let bytes, let info = try? InfoDictionary(decoding: [UInt8](bytes)), info.infoHash.hash == folder.root
        else { return nil }
        return info
    }

    /// Keeps one for a transfer that begins, or goes on later, and forgets others of which there is no transfer any more.
    package func keep(_ info: InfoDictionary, of folder: ContentID) async throws {
        try await write { database in
            let root = Self.blob(folder.root)
            try database.execute(
                sql: "DELETE FROM dictionary WHERE root = ? OR root NOT IN (SELECT root FROM transfer)",
                arguments: [root])
            try database.execute(
                sql: """
                    INSERT INTO dictionary (number, root, info)
                    VALUES ((SELECT coalesce(max(number), 0) + 1 FROM dictionary), ?, ?)
                    """,
                arguments: [root, Data(info.bytes)])
            try database.execute(
                sql: """
                    DELETE FROM dictionary WHERE number NOT IN (
                        SELECT number FROM dictionary ORDER BY number DESC LIMIT ?)
                    """,
                arguments: [Self.maximumDictionaryCount])
        }
    }
}
