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
        (.keyTooOpen(path: "k", mode: 0o644), .noPermission),
        (.database(path: "d", reason: "it is damaged"), .inputOutput),
        (.portTaken(port: 12_000), .unavailable),
        (.portForbidden(port: 80), .noPermission),
        (.addressUnavailable(host: "h", reason: "no"), .unavailable),
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
}
