import Content
import Directory
import DirectoryPostgres
import NetworkTestKit
import TestKit
import Testing
import Wire

/// Two stores on one database, as two servers have them.
@Suite(.serialized) struct SeveralServersTests {
    private struct Server {
        let presence = PresenceView()
        let store: DirectoryPostgres

        init(_ address: String, leaseTerm: Duration = .seconds(600)) async throws {
            store = try await DirectoryPostgres(PostgresAddress(address), presence: presence, leaseTerm: leaseTerm)
        }

        /// Publishes a file by a member who is there.
        func offer(_ name: String, _ content: Int, by user: String, device: UInt8 = 1) async throws -> PublicationID {
            let results = try await store.publish([Sample.draft(name, content)], by: Sample.user(user), limit: 9)
            guard case .published(let id)? = results.first else { throw TestKitError.invalid("\(results)") }
            presence.enter(try Self.device(of: user, device), serving: [id])
            return id
        }

        static func device(of user: String, _ number: UInt8 = 1) throws -> PresentDevice {
            let endpoint = try #require(Endpoint(address: [192, 0, 2, number], port: 6_881))
            return PresentDevice(
                try Sample.user(user), try Sample.device(number), place: "laptop", endpoints: [endpoint])
        }

        func names(_ text: String) async throws -> [String] { try await store.found(text).map(\.name.text) }
    }

    private func withServers(
        terms: [Duration] = [.seconds(600), .seconds(600)], having sql: String? = nil,
        _ body: ([Server]) async throws -> Void
    ) async throws {
        let (name, address) = try await PostgresServer.shared().makeDatabase()
        var servers: [Server] = []
        for term in terms { servers.append(try await Server(address, leaseTerm: term)) }
        if let sql { try await PostgresServer.shared().query(sql, in: name) }
        let result: Result<Void, any Error>
        do { result = .success(try await body(servers)) } catch { result = .failure(error) }
        for server in servers { await server.store.close() }
        try result.get()
    }

    @Test func eachSeesThePeersOfAll() async throws {
        try await withServers { servers in
            let (here, there) = (servers[0], servers[1])
            let id = try await here.offer("film.mkv", 1, by: "hans")
            #expect(try await here.names("film") == ["film.mkv"])
            #expect(try await there.names("film") == ["film.mkv"])
            #expect(try await there.store.members(after: nil, limit: 9) == [Sample.user("hans")])
            #expect(try await here.store.members(after: nil, limit: 9) == [])
            #expect(try await there.store.devices(of: Sample.user("hans")) == [Server.device(of: "hans")])

            let sources = try await there.store.sources(
                of: Sample.content(1), for: Sample.viewer("leia"), after: nil, limit: 9)
            #expect(sources.map(\.tops) == [[id]])
            #expect(try await there.store.devices(having: sources) == [Server.device(of: "hans")])
            #expect(try await here.store.devices(having: sources) == [])

            here.presence.withdraw([id])
            // What one server's view was told, its own queries write.
            #expect(try await here.names("film") == [])
            #expect(try await there.names("film") == [])
            here.presence.leave(try Sample.user("hans"), try Sample.device(1), serving: [])
            #expect(try await here.names("film") == [])
            #expect(try await there.store.members(after: nil, limit: 9) == [])
        }
    }

    @Test func whatADeviceHoldsIsDialledWhereItIs() async throws {
        try await withServers { servers in
            let (here, there) = (servers[0], servers[1])
            let hans = try Sample.user("hans")
            let tokens = TokenPair(current: .zero, previous: nil, expires: 1)
            _ = try await here.store.changeTokens(
                of: Sample.device(2), labelled: "", noting: Sighting(user: hans, time: 1)
            ) { _ in tokens }
            let entry = HolderEntry(content: try Sample.content(7), origin: PublicationID(rawValue: 1), isWhole: true)
            _ = try await here.store.hold(add: [entry], remove: [], user: hans, device: Sample.device(2), limit: 9)
            for number in [UInt8(1), 2] { here.presence.enter(try Server.device(of: "hans", number), serving: []) }
            #expect(try await here.names("x") == [])
            let sources = try await there.store.sources(
                of: Sample.content(7), for: Sample.viewer("leia"), after: nil, limit: 9)
            #expect(sources.map(\.devices) == [[try Sample.device(2)]])
            #expect(try await there.store.devices(having: sources) == [Server.device(of: "hans", 2)])
        }
    }

    @Test func whatADeadServerSaidEndsWithItsLease() async throws {
        try await withServers(terms: [.milliseconds(300), .seconds(600)]) { servers in
            let (dying, there) = (servers[0], servers[1])
            _ = try await dying.offer("film.mkv", 1, by: "hans")
            _ = try await dying.names("film")
            try await eventually("the lease ends") { try await there.names("film") == [] }
            #expect(try await there.store.members(after: nil, limit: 9) == [])
            // Who notices removes what is left, and the server that was only held up writes all again.
            try await there.store.renewLease()
            try await dying.store.renewLease()
            #expect(try await there.names("film") == ["film.mkv"])
        }
    }

    @Test func whatOthersDoIsNews() async throws {
        try await withServers { servers in
            let (here, there) = (servers[0], servers[1])
            let (hans, leia) = (try Sample.user("hans"), try Sample.user("leia"))
            let start = try await there.store.news(after: nil, revocationsAfter: 0)
            #expect(start.position == 0)

            let account = InvitedAccount(
                user: hans,
                password: StoredPassword(
                    salt: [UInt8](repeating: 7, count: StoredPassword.saltByteCount), hash: .zero),
                role: .member, attempt: Hash256(hashing: [1]))
            let seal = Hash256(hashing: [2])
            _ = try await here.store.add(Invite(seal: seal, role: .member, usesLeft: 1, created: 1, expires: 100))
            #expect(try await here.store.join(account, by: seal, at: 50) == .joined)
            var news = try await there.store.news(after: start.position, revocationsAfter: 0)
            #expect(news.accounts == [hans: account])
            #expect(news.everybody == nil)

            _ = try await here.store.publish([Sample.draft("a")], by: hans, limit: 9)
            here.presence.enter(try Server.device(of: "hans"), serving: [])
            _ = try await here.names("x")
            try await there.store.want(PublicationID(rawValue: 1), of: hans)
            try await there.store.want(PublicationID(rawValue: 1), of: leia)
            let wanted = ServerNews.Want(publication: PublicationID(rawValue: 1), owner: hans)
            #expect(try await here.store.news(after: news.position, revocationsAfter: 0).wanted == [wanted])
            #expect(try await there.store.news(after: news.position, revocationsAfter: 0).wanted == [])

            let revocation = try #require(try await here.store.removeMember(hans, issuedBefore: 70))
            news = try await there.store.news(after: news.position, revocationsAfter: 0)
            #expect(news.accounts == [hans: nil])
            #expect(news.revocations == [revocation])
            // Who missed too much reads all.
            #expect(try await there.store.news(after: -5, revocationsAfter: 1).everybody == [])
            #expect(try await there.store.news(after: nil, revocationsAfter: 1).everybody == [])
        }
    }

    @Test func whatIsHandedOverIsHeardWhereTheMemberIs() async throws {
        try await withServers { servers in
            let (here, there) = (servers[0], servers[1])
            let (hans, leia) = (try Sample.user("hans"), try Sample.user("leia"))
            var device = try Server.device(of: "hans")
            device.reflexive = device.endpoints
            there.presence.enter(device, serving: [])
            here.presence.enter(try Server.device(of: "leia", 2), serving: [])
            for server in [here, there] { _ = try await server.names("x") }
            #expect(try await here.store.devices(of: hans) == [device])

            let heard = Seen<[HandedOver]>([])
            // Until the other one listens, what is said is lost.
            let moved = HandedOver(message: .moved(leia), to: hans)
            let attempt = try #require(AttemptID([UInt8](repeating: 7, count: AttemptID.byteCount)))
            let whereabouts = Whereabouts(endpoints: device.endpoints, reflexive: device.endpoints)
            let call = HandedOver(
                message: .call(Call(attempt: attempt, user: leia, whereabouts: whereabouts)), to: hans,
                at: device.endpoints)
            // As long as one gets.
            let way = WayReport(.dialled, device.endpoints.first, .notTheMember, milliseconds: WayReport.longest)
            let report = HandedOver(
                message: .report(
                    TrialReport(
                        attempt: attempt, user: leia, ways: Array(repeating: way, count: TrialReport.limit))),
                to: hans)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await handed in there.store.handedOver { heard.change { $0.append(handed) } }
                }
                try await eventually("it is heard") {
                    try await here.store.handOver([moved])
                    return heard.value.contains(moved)
                }
                // Who is not there is not told, and nobody hears himself.
                try await here.store.handOver([HandedOver(message: .moved(hans), to: leia)])
                try await there.store.handOver([HandedOver(message: .moved(leia), to: hans)])
                // Several go together, of which some are for nobody there.
                try await here.store.handOver([call, HandedOver(message: .moved(hans), to: leia), report])
                await heard.wait { $0.contains(call) && $0.contains(report) }
                group.cancelAll()
            }
            #expect(heard.value.allSatisfy { [moved, call, report].contains($0) })
        }
    }

    @Test func serversTellWhereTheyAre() async throws {
        try await withServers { servers in
            let endpoints = try [UInt8(1), 2].map { try #require(Endpoint(address: [192, 0, 2, $0], port: 12_000)) }
            for (server, endpoint) in zip(servers, endpoints) { try await server.store.announce([endpoint]) }
            for (server, own) in zip(servers, [0, 1]) {
                let news = try await server.store.news(after: nil, revocationsAfter: 0)
                #expect(news.servers == [endpoints[own], endpoints[1 - own]])
            }
            await servers[1].store.close()
            #expect(try await servers[0].store.news(after: nil, revocationsAfter: 0).servers == [])
        }
    }

    @Test func bothAtOnceKeepTheLimits() async throws {
        try await withServers { servers in
            let hans = try Sample.user("hans")
            let count = try await withThrowingTaskGroup(of: Int.self) { group in
                for round in 0..<20 {
                    let store = servers[round % 2].store
                    group.addTask {
                        let drafts = try (0..<5).map { try Sample.draft("\(round) \($0)") }
                        return try await store.publish(drafts, by: hans, limit: 42).count {
                            if case .published = $0 { true } else { false }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(count == 42)
            #expect(try await servers[0].store.publications(of: hans, after: nil, limit: 99).count == 42)
            // Serials have no gaps, whoever gives them.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in 0..<20 {
                    let store = servers[round % 2].store
                    group.addTask { _ = try await store.revoke([hans], issuedBefore: 5) }
                }
                try await group.waitForAll()
            }
            #expect(try await servers[0].store.revocations(since: 0).kept.map(\.serial) == Array(1...20))
        }
    }

    /// Enters an administrator.
    private func administrator(_ name: String, _ store: DirectoryPostgres) async throws -> InvitedAccount {
        let seal = Hash256(hashing: name.utf8)
        let account = InvitedAccount(
            user: try Sample.user(name),
            password: StoredPassword(salt: [UInt8](repeating: 7, count: StoredPassword.saltByteCount), hash: seal),
            role: .admin, attempt: seal)
        _ = try await store.add(Invite(seal: seal, role: .admin, usesLeft: 1, created: 1, expires: 100))
        #expect(try await store.join(account, by: seal, at: 50) == .joined)
        return account
    }

    @Test func twoWhoDemoteEachOtherDoNotBothSucceed() async throws {
        // Changes take so long that each begins before the other ends.
        let slow = """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$;
            CREATE TRIGGER slow BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION slow();
            """
        try await withServers(having: slow) { servers in
            let admins = [
                try await administrator("anna", servers[0].store), try await administrator("hans", servers[1].store),
            ]
            let results = try await withThrowingTaskGroup(of: AccountChanging.self) { group in
                for (admin, server) in zip(admins, servers) {
                    group.addTask {
                        var member = admin
                        member.role = .member
                        return try await server.store.change(admin, to: member)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(results) == [.changed, .lastAdmin])
        }
    }

    @Test func whatIsRestrictedIsNews() async throws {
        try await withServers { servers in
            let (here, there) = (servers[0], servers[1])
            var position = try await there.store.news(after: nil, revocationsAfter: 0).position
            let visibilities: [(Visibility, Bool)] = [(.everybody, false), (.restricted(try Sample.readers([])), true)]
            for (visibility, isRestricting) in visibilities {
                let draft = PublicationDraft(
                    name: try Sample.file("a"), visibility: visibility, content: try Sample.content(1))
                _ = try await here.store.publish([draft], by: Sample.user("hans"), limit: 9)
                let news = try await there.store.news(after: position, revocationsAfter: 0)
                #expect(news.isAnythingRestricted == isRestricting)
                #expect(news.asked == [try Sample.user("hans")])
                #expect(try await !here.store.news(after: position, revocationsAfter: 0).isAnythingRestricted)
                position = news.position
            }
        }
    }

    private func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await !isTrue() {
            guard ContinuousClock.now < deadline else { throw TestKitError.timedOut(what) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
