package import ArgumentParser
import DirectoryServer
import Glibc
import Terminal

/// `bittrickle-server PORT`.
package struct ServerCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bittrickle-server",
        abstract: "The directory of a private file-sharing network: who belongs, who is there, who shares what.",
        usage: "bittrickle-server [<port>] [options]",
        discussion: """
            Where nobody belongs yet, it prints an invitation for the first member; bittrickle-server invite makes more, \
            and bittrickle-server users, sessions, publications and groups administer the network while it runs; \
            bittrickle-server migrate copies what it keeps to PostgreSQL, and bittrickle-server relay carries connections on \
            another machine. \
            Reads further members from credentials.txt (one user name and password a line, separated by a space) \
            and again whenever that file changes. Keeps its state in bittrickle-data: back that folder up, it \
            holds the network's key (bittrickle-server backup does). Members' files never come here.

            EXAMPLES
              A server on port 12000, with credentials.txt in this folder:
                bittrickle-server 12000
              One for this machine only, on any free port:
                bittrickle-server 0 --host 127.0.0.1
              One whose files are elsewhere, for a service manager:
                bittrickle-server 12000 --data /srv/share --credentials /etc/share.txt
              One of several that share a database and the network's key:
                bittrickle-server 12000 --store postgres://share@db.example/share
              One that carries connections between members, too, on TCP port 12001:
                bittrickle-server 12000 --relay 12001
              For a large network, or bad lines, slower heartbeats:
                bittrickle-server 12000 --heartbeat 30 --silence 90
              With everything in a file:
                bittrickle-server 12000 --devices 3 --print-config > server.yaml
                bittrickle-server --config server.yaml

            SETTINGS
            What an option sets may stand in a file as well, with the option's name (heartbeat: 30), or in the environment \
            (BITTRICKLE_HEARTBEAT=30); so may the port. What is said twice goes by the command line, then the environment, \
            then the file, which --config or BITTRICKLE_CONFIG names.

            SIGTERM and SIGINT end it, SIGHUP makes it read credentials.txt at once.

            EXIT CODES
            \(ServerExitCode.table)
            """,
        version: "bittrickle-server \(ServerVersion.current)")

    @OptionGroup var settings: ServerSettings

    @Option(help: ArgumentHelp("Read settings from a file, as --print-config writes it.", valueName: "file"))
    var config: String?

    @Flag(help: "Print all settings as a file, with what they are and where they come from, and end.")
    var printConfig = false

    /// What was set anywhere, the strongest last.
    var given: [GivenSetting] = []

    private enum CodingKeys: String, CodingKey { case settings, config, printConfig }

    package init() {}

    /// Parses the command line, does what it says, and ends the process.
    package static func runAsProgram() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == CompletionQuestion.command {
            return print(ServerForm.completion(Array(arguments.dropFirst())), terminator: "")
        }
        for warning in OwnVariables.warnings(of: EnvironmentVariables.all.keys) {
            DescriptorSink.standardError.write(warning + "\n")
        }
        // Not as subcommands: the parser would take the words for a port.
        guard let command = ServerForm.commands.first(where: { $0.name == arguments.first }) else {
            return await end(Self.self) { try await configured(arguments, EnvironmentVariables.all).run() }
        }
        await run(command, Array(arguments.dropFirst()))
    }

    private static func run<Command: WordCommand>(_ type: Command.Type, _ arguments: [String]) async {
        await end(type) {
            var command = try type.parse(arguments)
            try await command.run()
        }
    }

    private static func end(_ type: any AsyncParsableCommand.Type, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch let refusal as ServerRefusal {
            Glibc.exit(ServerProgram.end(refusal.message).rawValue)
        } catch let failure as StartFailure {
            Glibc.exit(ServerProgram.end(ServerMessages.message(for: failure)).rawValue)
        } catch let failure as MaintenanceFailure {
            Glibc.exit(ServerProgram.end(ServerMessages.message(for: failure)).rawValue)
        } catch {
            guard type.exitCode(for: error) == .success, type.message(for: error) != type.configuration.version else {
                type.exit(withError: error)
            }
            print(
                HelpText.laidOut(
                    type.helpMessage(includeHidden: false, columns: HelpText.unbroken),
                    columns: TerminalDevice.columns(of: STDOUT_FILENO)))
        }
    }

    /// What `--print-config` writes.
    package var configurationText: String { get throws { try ServerConfigurationText(self).text } }

    package func run() async throws {
        if printConfig { return print(try configurationText, terminator: "") }
        let code = await ServerProgram(settings: settings, directory: try checked()).run()
        guard code == .ended else { throw code.exitCode }
    }
}
