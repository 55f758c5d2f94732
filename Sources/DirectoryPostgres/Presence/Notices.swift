import Directory
import Wire

/// What is noted for the other servers.
enum Notices {
    enum Kind: Int64 {
        case account = 0
        case asked = 1
        case wanted = 2
        /// As `asked`; and something is not for everybody any more.
        case restricted = 3
    }

    static func add(
        _ kind: Kind, _ user: UserName, _ publication: PublicationID? = nil, from server: Int64,
        _ db: PostgresConnection
    ) throws {
        _ = try db.run(
            """
            WITH next AS (UPDATE bittrickle SET notices = notices + 1 RETURNING notices)
            INSERT INTO notice (number, server, kind, name, publication)
            SELECT notices, :server, :kind, :name, :publication FROM next
            """,
            [
                "server": .int(server), "kind": .int(kind.rawValue), "name": .user(user),
                "publication": .optional(publication?.rawValue),
            ])
    }

    /// - Parameter position: as in ``OtherServers/news(after:revocationsAfter:)``.
    static func news(
        after position: Int64?, revocationsAfter serial: Int64, server: Int64, _ db: PostgresConnection
    ) throws -> ServerNews {
        let last = try db.run("SELECT revocations, notices FROM bittrickle")[0]
        var news = ServerNews(position: try last.int("notices"))
        if try last.int("revocations") > serial { news.revocations = try revocations(after: serial, db) }
        news.servers = try servers(besides: server, db)
        guard news.position != position else { return news }
        let rows = try db.run(
            "SELECT server, kind, name, publication FROM notice WHERE number > :position ORDER BY number",
            ["position": .int(position ?? 0)])
        guard let position, news.position - position == rows.count else {
            news.everybody = try Invited.all(db)
            return news
        }
        for row in rows {
            let (kind, user, isOwn) = (try row.int("kind"), try row.userName("name"), try row.int("server") == server)
            switch Kind(rawValue: kind) {
            case .account: news.accounts[user] = .some(try Invited.one(user, db))
            case .asked where !isOwn: news.asked.append(user)
            case .restricted where !isOwn:
                news.asked.append(user)
                news.isAnythingRestricted = true
            case .wanted where !isOwn:
                news.wanted.append(ServerNews.Want(publication: try row.publication("publication"), owner: user))
            case .asked, .restricted, .wanted, nil: break
            }
        }
        return news
    }

    private static func revocations(after serial: Int64, _ db: PostgresConnection) throws -> [Revocation] {
        try db.run(
            "SELECT serial, name, issued_before FROM revocation WHERE serial > :serial ORDER BY serial",
            ["serial": .int(serial)]
        ).map {
            Revocation(
                serial: try $0.int("serial"), user: try $0.userName("name"), issuedBefore: try $0.int("issued_before"))
        }
    }

    /// Nothing where this is the only one.
    private static func servers(besides server: Int64, _ db: PostgresConnection) throws -> [Endpoint] {
        let rows = try db.run(
            """
            SELECT id, endpoints FROM server WHERE expires > now() ORDER BY id = :server DESC, id LIMIT :limit
            """, ["server": .int(server), "limit": .int(Int64(HeartbeatAnswer.serverLimit))])
        guard try rows.contains(where: { try $0.int("id") != server }) else { return [] }
        var all: [[Endpoint]] = []
        for row in rows {
            guard let endpoints = EndpointBytes.decode(try row.bytes("endpoints")) else {
                throw ColumnFault.corrupt("endpoints")
            }
            all.append(endpoints)
        }
        // The best of each, then the others.
        let length = all.map(\.count).max() ?? 0
        return Array(
            (0..<length).flatMap { place in all.compactMap { $0.dropFirst(place).first } }.prefix(
                HeartbeatAnswer.serverLimit))
    }
}
