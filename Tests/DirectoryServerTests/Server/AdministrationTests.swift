import DirectoryClient
import DirectoryServer
import TestKit
import Testing
import Wire

/// Over the socket in the state folder, and from an administrator's client: the same rules.
@Suite struct ServerAdministrationTests {
    private let fixture: ServerFixture
    private let admin: AdminClient

    init() throws {
        fixture = try ServerFixture()
        admin = AdminClient(dataDirectory: fixture.place.file("data"))
    }

    private func user(_ name: String) throws -> UserName { try #require(UserName(name)) }

    /// Invites somebody over the socket, who joins and signs in.
    private func enter(
        _ name: String, role: Role = .member, at port: UInt16
    ) async throws -> (client: DirectoryClient, device: Device) {
        let secret = try #require(InviteSecret((0..<16).map { _ in UInt8.random(in: 0...255) }))
        let answer = try await admin.ask(.change(.invite(secret, uses: 1, role: role, lifetime: 60_000)))
        guard case .invited(let entry, let server) = answer else { throw TestKitError.invalid("\(answer)") }
        #expect(entry.role == role)
        #expect(server.port == port)
        let client = try await connected(to: port)
        let attempt = [UInt8](repeating: 1, count: Join.attemptByteCount)
        try await client.join(
            Join(invite: secret, user: try user(name), password: Array("cloud city".utf8), attempt: attempt))
        let device = try Device(name)
        _ = try await client.signIn(device.login("cloud city"))
        return (client, device)
    }

    @Test func anAdminsClientDoesWhatTheSocketDoes() async throws {
        try await fixture.running { server in
            let (olga, _) = try await enter("olga", role: .admin, at: server.port)
            let (lando, _) = try await enter("lando", at: server.port)
            #expect(try await olga.members().map(\.user.text) == ["hans", "lando", "olga", "vader"])
            guard case .part(.members(let members), nil)? = try await admin.parts(of: .members).last else {
                Issue.record("no members")
                return
            }
            #expect(try await members == olga.members())
            #expect(try await olga.sessions().map(\.user.text) == ["lando", "olga"])
            await #expect(throws: DirectoryClientFailure.refused(.notAllowed)) { try await lando.members() }
            await #expect(throws: DirectoryClientFailure.refused(.lastAdmin)) {
                try await olga.administer(.remove(try user("olga")))
            }
            #expect(try await admin.ask(.change(.remove(try user("olga")))) == .refused(.lastAdmin))
            #expect(try await admin.ask(.change(.disable(try user("hans")))) == .refused(.accountOfFile))
            try await olga.administer(.addGroup(try user("jedi")))
            try await olga.administer(.addMembers([try user("lando")], to: try user("jedi")))
            #expect(try await olga.groups() == [GroupEntry(name: try user("jedi"), memberCount: 1)])
            #expect(try await olga.members(ofGroup: try user("jedi")) == [try user("lando")])
            let answer = try await admin.parts(of: .groupMembers(try user("jedi")))
            #expect(answer == [.part(.groupMembers([try user("lando")]), next: nil)])
            let invite = try await olga.invite(
                .invite(
                    try #require(InviteSecret([UInt8](repeating: 2, count: 16))), uses: 2, role: .member,
                    lifetime: 60_000))
            #expect(try await olga.invites() == [invite])
            #expect(try await admin.ask(.change(.withdrawInvite(invite.id))) == .done)
            for client in [olga, lando] { await client.goodbye() }
        }
    }

    @Test func whoIsSignedOutOrRemovedIsExpelledAtOnce() async throws {
        try await fixture.running { server in
            let (olga, _) = try await enter("olga", role: .admin, at: server.port)
            let (lando, device) = try await enter("lando", at: server.port)
            _ = try await lando.publish([Sample.draft("a", 1)])
            try await olga.administer(.remove(try user("lando")))
            await #expect(throws: (any Error).self) { try await lando.peers() }
            #expect(try await olga.search(SearchQuery(words: [])).isEmpty)
            #expect(try await olga.revocations(since: 0).map(\.user.text).contains("lando"))
            let again = try await connected(to: server.port)
            await #expect(throws: DirectoryClientFailure.refused(.authenticationFailed)) {
                _ = try await again.signIn(device.login("cloud city"))
            }
            for client in [olga, lando, again] { await client.goodbye() }
        }
    }

    @Test func longListsComeInParts() async throws {
        let lines = (0..<3_000).map { "member-\($0) secret\n" }.joined()
        try fixture.write(lines)
        try await fixture.running { _ in
            let parts = try await admin.parts(of: .members)
            #expect(parts.count > 1)
            let names = parts.flatMap { part -> [String] in
                guard case .part(.members(let members), _) = part else { return [] }
                return members.map(\.user.text)
            }
            #expect(names.count == 3_000)
            #expect(names == names.sorted())
        }
    }

    @Test func publicationsAreTakenDown() async throws {
        try await fixture.running { server in
            let (lando, _) = try await enter("lando", at: server.port)
            _ = try await lando.publish([Sample.draft("a", 1), Sample.draft("b", 2)])
            let names = [try Sample.file("a"), try Sample.file("c")]
            #expect(try await admin.ask(.change(.takeDown(names, of: try user("lando")))) == .takenDown([true, false]))
            #expect(
                try await admin.parts(of: .publications(of: try user("lando")))
                    == [
                        .part(
                            .publications([
                                PublicationEntry(name: try Sample.file("b"), isFolder: false, size: 3)
                            ]), next: nil)
                    ])
            await lando.goodbye()
        }
    }

    @Test func aPasswordIsChangedAndTheClientGoesOn() async throws {
        try await fixture.running { server in
            let (lando, device) = try await enter("lando", at: server.port)
            await #expect(throws: DirectoryClientFailure.refused(.authenticationFailed)) {
                _ = try await lando.changePassword(from: Array("wrong".utf8), to: Array("kessel run".utf8))
            }
            let welcome = try await lando.changePassword(
                from: Array("cloud city".utf8), to: Array("kessel run".utf8))
            #expect(try await lando.devices().map(\.isThis) == [true])
            #expect(try await lando.peers().isEmpty)
            await lando.goodbye()
            let again = try await connected(to: server.port)
            _ = try await again.signIn(device.login(.token(welcome.token)))
            await #expect(throws: DirectoryClientFailure.refused(.noSuchDevice)) {
                try await again.signOut(try #require(DeviceID([UInt8](repeating: 7, count: 16))))
            }
            await again.goodbye()
        }
    }

    @Test func secretsAreNotLogged() async throws {
        let log = CapturedLog()
        var configuration = fixture.configuration
        configuration.log = ServerLog(events: log.logger)
        try await DirectoryServer.whileRunning(configuration) { server in
            let (lando, _) = try await enter("lando", at: server.port)
            let change = AdministrativeChange.setPassword(try user("lando"), Array("kessel run".utf8))
            #expect(try await admin.ask(.change(change)) == .done)
            try await eventually("it is logged") { log.messages.contains("Password set") }
            #expect(log.lines.contains("Password set by=the server's user user=lando"))
            #expect(!log.lines.contains { $0.contains("kessel") || $0.contains("\(Array("kessel run".utf8))") })
            await lando.goodbye()
        }
    }
}
