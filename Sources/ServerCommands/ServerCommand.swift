package import ArgumentParser
import Directory
import DirectoryPostgres
import DirectoryServer
import Glibc
import Logging
import Terminal

/// `bittrickle-server PORT`.
package struct ServerCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bittrickle-server",
        abstract: "The directory of a private file-sharing network: who belongs, who is there, who shares what.",
        usage: "bittrickle-server <port> [options]",
        discussion: """
            Where nobody belongs yet, it prints an invitation for the first member; bittrickle-server invite makes more, \
            and bittrickle-server users, sessions, publications and groups administer the network while it runs; \
            bittrickle-server migrate copies what it keeps to PostgreSQL. \
            Reads further members from credentials.txt (one user name and password a line, separated by a space) \
            and again whenever that file changes. Keeps its state in bittrickle-data: back that folder up, it \
            holds the network's key. Members' files never come here.

            EXAMPLES
              A server on port 12000, with credentials.txt in this folder:
                bittrickle-server 12000
              One for this machine only, on any free port:
                bittrickle-server 0 --host 127.0.0.1
              One whose files are elsewhere, for a service manager:
                bittrickle-server 12000 --data /srv/share --credentials /etc/share.txt
              One of several that share a database and the network's key:
                bittrickle-server 12000 --store postgres://share@db.example/share
              For a large network, or bad lines, slower heartbeats:
                bittrickle-server 12000 --heartbeat 30 --silence 90

            SIGTERM and SIGINT end it, SIGHUP makes it read credentials.txt at once.

            EXIT CODES
            \(ServerExitCode.table)
            """,
        version: "bittrickle-server \(ServerVersion.current)")

    @Argument(help: "The UDP port; 0 takes any free one.")
    var port: Int

    @Option(help: ArgumentHelp("Where the state is kept.", valueName: "dir"))
    var data = ServerCommand.standardData

    /// Where it is looked for, and need not be.
    static let credentials = "credentials.txt"
    static let standardData = "bittrickle-data"

    @Option(
        help: ArgumentHelp(
            "Keep all but the key in this PostgreSQL database, postgres://user@host/name, which several servers may share.",
            valueName: "url"))
    var store: String?

    @Option(help: ArgumentHelp("Who belongs (default: credentials.txt, where that exists).", valueName: "file"))
    var credentials: String?

    @Option(help: ArgumentHelp("Listen on this address alone, instead of all of this machine's.", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("How often peers say that they are there.", valueName: "seconds"))
    var heartbeat = 2.0

    @Option(
        help: ArgumentHelp(
            "After so much silence a peer is no longer active: at least one and a half heartbeats.",
            valueName: "seconds"))
    var silence = 3.0

    @Option(
        help: ArgumentHelp("On how many devices a member may be at the same time.", valueName: "number"))
    var devices = 1

    @Option(help: ArgumentHelp("From which level on events are logged, to standard error.", valueName: "level"))
    var logLevel = EventLevel.info

    @Flag(help: "Log every message, to standard output, as on a terminal.")
    var logMessages = false

    package init() {}

    /// Parses the command line, does what it says, and ends the process.
    package static func runAsProgram() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == CompletionQuestion.command {
            return print(ServerForm.completion(Array(arguments.dropFirst())), terminator: "")
        }
        // Not as subcommands: the parser would take the words for a port.
        guard let command = ServerForm.commands.first(where: { $0.name == arguments.first }) else {
            return await main()
        }
        await run(command, Array(arguments.dropFirst()))
    }

    private static func run<Command: WordCommand>(_ type: Command.Type, _ arguments: [String]) async {
        do {
            var command = try type.parse(arguments)
            try await command.run()
        } catch let refusal as ServerRefusal {
            Glibc.exit(ServerProgram.end(refusal.message).rawValue)
        } catch {
            type.exit(withError: error)
        }
    }

    package func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("\(port) is no port: give a number from 0 to 65535.")
        }
        guard (1...Self.mostDevices).contains(devices) else {
            throw ValidationError("--devices takes a number from 1 to \(Self.mostDevices).")
        }
        _ = try settings()
        _ = try storePlace()
    }

    func storePlace() throws -> StorePlace {
        guard let store else { return .file }
        do throws(PostgresAddress.AddressFault) { return .postgres(try PostgresAddress(store)) } catch {
            throw ValidationError("--store takes an address such as postgres://user@host/database: \(error.reason).")
        }
    }

    /// As many as tokens are kept for.
    private static var mostDevices: Int { TokenPair.devicesPerMember }

    package func run() async throws {
        let code = await ServerProgram(command: self).run()
        guard code == .ended else { throw code.exitCode }
    }

    /// The heartbeat's settings, in milliseconds.
    func settings() throws -> DirectorySettings {
        guard let interval = Self.milliseconds(heartbeat), let limit = Self.milliseconds(silence) else {
            throw ValidationError("--heartbeat and --silence take seconds, such as 2 or 0.5.")
        }
        do {
            var settings = try DirectorySettings(heartbeatInterval: interval, silenceLimit: limit)
            settings.devices = devices
            return settings
        } catch .interval(let minimum, let maximum) {
            throw ValidationError(
                "--heartbeat takes \(Self.seconds(minimum)) to \(Self.seconds(maximum)) seconds.")
        } catch .silenceLimit(let minimum) {
            throw ValidationError(
                "--silence must be at least one and a half heartbeats: \(Self.seconds(minimum)) seconds here.")
        }
    }

    private static func milliseconds(_ seconds: Double) -> Int64? {
        guard seconds.isFinite, seconds > 0, seconds <= 86_400 * 2 else { return nil }
        return Int64(exactly: (seconds * 1_000).rounded())
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        milliseconds.isMultiple(of: 1_000) ? "\(milliseconds / 1_000)" : "\(Double(milliseconds) / 1_000)"
    }
}

/// What `--log-level` takes.
enum EventLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, notice, warning, error, critical

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
