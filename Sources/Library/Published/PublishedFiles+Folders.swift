internal import Content
internal import FoundationEssentials
internal import GRDB
package import Wire

/// Folders: a row of each in the tables of files and layers, and beside them the info dictionary of a content and the
/// stamps of the files of a name. A folder is one row of each, however many files it has.
extension PublishedFiles {
    /// What the folder of this name was when it was hashed; nil where there is none, or it is a file. Takes a moment:
    /// everything is proven again.
    @concurrent
    package func folder(named name: FileName) async throws -> HashedFolder? {
        try await folder(in: "file JOIN folder_stamps USING (name)", where: "name = ?", [name.text])
    }

    /// What a folder was when it was hashed.
    ///
    /// - Parameters:
    ///   - tables: Have its content as `root` and `size`, and its `stamps`.
    ///   - condition: Which row.
    @concurrent
    func folder(
        in tables: String, where condition: String, _ arguments: StatementArguments
    ) async throws -> HashedFolder? {
        let stored = try await read { database -> (info: Data, layers: Data, stamps: Data)? in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT info, hashes, stamps FROM \(tables) JOIN layer USING (root, size)
                    JOIN folder USING (root, size) WHERE \(condition)
                    """,
                arguments: arguments)
            guard let row, let info: Data = row["info"], let layers: Data = row["hashes"],
                let stamps: Data = row["stamps"]
            else { return nil }
            return (info, layers, stamps)
        }
        return stored.flatMap {
            HashedFolder(info: [UInt8]($0.info), layers: [UInt8]($0.layers), stamps: [UInt8]($0.stamps))
        }
    }

    /// What hashing a file or folder of the record gave; nil where the record does not say.
    @concurrent
    package func hashed(_ file: PublishedFile) async throws -> HashedContent? {
        switch file.content.kind {
        case .file: try await layer(of: file.content).map { .file($0) }
        case .folder: try await folder(named: file.name).flatMap { $0.content == file.content ? .folder($0) : nil }
        }
    }

    static func insert(_ folder: HashedFolder, _ database: Database) throws {
        let content = folder.content
        try insert(content, folder.info.pieceLength, folder.encodedLayers, database)
        try database.execute(
            sql: "INSERT INTO folder (root, size, info) VALUES (?, ?, ?) ON CONFLICT (root, size) DO NOTHING",
            arguments: [blob(content.root), content.sizeAndKind, Data(folder.info.bytes)])
    }

    /// After the file of this name was stored.
    static func setStamps(_ hashed: HashedContent, of name: FileName, _ database: Database) throws {
        switch hashed {
        case .file: try database.execute(sql: "DELETE FROM folder_stamps WHERE name = ?", arguments: [name.text])
        case .folder(let folder):
            try database.execute(
                sql: "INSERT OR REPLACE INTO folder_stamps (name, stamps) VALUES (?, ?)",
                arguments: [name.text, Data(folder.encodedStamps)])
        }
    }
}
