import Commands
import FoundationEssentials
import Glibc
import Logging
import NodeControl
import PeerNode
import TestKit
import Testing

/// What is run, and shown, for what saved searches find: words of others in it are words, and nothing more.
@Suite(.timeLimit(.minutes(5))) struct TellingTests {
    /// Where hundreds of tests run at the same time, on two processors.
    private static let patience = Duration.seconds(120)
    private static let evil = "a'; touch pwned; `touch pwned` $(touch pwned) \"\u{1B}[2J\u{202E} <b>&"

    private static func news(
        command: String? = nil, _ names: [String], areShown: Bool = false
    ) -> NewMatches {
        let matches = names.map {
            SearchMatch(name: $0, owner: "vader", isFolder: false, size: 2_048, root: "00ff", found: 5)
        }
        return NewMatches(
            search: SavedSearch(name: "my jazz", text: "jazz", command: command), matches: matches, areShown: areShown)
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// While the body runs, what is told is done.
    private static func telling(_ teller: MatchTeller, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await teller.run() }
            try await body()
            group.cancelAll()
        }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    private static func wait(for text: String, in path: String) async throws {
        let end = ContinuousClock.now + Self.patience
        while self.text(path) != text {
            guard ContinuousClock.now < end else {
                throw TestKitError.timedOut("\(text) instead of \(self.text(path) ?? "nothing")")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func aCommandFindsTheMatchInItsEnvironment() async throws {
        let folder = try TemporaryDirectory()
        let out = folder.file("out")
        let command = """
            cd '\(folder.path)' && printf '%s|' "$BITTRICKLE_NAME" "$BITTRICKLE_OWNER" "$BITTRICKLE_SEARCH" \
            "$BITTRICKLE_SIZE" "$BITTRICKLE_ROOT" "$BITTRICKLE_PASSWORD" "$BITTRICKLE_NETWORK" > part && mv part out
            """
        let teller = MatchTeller(notifier: nil, network: "hans@a:1", now: { .zero }, logger: Self.quiet)
        setenv("BITTRICKLE_PASSWORD", "secret", 1)
        defer { unsetenv("BITTRICKLE_PASSWORD") }
        try await Self.telling(teller) {
            teller.tell(Self.news(command: command, [Self.evil]))
            try await Self.wait(for: "\(Self.evil)|vader|my jazz|2048|00ff||hans@a:1|", in: out)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("pwned")))
    }

    @Test func theDesktopShowsItSafely() async throws {
        let folder = try TemporaryDirectory()
        let notifier = folder.file("notify")
        let script = "#!/bin/sh\ncd '\(folder.path)'\nprintf '%s|' \"$@\" >> out\n"
        try Data(script.utf8).write(to: URL(filePath: notifier))
        chmod(notifier, 0o700)
        let teller = MatchTeller(notifier: notifier, now: { .zero }, logger: Self.quiet)
        try await Self.telling(teller) {
            teller.tell(Self.news(["unseen"]))
            teller.tell(Self.news(["--help \u{1B}<b>&"], areShown: true))
            try await Self.wait(
                for: "--app-name=BitTrickle|--|New for my jazz|--help \u{241B}&lt;b&gt;&amp; from vader, 2.00 KiB|",
                in: folder.file("out"))
        }
    }

    @Test func whatTakesTooLongIsCutOffWithAllThatItStarted() async throws {
        let folder = try TemporaryDirectory()
        let program = ChildProgram(
            "/bin/sh", ["-c", "sleep 1000 & echo $! > '\(folder.file("child"))'; wait"], limit: .milliseconds(300))
        #expect(await program.run() == .cutOff)
        if let child = Self.text(folder.file("child")).flatMap({ Int32($0.dropLast()) }) {
            // Gone, or about to be taken by whoever takes orphans.
            let end = ContinuousClock.now + .seconds(10)
            while kill(child, 0) == 0, Self.text("/proc/\(child)/stat")?.contains(") Z ") == false {
                guard ContinuousClock.now < end else { throw TestKitError.timedOut("an end") }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test func endingsAreTold() async {
        #expect(await ChildProgram("/bin/sh", ["-c", "exit 7"], limit: Self.patience).run() == .exited(7))
        #expect(await ChildProgram("/bin/sh", ["-c", "kill -9 $$"], limit: Self.patience).run() == .killed(9))
        guard case .notStarted = await ChildProgram("/no/such/program", [], limit: Self.patience).run() else {
            return #expect(Bool(false))
        }
        // It has no open files of ours but the three.
        let listing = ChildProgram(
            "/bin/sh", ["-c", "test \"$(ls /proc/$$/fd | head -n 3 | tr -d '\\n')\" = 012 && ! read line"],
            limit: Self.patience)
        #expect(await listing.run() == .exited(0))
    }

    @Test func thereIsANotifierWhereSomebodySeesIt() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("notify-send")
        try Data().write(to: URL(filePath: path))
        chmod(path, 0o700)
        let desktop = ["DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"]
        #expect(MatchTeller.notifier(desktop, path: "/no/such:\(folder.path)") == path)
        #expect(MatchTeller.notifier(["DISPLAY": ""], path: folder.path) == nil)
        #expect(MatchTeller.notifier(desktop, path: "/no/such") == nil)
        #expect(MatchTeller.notifier(desktop, path: ".:") == nil)
    }

    @Test func notificationsComeNowAndThen() {
        var pace = NotificationPace()
        #expect((0..<5).map { _ in pace.take(at: .seconds(100)) } == [0, 0, 0, nil, nil])
        #expect(pace.take(at: .seconds(119)) == nil)
        #expect(pace.take(at: .seconds(120)) == 3)
        #expect(pace.take(at: .seconds(121)) == nil)
        #expect(pace.take(at: .seconds(140)) == 1)
        // However long nothing came.
        #expect((0..<4).map { _ in pace.take(at: .seconds(9_000)) } == [0, 0, 0, nil])
    }
}
