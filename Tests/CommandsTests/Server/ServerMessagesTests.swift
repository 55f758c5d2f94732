import Directory
import DirectoryServer
import Glibc
import ServerCommands
import Testing
import Wire

struct ServerMessagesTests {
    private static let failures: [(StartFailure, ServerExitCode)] = [
        (.stateDirectory(path: "d", errno: EACCES), .cannotCreate),
        (.locked(path: "d"), .locked),
        (.file(path: "f", errno: ENOSPC), .inputOutput),
        (.file(path: "f", errno: EACCES), .noPermission),
        (.keyUnreadable(path: "k"), .configuration),
        (.certificateUnreadable(path: "c"), .configuration),
        (.keyMismatch(keyPath: "k", certificatePath: "c"), .configuration),
        (.keyMissing(path: "k"), .configuration),
        (.databaseEmptied(path: "d"), .inputOutput),
        (.keyTooOpen(path: "k", mode: 0o644), .noPermission),
        (.file(path: "f", errno: EDQUOT), .inputOutput),
        (.stateDirectory(path: "d", errno: ENOSPC), .cannotCreate),
        (.database(path: "d", .full), .inputOutput),
        (.database(path: "d", .corrupt(detail: "a page is missing")), .inputOutput),
        (.database(path: "d", .failed(detail: "the disk is gone")), .inputOutput),
        (.database(path: "d", .foreign(path: "d")), .configuration),
        (.database(path: "d", .newerSchema(path: "d")), .configuration),
        (.database(path: "d", .locked(path: "d")), .locked),
        (.database(path: "d", .forbidden), .noPermission),
        (.portTaken(.udp, port: 12_000), .unavailable), (.portTaken(.tcp, port: 12_000), .unavailable),
        (.portForbidden(.udp, port: 80), .noPermission),
        (.addressUnavailable(host: "h", reason: "no"), .unavailable),
        (.metricsUnavailable(host: "h", port: 1, reason: "no"), .unavailable),
        (.relayUnavailable(host: nil, port: 1, reason: "no"), .unavailable),
        (.relayUnavailable(host: "h", port: 1, reason: "no"), .unavailable),
        (.noCertificate(path: "c"), .configuration),
        (.noCredentials(path: "c"), .configuration),
        (.credentialsUnreadable(path: "c", errno: EACCES), .configuration),
        (.credentialsWithoutAccounts(path: "c"), .configuration),
    ]

    @Test(arguments: failures)
    func saysWhatHappenedAndWhatToDo(failure: StartFailure, code: ServerExitCode) {
        let message = ServerMessages.message(for: failure)
        #expect(message.exitCode == code)
        #expect(message.what.hasSuffix("."))
        #expect(!message.hint.isEmpty)
        #expect(message.text.split(separator: "\n").count == 2)
        #expect(!message.text.contains("StartFailure"))
    }

    @Test(arguments: [
        StartFailure.database(path: "data/directory.sqlite", .full), .file(path: "data/network.key", errno: ENOSPC),
        .stateDirectory(path: "data", errno: ENOSPC),
    ])
    func aFullDiskIsNamedWithItsPlaceAndNothingElseIsAskedFor(failure: StartFailure) {
        let message = ServerMessages.message(for: failure)
        #expect(message.what.contains("the disk is full"))
        #expect(message.what.contains("data"))
        #expect(message.hint.hasPrefix("Make room on that disk"))
    }

    @Test(arguments: [
        DirectoryRefusal.noSuchInvite, .noSuchMember, .noSuchGroup, .nameTaken, .accountOfFile, .lastAdmin, .malformed,
        .quotaReached(limit: 5), .busy(retryAfter: 1), .storeFull, .internalError,
    ]) func whatARunningServerRefusesIsSaidInWords(refusal: DirectoryRefusal) throws {
        let hans = try #require(UserName("hans"))
        let secret = try #require(InviteSecret([UInt8](repeating: 1, count: 16)))
        let changes: [AdministrativeChange?] = [
            nil, .invite(secret, uses: 1, role: .member, lifetime: 1), .addGroup(hans), .addMembers([hans], to: hans),
            .setPassword(hans, []),
        ]
        for change in changes {
            let message = ServerMessages.message(for: refusal, to: change)
            #expect(message.what.hasSuffix("."))
            #expect(!message.hint.isEmpty)
            #expect(message.text.split(separator: "\n").count == 2)
        }
    }

    @Test func columnsAreAsWideAsTheirWidestCell() {
        #expect(
            Table.lines(["NAME", "SIZE"], [["a", "1 B"], ["\u{1B}漢字", ""]]) == ["NAME   SIZE", "a      1 B", "␛漢字"])
    }

    @Test func aServerThatLostItsSocketSaysSo() {
        let message = ServerMessages.message(forUnexpected: ServerFailure.socketClosed)
        #expect(message.what == "The server failed: the system closed its UDP socket.")
        #expect(message.exitCode == .software)
    }

    @Test func theGreetingHasWhatMembersType() throws {
        let pin = try #require(NetworkPin(fingerprint: String(repeating: "0f", count: 32)))
        let greeting = Greeting(pin: pin, port: 12_000, hosts: ["192.0.2.5", "2001:db8::5"], accounts: 1)
        #expect(
            greeting.text == """
                BitTrickle server \(ServerVersion.current) on UDP port 12000, 1 account
                Fingerprint of this network:
                    \(pin)
                Members start, in the folder with their files:
                    bittrickle 192.0.2.5:12000 --fingerprint \(pin)
                    bittrickle [2001:db8::5]:12000 --fingerprint \(pin)
                or, with the same in one link to hand out:
                    bittrickle bittrickle://192.0.2.5:12000/\(pin)
                    bittrickle bittrickle://[2001:db8::5]:12000/\(pin)

                """)
    }

    @Test func theGreetingNamesTheRelay() throws {
        let pin = try #require(NetworkPin(fingerprint: String(repeating: "0f", count: 32)))
        let greeting = Greeting(pin: pin, port: 12_000, hosts: [], accounts: 2, relay: 12_001)
        #expect(
            greeting.text.hasPrefix(
                "BitTrickle server \(ServerVersion.current) on UDP port 12000, relay on TCP port 12001, 2 accounts\n"))
    }

    /// What the first one is told to type finds the server that he started.
    @Test(arguments: [
        (nil, "invite\n"), ("/srv/share", "invite --data /srv/share\n"), ("my own", "invite --data 'my own'\n"),
        ("it's", "invite --data 'it'\\''s'\n"),
    ])
    func theFirstInvitesOthersWhereTheServerIs(data: String?, end: String) throws {
        let pin = try #require(NetworkPin(fingerprint: String(repeating: "0f", count: 32)))
        let secret = try #require(InviteSecret(hex: String(repeating: "ab", count: 16)))
        let greeting = Greeting(
            pin: pin, port: 12_000, hosts: ["192.0.2.5"], accounts: 0, invite: secret, data: data)
        #expect(greeting.text.hasSuffix(end))
    }
}
