internal import FoundationEssentials
internal import GRDB
package import Wire

/// The folders that this member shares, and all that is in them: a row for each file and folder, with its name relative to
/// the folder around it, so that moving one costs one row.
///
/// Lives in a database of its own, as what is in it can be had again: the disk and the directory have it. Syncing is left
/// to checkpoints; what a crash loses of the last changes is found and told once more, which is harmless.
package final class SharedFolders: Sendable {
    let path: String
    let database: DatabasePool

    /// Opens or makes the file. Throws ``RecordFailure``, as all calls do. Blocks.
    package init(path: String) throws {
        self.path = path
        var configuration = Configuration()
        configuration.label = "shares"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -3000")
        }
        do {
            database = try DatabasePool(path: path, configuration: configuration)
            try SharesSchema.migrator.migrate(database)
        } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    /// Opens or makes the file; a damaged one is set aside, and an empty one takes its place. Blocks.
    ///
    /// - Returns: Also where the damaged one is now.
    package static func open(path: String) throws -> (folders: SharedFolders, setAside: String?) {
        do {
            return (try SharedFolders(path: path), nil)
        } catch RecordFailure.damaged {
            guard let place = PublishedFiles.setAside(path) else { throw RecordFailure.damaged(path: path) }
            return (try SharedFolders(path: path), place)
        }
    }

    /// There will be nothing to do for a while: what was read ahead is given back.
    package func rest() { database.releaseMemoryEventually() }

    /// Nothing can be asked any more.
    package func close() { try? database.close() }

    /// Blocks.
    func writeNow<Value>(_ change: (Database) throws -> Value) throws -> Value {
        do { return try database.write(change) } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    /// Blocks.
    func readNow<Value>(_ question: (Database) throws -> Value) throws -> Value {
        do { return try database.read(question) } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    func write<Value: Sendable>(_ change: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await database.write(change) } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    func read<Value: Sendable>(_ question: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await database.read(question) } catch let error as DatabaseError {
            throw RecordFailure(error, path: path)
        }
    }

    // MARK: The folders

    /// By path.
    package func all() async throws -> [SharedFolder] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT share.*, publication FROM share JOIN entry ON entry.id = share.entry ORDER BY path
                    """
            ).compactMap { SharedFolder($0) }
        }
    }

    /// Begins to share a folder, of which nothing is known yet.
    ///
    /// - Parameter visibility: Nil for what the directory makes of it.
    package func add(_ place: SharedPlace, for visibility: Visibility? = nil) async throws {
        try await write { database in
            try database.execute(
                sql: "INSERT INTO share (path, name, volume, device, entry, visibility) VALUES (?, ?, ?, ?, 0, ?)",
                arguments: [
                    place.path, place.name.text, place.volume, place.device, visibility.map { Data($0.encoded) },
                ])
            let number = database.lastInsertedRowID
            try database.execute(
                sql: """
                    INSERT INTO entry (share, name, is_folder, inode, size, modified, changed, untold)
                    VALUES (?, ?, 1, ?, 0, 0, 0, ?)
                    """,
                arguments: [number, Data(place.name.bytes), place.inode, Untold.publish])
            let entry = database.lastInsertedRowID
            try database.execute(
                sql: "UPDATE share SET entry = ? WHERE number = ?", arguments: [entry, number])
        }
    }

    /// It is for others than before, as the directory knows.
    package func note(_ visibility: Visibility, of folder: SharedFolder) async throws {
        try await write { database in
            try database.execute(
                sql: "UPDATE share SET visibility = ? WHERE number = ?",
                arguments: [Data(visibility.encoded), folder.number])
        }
    }

    /// Shares it no longer: the directory is to withdraw it, with all that is in it.
    ///
    /// - Parameter isKnown: The directory knows it.
    package func remove(_ folder: SharedFolder, _ watch: FolderWatch?, isKnown: Bool = true) async throws {
        let inner = try await write { database in
            let inner = try Int64.fetchAll(
                database, sql: "SELECT id FROM entry WHERE share = ? AND is_folder = 1", arguments: [folder.number])
            if isKnown {
                try database.execute(
                    sql: """
                        INSERT OR IGNORE INTO gone (publication)
                        SELECT publication FROM entry WHERE id = ? AND publication IS NOT NULL
                        """, arguments: [folder.entry])
            }
            try database.execute(sql: "DELETE FROM share WHERE number = ?", arguments: [folder.number])
            try database.execute(sql: "DELETE FROM entry WHERE share = ?", arguments: [folder.number])
            return inner
        }
        watch?.forget(inner)
    }

    static func blob(_ bytes: [UInt8]) -> Data { Data(bytes) }
}

/// Where a folder is that is to be shared.
package struct SharedPlace: Hashable, Sendable {
    package let path: String
    package let name: FileName
    let volume: Int64
    let device: Int64
    let inode: Int64
}

/// What the directory is to be told of a row: bits of the column.
enum Untold {
    /// Its content, or that it is there at all.
    static let publish = 1
    /// Its name and its parent.
    static let arrange = 2
    /// It was not where it was: unless it turns up elsewhere before the look at the folders is over, it is gone.
    static let lost = 4
    /// Not before the look at the folders is over: another one was in its place.
    static let held = 8
    /// Any of these: all but new.
    static let unsettled = arrange | lost | held
}

extension SharedFolder {
    fileprivate init?(_ row: Row) {
        let text: String = row["name"]
        guard let name = try? FileName(text) else { return nil }
        let publication: Int64? = row["publication"]
        let visibility: Data? = row["visibility"]
        self.init(
            number: row["number"], path: row["path"], name: name, entry: row["entry"], volume: row["volume"],
            publication: publication.map { PublicationID(rawValue: $0) }, fileCount: row["files"],
            unhashedCount: row["unhashed"], unhashedBytes: row["unhashed_bytes"],
            visibility: visibility.flatMap { Visibility(decoding: [UInt8]($0)) })
    }
}
