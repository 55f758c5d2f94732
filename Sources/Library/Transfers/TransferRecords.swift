package import Content
internal import FoundationEssentials
internal import GRDB
internal import Wire

/// Downloads and their settings, kept over restarts beside the record of published files: a change that returned is
/// there after a `kill -9` and after a power failure. All calls throw ``RecordFailure``.
package struct TransferRecords: Sendable {
    private let database: PublishedFiles
    /// Stand where failed ones have their reason; earlier versions take both for paused.
    private static let (unheardPause, unheardCancellation) = ("paused", "cancelled")

    package init(beside database: PublishedFiles) { self.database = database }

    /// All, by number.
    package func all() async throws -> [TransferRecord] {
        try await database.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM transfer ORDER BY number"
            ).compactMap { Self.record($0) }
        }
    }

    /// No transfer of whatever kind has a higher one; 0 where there is none.
    package func highestNumber() async throws -> Int64 {
        try await database.read { try Int64.fetchOne($0, sql: "SELECT max(number) FROM transfer") ?? 0 }
    }

    /// Stores one in the place of that with its number.
    package func store(_ record: TransferRecord) async throws {
        let (state, failure, cancelled): (Int, String?, Int64?) =
            switch record.state {
            case .wanted: (0, nil, nil)
            case .paused: (1, nil, nil)
            case .pausedUnheard: (1, Self.unheardPause, nil)
            case .cancelledUnheard(let since): (1, Self.unheardCancellation, since)
            case .failed(let reason): (2, reason, nil)
            // Earlier versions take it for wanted.
            case .awaited: (3, nil, nil)
            }
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO transfer
                        (number, place, priority, kind, root, size, origin, name, path, folder, target, state,
                        failure, verified, upward, downward, part_size, owner, cancelled)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    record.number, record.place, record.priority, Int(record.content.kind.rawValue),
                    PublishedFiles.blob(record.content.root), record.content.size, record.origin.rawValue,
                    record.name.text, record.path.joined(separator: "/"), record.folder, record.target, state, failure,
                    record.verified, record.upward, record.downward, record.partSize, record.owner?.text,
                    cancelled,
                ])
        }
    }

    /// One that is not there is passed over.
    package func remove(_ number: Int64) async throws {
        try await database.write { database in
            let content = try Row.fetchOne(
                database, sql: "SELECT root, size FROM transfer WHERE number = ?", arguments: [number]
            ).flatMap { ContentID($0) }
            try database.execute(sql: "DELETE FROM transfer WHERE number = ?", arguments: [number])
            if let content { try PublishedFiles.removeLayerIfUnused(content, database) }
        }
    }

    /// Keeps the layer of a content that is fetched, so that what is here of it can be served after a restart; it goes
    /// with the last transfer of the content.
    package func store(_ layer: PieceLayer) async throws {
        try await database.write { database in
            try PublishedFiles.insert(layer, database)
            try PublishedFiles.removeLayerIfUnused(layer.content, database)
        }
    }

    /// Settings by name; those that were never set are not among them.
    package func settings() async throws -> [String: Int?] {
        try await database.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT name, value FROM setting")
            return Dictionary(rows.map { ($0["name"], $0["value"]) }) { first, _ in first }
        }
    }

    package func set(_ name: String, to value: Int?) async throws {
        try await database.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", arguments: [name, value])
        }
    }

    /// Those that are texts, by name.
    package func texts() async throws -> [String: String] {
        try await database.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT name, text FROM setting WHERE text IS NOT NULL")
            return Dictionary(rows.map { ($0["name"], $0["text"]) }) { first, _ in first }
        }
    }

    /// Nil forgets it.
    package func set(_ name: String, toText text: String?) async throws {
        try await database.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO setting (name, text) VALUES (?, ?)", arguments: [name, text])
        }
    }

    /// Nil for a row that another program has spoiled.
    private static func record(_ row: Row) -> TransferRecord? {
        guard let number: Int64 = row["number"], let place: Int64 = row["place"], let priority: Int = row["priority"],
            let kind: UInt8 = row["kind"], let content = ContentID(row, kind: ContentID.Kind(rawValue: kind)),
            let origin: Int64 = row["origin"], let name: String = row["name"], let path: String = row["path"],
            let fileName = FileName(wire: Array(name.utf8)), let folder: String = row["folder"],
            let target: String = row["target"], let stateNumber: Int = row["state"],
            let verified: Int64 = row["verified"], folder.hasPrefix("/"), isComponent(target)
        else { return nil }
        let failure: String? = row["failure"]
        let owner: String? = row["owner"]
        let cancelled: Int64? = row["cancelled"]
        let state: TransferRecord.State =
            switch stateNumber {
            case 1:
                switch failure {
                case unheardPause: .pausedUnheard
                case unheardCancellation: .cancelledUnheard(since: cancelled ?? 0)
                default: .paused
                }
            case 2: .failed(failure ?? "")
            case 3: .awaited
            default: .wanted
            }
        return TransferRecord(
            number: number, place: place, priority: priority, content: content, origin: PublicationID(rawValue: origin),
            name: fileName, path: path.pathParts, partSize: row["part_size"],
            folder: folder, target: target, state: state, verified: verified, upward: row["upward"],
            downward: row["downward"], owner: owner.flatMap { UserName($0) })
    }

    private static func isComponent(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.contains("/")
    }
}
