import Commands
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// The command lines of both programs, each held against a file in `Golden/`: what it prints, where, and its exit code.
/// With `BITTRICKLE_UPDATE_GOLDEN` set, the files are written anew.
@Suite struct GoldenTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let command: String
        var testDescription: String { command }
    }

    static let cases = [
        Case(file: "help", command: "bittrickle --help"),
        Case(file: "version", command: "bittrickle --version"),
        Case(file: "forget-help", command: "bittrickle forget --help"),
        Case(file: "forget-unknown", command: "bittrickle forget nonet"),
        Case(file: "help-daemon", command: "bittrickle help daemon"),
        Case(file: "server-help", command: "bittrickle-server --help"),
        Case(file: "server-invite-help", command: "bittrickle-server invite --help"),
        Case(file: "server-invite-port", command: "bittrickle-server invite --address share.example.org:80000"),
        Case(file: "server-invite-address", command: "bittrickle-server invite --address 127.0.0.1:99999"),
        Case(file: "server-users-help", command: "bittrickle-server users --help"),
        Case(file: "server-sessions-help", command: "bittrickle-server sessions --help"),
        Case(file: "server-publications-help", command: "bittrickle-server publications --help"),
        Case(file: "server-groups-help", command: "bittrickle-server groups --help"),
        Case(file: "server-backup-help", command: "bittrickle-server backup --help"),
        Case(file: "server-restore-help", command: "bittrickle-server restore --help"),
        Case(file: "server-check-help", command: "bittrickle-server check --help"),
        Case(file: "server-relay-help", command: "bittrickle-server relay --help"),
        Case(file: "server-relay-nothing", command: "bittrickle-server relay 0 --certificate network.pem"),
        Case(file: "server-check-nothing", command: "bittrickle-server check"),
        Case(file: "server-no-port", command: "bittrickle-server"),
        Case(file: "server-man-help", command: "bittrickle-server man --help"),
        Case(file: "server-man-what", command: "bittrickle-server man pubish"),
        Case(file: "server-completions-help", command: "bittrickle-server completions --help"),
        Case(file: "server-completions-what", command: "bittrickle-server completions csh"),
        Case(file: "server-bad-devices", command: "bittrickle-server 12000 --devices 0"),
        Case(file: "server-version", command: "bittrickle-server --version"),
        Case(file: "join-help", command: "bittrickle join --help"),
        Case(file: "leave-help", command: "bittrickle leave --help"),
        Case(file: "leave-nowhere", command: "bittrickle leave --yes"),
        Case(file: "config-unknown", command: "bittrickle config solts 5"),
        Case(file: "config-bad", command: "bittrickle config slots many"),
        Case(file: "password-twice", command: "bittrickle passwd --password-file a --password-fd 3"),
        Case(file: "networks-help", command: "bittrickle networks --help"),
        Case(file: "networks-none", command: "bittrickle networks"),
        Case(file: "daemon-help", command: "bittrickle daemon --help"),
        Case(file: "web-help", command: "bittrickle web --help"),
        Case(file: "completions-help", command: "bittrickle completions --help"),
        Case(file: "man-help", command: "bittrickle man --help"),
        Case(file: "man-what", command: "bittrickle man pubish"),
        Case(file: "task-of-admins", command: "bittrickle add-group team"),
        Case(file: "completions-what", command: "bittrickle completions csh"),
        Case(file: "misspelt", command: "bittrickle serach a"),
        Case(file: "no-server", command: "bittrickle"),
        Case(file: "no-port", command: "bittrickle example.org"),
        Case(file: "bad-port", command: "bittrickle 99999"),
        Case(file: "bad-host", command: "bittrickle a/b:1"),
        Case(file: "bad-link", command: "bittrickle bittrickle://example.org:12000"),
        Case(file: "bad-fingerprint", command: "bittrickle 12000 --fingerprint 12ab"),
        Case(file: "bad-option", command: "bittrickle 12000 --colour"),
        Case(file: "bad-level", command: "bittrickle 12000 --log-level loud"),
        Case(file: "too-many", command: "bittrickle 12000 hans"),
        Case(file: "forget-nothing", command: "bittrickle forget example.org:12000"),
        Case(file: "forget-what", command: "bittrickle forget"),
        Case(file: "server-bad-port", command: "bittrickle-server 99999"),
        Case(file: "shell-help", command: "help"),
        Case(file: "command-help", command: "bittrickle help"),
        Case(file: "command-help-json", command: "bittrickle help limit --json"),
        Case(file: "command-page", command: "bittrickle get --help"),
        Case(file: "command-wrong-option", command: "bittrickle publish --colour a"),
        Case(file: "command-missing", command: "bittrickle search"),
        Case(file: "daemon-nowhere", command: "bittrickle daemon"),
        Case(file: "doctor-nowhere", command: "bittrickle doctor"),
        Case(file: "command-nowhere", command: "bittrickle peers --json"),
        Case(file: "option-before", command: "bittrickle --json help limit"),
        Case(file: "option-before-nothing", command: "bittrickle --json"),
        Case(file: "option-before-misspelt", command: "bittrickle -q -n example.org serach a"),
        Case(file: "option-before-unknown", command: "bittrickle --json bogus"),
        Case(file: "option-before-server", command: "bittrickle --json 12000"),
        Case(file: "option-before-wrong", command: "bittrickle --yes publish --colour a"),
        Case(file: "option-before-own", command: "bittrickle -q networks"),
        Case(file: "network-join", command: "bittrickle --network example.org:1 join LINK"),
        Case(file: "network-join-behind", command: "bittrickle join LINK --network example.org:1"),
        Case(file: "network-forget", command: "bittrickle --network=example.org:1 forget example.org:1"),
        Case(file: "network-networks", command: "bittrickle -n example.org:1 networks"),
        Case(file: "network-man", command: "bittrickle --network example.org:1 man get"),
        Case(file: "network-completions", command: "bittrickle --network example.org:1 completions bash"),
        Case(file: "network-nowhere", command: "bittrickle --network example.org peers"),
        Case(file: "network-missing", command: "bittrickle peers --network"),
        Case(file: "network-and-server", command: "bittrickle -n example.org 12000"),
        Case(file: "network-twice", command: "bittrickle leave example.org -n example.org"),
    ]

    @Test(arguments: cases) func golden(_ golden: Case) async throws {
        let words = golden.command.split(separator: " ").map(String.init)
        let directory = try TemporaryDirectory()
        let text =
            try await golden.command == "help"
            ? ShellRun.signedIn(["help"] + Verb.allCases.map { "help \($0)" }).output
            : run(try #require(words.first), Array(words.dropFirst()), in: directory)
        try Golden.expect(text, golden.file + ".txt")
    }

    private func run(_ program: String, _ arguments: [String], in directory: TemporaryDirectory) async throws -> String
    {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        // Nobody on the network of this machine is asked.
        let environment = [
            "PATH": path, "HOME": directory.path, "LANG": "C.UTF-8", "TERM": "xterm", "BITTRICKLE_NEARBY": "off",
        ]
        let process = try await RealProcess.start(
            BuiltPrograms.path(program), arguments, in: directory.path, environment: environment)
        let ending = try await process.waitForEnd(within: .seconds(60))
        let output = try await process.output.expectEnd()
        let errors = try await process.errors.expectEnd()
        return "$ \(([program] + arguments).joined(separator: " "))\n\(output)[standard error]\n\(errors)[\(ending)]\n"
    }
}
