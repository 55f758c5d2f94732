package import Content
internal import FoundationEssentials
internal import GRDB
package import Wire

/// Contents of shared files: which are to be hashed, and what that gave.
extension SharedFolders {
    /// Files that are not hashed, behind a row, in the order in which they were found.
    ///
    /// - Parameter away: The numbers of folders that are not there.
    package func unhashed(after entry: Int64, besides away: Set<Int64>, limit: Int) async throws -> [SharedFile] {
        let besides = away.sorted().map(String.init).joined(separator: ",")
        return try await files(
            """
            entry.root IS NULL AND entry.is_folder = 0 AND entry.failed = 0 AND entry.id > ?
                AND entry.share NOT IN (\(besides)) ORDER BY entry.id LIMIT ?
            """, [entry, limit])
    }

    /// Those of some publications that are files and not hashed, or could not be.
    package func unhashed(_ publications: [PublicationID]) async throws -> [SharedFile] {
        let ids = publications.map { String($0.rawValue) }.joined(separator: ",")
        return try await files(
            "entry.publication IN (\(ids)) AND entry.root IS NULL AND entry.is_folder = 0", [])
    }

    /// Files that have the content of a canonical info-hash: a few, where there are many.
    package func files(_ hash: TruncatedInfoHash) async throws -> [SharedFile] {
        try await files("entry.info_hash = ? ORDER BY entry.id LIMIT 8", [Data(hash.bytes)])
    }

    private func files(_ condition: String, _ arguments: StatementArguments) async throws -> [SharedFile] {
        try await read { database in
            let sql = """
                SELECT entry.id, entry.share, inode, size, modified, changed, root, publication, share.path, share.device,
                    share.entry, (SELECT publication FROM entry AS top WHERE top.id = share.entry) AS top
                FROM entry JOIN share ON share.number = entry.share WHERE \(condition)
                """
            return try Row.fetchAll(database, sql: sql, arguments: arguments).compactMap { row in
                guard let stamp = FileStamp(row), let place = try Self.names(to: row["id"], database),
                    place.top == row["entry"]
                else { return nil }
                let publication: Int64? = row["publication"]
                let top: Int64? = row["top"]
                return SharedFile(
                    entry: row["id"], folder: row["share"], path: Folders.path(place.names, below: row["path"]),
                    stamp: stamp, content: Self.content(row),
                    publication: publication.map { PublicationID(rawValue: $0) },
                    top: top.map { PublicationID(rawValue: $0) })
            }
        }
    }

    /// What hashing a file gave. False where it is not the file (any more) that was to be hashed: its folder has to be
    /// looked at.
    package func hashed(_ file: SharedFile, _ hashed: HashedFile, _ hash: TruncatedInfoHash?) async throws -> Bool {
        let (stamp, layer) = (hashed.stamp, hashed.layer)
        return try await write { database in
            try database.cachedStatement(
                sql: """
                    UPDATE entry SET root = ?, info_hash = ?, failed = 0, untold = untold | \(Untold.publish)
                    WHERE id = ? AND inode = ? AND size = ? AND modified = ? AND changed = ?
                    """
            ).execute(arguments: [
                Data(layer.content.root.bytes), (hash?.bytes).map { Data($0) }, file.entry,
                Int64(bitPattern: stamp.inode), stamp.size, stamp.modified, stamp.changed,
            ])
            guard database.changesCount > 0 else { return false }
            guard layer.hashes.count > 1 else { return true }
            try database.cachedStatement(sql: "INSERT OR REPLACE INTO layer (entry, hashes) VALUES (?, ?)")
                .execute(arguments: [file.entry, Data(layer.encoded)])
            return true
        }
    }

    /// A file could not be read: it is left alone until it changes, or somebody asks for it.
    package func couldNotHash(_ file: SharedFile) async throws {
        try await write { database in
            try database.execute(sql: "UPDATE entry SET failed = 1 WHERE id = ?", arguments: [file.entry])
        }
    }

    /// The hashes of the pieces of a file that was hashed, proven again.
    package func layer(of file: SharedFile) async throws -> PieceLayer? {
        guard let content = file.content else { return nil }
        let length = Geometry.canonicalPieceLength(for: content.size)
        if let small = PieceLayer(ofSmall: content, pieceLength: length) { return small }
        let stored = try await read { database in
            try Data.fetchOne(database, sql: "SELECT hashes FROM layer WHERE entry = ?", arguments: [file.entry])
        }
        return stored.flatMap { try? PieceLayer(decoding: [UInt8]($0), of: content, pieceLength: length) }
    }

    /// The row of the folder around an entry.
    package func parent(of file: SharedFile) async throws -> Int64? {
        try await read { database in
            try Int64.fetchOne(database, sql: "SELECT parent FROM entry WHERE id = ?", arguments: [file.entry])
        }
    }
}
