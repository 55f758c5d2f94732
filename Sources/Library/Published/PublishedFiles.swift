package import Content
internal import FoundationEssentials
internal import GRDB
package import Wire

/// What this member publishes and from where, kept over restarts: publications can be served again without
/// hashing a byte, as long as the files' stamps have not changed.
///
/// Lives in a database file of its own in the member's folder, in WAL mode with full syncing: a change that
/// returned is there after a `kill -9` and after a power failure.
package final class PublishedFiles: Sendable {
    private let path: String
    private let database: DatabasePool

    /// Opens or makes the database file. Throws ``RecordFailure``, as all calls do. Blocks.
    package init(path: String) throws {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        do {
            database = try DatabasePool(path: path, configuration: configuration)
            try PublishedSchema.migrator.migrate(database)
        } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    /// Throws where SQLite finds its file damaged. Takes as long as reading it. Blocks.
    func check() throws {
        do {
            let verdict = try database.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            guard verdict == "ok" else { throw RecordFailure.damaged(path: path) }
        } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    /// Nothing can be asked any more.
    package func close() { try? database.close() }

    func write(_ change: @escaping @Sendable (Database) throws -> Void) async throws {
        do { try await database.write(change) } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    func read<Value: Sendable>(
        _ question: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do { return try await database.read(question) } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    /// Stores files and folders that are about to be put forward, by name; one of the same name is replaced, but for
    /// what the directory said of it, and its content is one that was offered. Each comes with what hashing it gave.
    /// All or nothing.
    package func store(_ files: [(file: PublishedFile, hashed: HashedContent)]) async throws {
        try await write { database in
            for (file, hashed) in files {
                precondition(file.content == hashed.content, "hashes of another content")
                let former = try Self.content(of: file.name, database)
                try Self.insert(hashed, database)
                if case .file(let layer) = hashed {
                    try Self.remember(file.path, HashedFile(stamp: file.stamp, layer: layer), database)
                }
                if let publication = file.publication { try Self.release(publication, but: file.name, database) }
                try Self.insert(file, database)
                try Self.setStamps(hashed, of: file.name, database)
                guard let former, former != file.content else { continue }
                try Self.noteOffered(former, file.name, database)
                try Self.removeLayerIfUnused(former, database)
            }
        }
    }

    /// Notes that the directory lists the files of these names under these numbers, with the contents that they
    /// have here: what was offered before is settled. Unknown names are passed over.
    package func setAgreed(_ publications: [FileName: PublicationID]) async throws {
        try await write { database in
            for (name, publication) in publications {
                try Self.release(publication, but: name, database)
                try database.execute(
                    sql: "UPDATE file SET publication = ?, agreed_root = root, agreed_size = size WHERE name = ?",
                    arguments: [publication.rawValue, name.text])
                try Self.settleOffered(name, database)
            }
        }
    }

    /// Forgets the files of these names; unknown names are passed over.
    package func remove(_ names: [FileName]) async throws {
        try await write { database in
            for name in names {
                let former = try Self.content(of: name, database)
                try database.execute(sql: "DELETE FROM file WHERE name = ?", arguments: [name.text])
                if let former { try Self.removeLayerIfUnused(former, database) }
            }
        }
    }

    /// All, by name.
    package func all() async throws -> [PublishedFile] {
        try await files("TRUE", [])
    }

    package func file(named name: FileName) async throws -> PublishedFile? {
        try await files("name = ?", [name.text]).first
    }

    /// Every file that holds this content, by name.
    package func files(holding content: ContentID) async throws -> [PublishedFile] {
        try await files("root = ? AND size = ?", [Self.blob(content.root), content.sizeAndKind])
    }

    /// The layer of the content of some stored file, proven again; nil where there is none.
    package func layer(of content: ContentID) async throws -> PieceLayer? {
        let stored = try await read { database -> (pieceLength: Int, hashes: [UInt8])? in
            let row = try Row.fetchOne(
                database, sql: "SELECT piece_length, hashes FROM layer WHERE root = ? AND size = ?",
                arguments: [Self.blob(content.root), content.sizeAndKind])
            guard let row, let pieceLength: Int = row["piece_length"], let hashes: Data = row["hashes"] else {
                return nil
            }
            return (pieceLength, [UInt8](hashes))
        }
        return stored.flatMap { try? PieceLayer(decoding: $0.hashes, of: content, pieceLength: $0.pieceLength) }
    }

    /// Those of which this holds, by name.
    private func files(_ condition: String, _ arguments: StatementArguments) async throws -> [PublishedFile] {
        try await read { database in
            let offered = try Self.offered(condition, arguments, database)
            return try Row.fetchAll(
                database, sql: "SELECT * FROM file WHERE \(condition) ORDER BY name", arguments: arguments
            ).compactMap { row in
                guard var file = Self.file(row) else { return nil }
                file.offered = offered[file.name.text] ?? []
                return file
            }
        }
    }

    /// Nil for a row that another program has spoiled.
    private static func file(_ row: Row) -> PublishedFile? {
        guard let name: String = row["name"], let path: String = row["path"], let device: Int64 = row["device"],
            let inode: Int64 = row["inode"], let size: Int64 = row["size"], let modified: Int64 = row["modified"],
            let changed: Int64 = row["changed"], let root: Data = row["root"],
            let fileName = FileName(wire: Array(name.utf8)), let hash = Hash256(root),
            let content = ContentID(root: hash, sizeAndKind: size)
        else { return nil }
        let publication: Int64? = row["publication"]
        let agreedRoot: Data? = row["agreed_root"]
        let agreedSize: Int64? = row["agreed_size"]
        return PublishedFile(
            name: fileName, path: path,
            stamp: FileStamp(
                device: UInt64(bitPattern: device), inode: UInt64(bitPattern: inode), size: content.size,
                modified: modified,
                changed: changed),
            content: content, publication: publication.map { PublicationID(rawValue: $0) },
            agreed: agreedRoot.flatMap { Hash256($0) }.flatMap { root in
                agreedSize.flatMap { ContentID(root: root, sizeAndKind: $0) }
            })
    }
}

/// The statements of one change.
extension PublishedFiles {
    private static func insert(_ hashed: HashedContent, _ database: Database) throws {
        switch hashed {
        case .file(let layer): try insert(layer, database)
        case .folder(let folder): try insert(folder, database)
        }
    }

    static func insert(_ layer: PieceLayer, _ database: Database) throws {
        try insert(layer.content, layer.geometry.pieceLength, layer.encoded, database)
    }

    static func insert(
        _ content: ContentID, _ pieceLength: Int, _ hashes: [UInt8], _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO layer (root, size, piece_length, hashes) VALUES (?, ?, ?, ?)
                ON CONFLICT (root, size) DO NOTHING
                """,
            arguments: [blob(content.root), content.sizeAndKind, pieceLength, Data(hashes)])
    }

    /// A file that was stored under this name before keeps its publication where the new one has none, and what the
    /// directory agreed to.
    private static func insert(_ file: PublishedFile, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO file
                    (name, path, device, inode, size, modified, changed, root, publication, agreed_root, agreed_size)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET path = excluded.path, device = excluded.device,
                    inode = excluded.inode, size = excluded.size, modified = excluded.modified,
                    changed = excluded.changed, root = excluded.root,
                    publication = coalesce(excluded.publication, publication),
                    agreed_root = coalesce(excluded.agreed_root, agreed_root),
                    agreed_size = coalesce(excluded.agreed_size, agreed_size)
                """,
            arguments: [
                file.name.text, file.path, Int64(bitPattern: file.stamp.device), Int64(bitPattern: file.stamp.inode),
                file.content.sizeAndKind, file.stamp.modified, file.stamp.changed, blob(file.content.root),
                file.publication?.rawValue, file.agreed.map { blob($0.root) }, file.agreed?.sizeAndKind,
            ])
    }

    /// A publication is one file's: another that had its number has lost it.
    private static func release(_ publication: PublicationID, but name: FileName, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE file SET publication = NULL WHERE publication = ? AND name <> ?",
            arguments: [publication.rawValue, name.text])
    }

    private static func content(of name: FileName, _ database: Database) throws -> ContentID? {
        let row = try Row.fetchOne(database, sql: "SELECT root, size FROM file WHERE name = ?", arguments: [name.text])
        guard let row, let root: Data = row["root"], let size: Int64 = row["size"], let hash = Hash256(root) else {
            return nil
        }
        return ContentID(root: hash, sizeAndKind: size)
    }

    /// A layer is kept as long as something published, held, fetched or hashed before needs it.
    static func removeLayerIfUnused(_ content: ContentID, _ database: Database) throws {
        let users = ["file", "hashed", "holding", "held_folder", "transfer"].map { table in
            "AND NOT EXISTS (SELECT 1 FROM \(table) AS used WHERE used.root = layer.root AND used.size = layer.size)"
        }
        try database.execute(
            sql: "DELETE FROM layer WHERE root = ? AND size = ? " + users.joined(separator: " "),
            arguments: [blob(content.root), content.sizeAndKind])
    }

    static func blob(_ hash: Hash256) -> Data { Data(hash.bytes) }
}
