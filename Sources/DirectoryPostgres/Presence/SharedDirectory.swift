package import Directory
package import Wire

/// What the servers of one database tell each other.
extension DirectoryPostgres: OtherServers {
    package func announce(_ endpoints: [Endpoint]) async throws(DirectoryStoreError) {
        lease.announce(endpoints)
        try await lease.renew()
    }

    package func renewLease() async throws(DirectoryStoreError) { try await lease.renew() }

    package func news(after position: Int64?, revocationsAfter serial: Int64)
        async throws(DirectoryStoreError) -> ServerNews
    {
        try await read { [server = lease.server] db in
            try Notices.news(after: position, revocationsAfter: serial, server: server, db)
        }
    }

    package func members(after name: UserName?, limit: Int) async throws(DirectoryStoreError) -> [UserName] {
        try await read { [server = lease.server] db in
            try db.run(
                "SELECT DISTINCT online.name \(Self.there) AND online.name > :after ORDER BY online.name LIMIT :limit",
                ["server": .int(server), "after": .text(name?.text ?? ""), "limit": .int(Int64(limit))]
            ).map { try $0.userName("name") }
        }
    }

    package func devices(of user: UserName) async throws(DirectoryStoreError) -> [PresentDevice] {
        try await read { [server = lease.server] db in
            try db.run(
                "\(Self.columns) \(Self.there) AND online.name = :name ORDER BY online.device",
                ["server": .int(server), "name": .user(user)]
            ).map(Self.device)
        }
    }

    package func devices(having sources: [ContentSource]) async throws(DirectoryStoreError) -> [PresentDevice] {
        try await read { [server = lease.server] db in
            let tops = sources.flatMap { source in source.tops.map { (source.user.text, $0) } }
            let devices = sources.flatMap { source in source.devices.map { (source.user.text, $0.bytes) } }
            // Which of a member's devices at one server serves what, is not written: as a rule he has one.
            let sql = """
                \(Self.columns) \(Self.there) AND (
                    (online.name, online.device) IN (SELECT * FROM unnest(:holders, :devices))
                    OR EXISTS (
                        SELECT 1 FROM served JOIN unnest(:owners, :tops) AS asked (name, top)
                            ON served.publication = asked.top
                        WHERE served.server = online.server AND asked.name = online.name))
                ORDER BY online.name, online.server, online.device
                """
            return try db.run(
                sql,
                [
                    "server": .int(server), "holders": .texts(devices.map(\.0)), "devices": .allBytes(devices.map(\.1)),
                    "owners": .texts(tops.map(\.0)), "tops": .ids(tops.map(\.1)),
                ]
            ).map(Self.device)
        }
    }

    package func want(_ publication: PublicationID, of owner: UserName) async throws(DirectoryStoreError) {
        try await write { [server = lease.server] db in
            let isThere = try !db.run(
                "SELECT 1 \(Self.there) AND online.name = :name LIMIT 1",
                ["server": .int(server), "name": .user(owner)]
            ).isEmpty
            if isThere { try Notices.add(.wanted, owner, publication, from: server, db) }
        }
    }

    package func handOver(_ handed: [HandedOver]) async throws(DirectoryStoreError) {
        try await write { [server = lease.server] db in
            let sql = """
                SELECT pg_notify(:channel, told.payload) FROM unnest(:names, :payloads) AS told (name, payload)
                WHERE EXISTS (SELECT 1 \(Self.there) AND online.name = told.name)
                """
            _ = try db.run(
                sql,
                [
                    "channel": .text(Handing.channel), "server": .int(server),
                    "names": .texts(handed.map(\.user.text)),
                    "payloads": .texts(handed.map { Handing.payload($0, from: server) }),
                ])
        }
    }

    package var handedOver: AsyncStream<HandedOver> { ear.heard }

    private static let columns =
        "SELECT online.name, online.device, online.label, online.endpoints, online.reflexive"
    private static let there = """
        FROM online JOIN server ON server.id = online.server
        WHERE server.id <> :server AND server.expires > now()
        """

    private static func device(_ row: PostgresRow) throws -> PresentDevice {
        func endpoints(_ column: String) throws -> [Endpoint] {
            guard let endpoints = EndpointBytes.decode(try row.bytes(column)) else { throw ColumnFault.corrupt(column) }
            return endpoints
        }
        return PresentDevice(
            try row.userName("name"), try row.device("device"), place: try row.text("label"),
            endpoints: try endpoints("endpoints"), reflexive: try endpoints("reflexive"))
    }
}
