package import ArgumentParser
import CVersion
import Connectivity
import Glibc
import PeerNode
import Terminal
import Wire

/// `bittrickle SERVER`: the shell.
package struct ClientCommand: AsyncParsableCommand {
    package static let version = String(cString: bittrickle_version())

    package static let configuration = CommandConfiguration(
        commandName: "bittrickle",
        abstract: "Share files with the members of a private network, straight from one to the other.",
        usage: """
            bittrickle join <link>
            bittrickle [<server>] [--fingerprint <fingerprint>] [--log-level <level>]
            bittrickle [--network <network>]
            bittrickle [--network <network>] <command> [<argument>...]
            bittrickle [--network <network>] daemon | web | leave
            bittrickle networks [--prefer <network>]
            bittrickle forget <network>
            """,
        discussion: """
            Asks for user name and password, then for commands; help lists them. Files come into the folder in which \
            bittrickle was started. From a pipe, the first line is the user name, the second the password, and each \
            further line a command; standard output then holds the answers and nothing else. The password may also stand \
            in a file, or in the environment as BITTRICKLE_PASSWORD; then it is no line of the pipe.

            Without a server it is the network that you joined, and nobody is asked for a password; of several the first \
            that bittrickle networks lists, the one that BITTRICKLE_NETWORK names in the environment, or the one of \
            --network. NETWORK is HOST:PORT, or MEMBER@HOST:PORT where you are several members there; the host alone, or \
            the beginning of the fingerprint, will do where no other is meant. This option, and those that every command \
            takes, may stand before the command as well as behind it.

            EXAMPLES
              A server on this computer:
                bittrickle 12000
              One elsewhere; the first contact shows the network's fingerprint and asks:
                bittrickle example.org:12000
              One that is known by its link, so that nothing needs to be compared:
                bittrickle bittrickle://example.org:12000/FINGERPRINT
              From a script:
                printf 'hans\\nfalcon*solo\\nget a.pdf\\n' | bittrickle 12000
              One of several that you joined; each may have a daemon of its own:
                bittrickle --network example.org:12000 daemon
              A network that was set up anew on purpose:
                bittrickle forget example.org:12000
              Where a proxy is the only way out; http:// and socks5:// will do as well:
                all_proxy=socks5h://proxy.example:1080 bittrickle example.org:12000

            ENVIRONMENT
            \(VariableForm.table)

            EXIT CODES
            \(ExitStatus.table)
            """,
        version: "bittrickle \(version)")

    @Argument(
        help: ArgumentHelp(
            "PORT on this computer, HOST:PORT, or a link bittrickle://HOST:PORT/FINGERPRINT.", valueName: "server"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The network's fingerprint, as the server prints it: needed at the first contact where nobody can be asked.",
            valueName: "fingerprint"))
    var fingerprint: String?

    @OptionGroup var networks: NetworkOptions

    @Option(help: ArgumentHelp("From which level on events are logged, to standard error.", valueName: "level"))
    var logLevel = LogLevel.error

    @OptionGroup var secrets: SecretOptions

    package init() {}

    package func validate() throws {
        guard server == nil || networks.network == nil else {
            throw ValidationError("Name a server, or one of the networks that you joined with --network; not both.")
        }
    }

    package func run() async throws {
        guard let server else {
            guard let network = try await networks.meantOrNone() else { return try await startNearby() }
            throw ExitCode(
                await ClientProgram(
                    target: network.target, level: logLevel.level, errand: .shell(as: network.network.user),
                    given: try secrets.given()
                ).run().rawValue)
        }
        // Not said again: it is as good as a password.
        guard (try? InviteLink(parsing: server)) == nil else { throw Refusal(.isAnInvite) }
        let status: ExitStatus
        let given = try secrets.given()
        do throws(AddressError) {
            let target = try ServerTarget(server, fingerprint: fingerprint)
            status = await ClientProgram(
                target: target, level: logLevel.level, errand: .shell(as: nil), given: given
            ).run()
        } catch {
            throw Refusal(Message(error))
        }
        throw ExitCode(status.rawValue)
    }

    /// Where no network is named and none was joined.
    private func startNearby() async throws {
        let mode = TerminalMode()
        guard let start = try NearbyStart.ofProgram(mode) else { throw Refusal(.whichServer) }
        let outcome = await start.run()
        mode.restore()
        switch outcome {
        case .ended(let status): throw ExitCode(status.rawValue)
        case .chosen(let target):
            throw ExitCode(
                await ClientProgram(
                    target: target, level: logLevel.level, errand: .shell(as: nil), given: try secrets.given()
                ).run().rawValue)
        }
    }

    /// Parses the command line, does what it says, and ends the process.
    package static func runAsProgram() async -> Never {
        UPnPProgram.becomeIfMeant()
        _ = Environment.givenSecrets
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == CompleteCommand.name {
            let answer = await CompleteCommand.answer(Array(arguments.dropFirst()), environment: Environment.all)
            DescriptorSink.standardOutput.write(answer)
            Glibc.exit(ExitStatus.success.rawValue)
        }
        for warning in OwnVariables.warnings(of: EnvironmentVariables.all.keys) {
            remark(warning)
        }
        let start = arguments.prefix(StartOptions.count(in: arguments))
        // Not as subcommands: the parser would take the word for a server.
        if let word = arguments.dropFirst(start.count).first {
            let rest = arguments.dropFirst(start.count + 1)
            if let own = Program.own.first(where: { $0.name == word }) {
                if let form = own.form, let option = StartOptions.refused(among: start, by: form) {
                    refuse(.unknownOption(option, of: word))
                }
                await end(own, start + rest)
            }
            if let verb = Verb(word: word), verb != .xit { await carryOut(verb, start, rest) }
            if let misspelt = Program.misspelt(word) { refuse(misspelt.message) }
            // Not what is wrong with the options, which a server does not take: it was to be a command.
            if !start.isEmpty, !word.hasPrefix("-"), !isServer(word) {
                refuse(Misunderstanding.unknownCommand(word, nearest: nil).message)
            }
        }
        await end(ClientCommand.self, arguments)
    }

    private static func isServer(_ word: String) -> Bool {
        (try? ServerTarget(word, fingerprint: nil)) != nil || (try? InviteLink(parsing: word)) != nil
    }

    /// One command of the shell, in a network that was joined.
    ///
    /// - Parameters:
    ///   - start: the options before the command.
    ///   - rest: what stands behind it.
    private static func carryOut(_ verb: Verb, _ start: ArraySlice<String>, _ rest: ArraySlice<String>) async -> Never {
        do {
            if rest.prefix(while: { $0 != "--" }).contains("--help") || rest == ["-h"] {
                try say(verb.page(columns: TerminalDevice.columns(of: STDOUT_FILENO)))
                Glibc.exit(ExitStatus.success.rawValue)
            }
            let command = try Command(verb, arguments: Array(start + rest))
            if case .help(let topic) = command.action {
                let columns = TerminalDevice.columns(of: STDOUT_FILENO)
                try say(HelpTopic.explanation(topic, command.manner, columns: columns))
                Glibc.exit(ExitStatus.success.rawValue)
            }
            if case .examine(let member) = command.action {
                Glibc.exit(try await DoctorProgram(command, of: member).run().rawValue)
            }
            let network = try await MeantNetwork.find(command.network)
            let program = ClientProgram(
                target: network.target, level: command.manner.level,
                errand: .command(command, as: network.network.user))
            Glibc.exit(await program.run().rawValue)
        } catch let refusal as Refusal {
            refuse(refusal.message)
        } catch let misunderstanding as Misunderstanding {
            refuse(misunderstanding.message)
        } catch {
            refuse(.internalError("\(error)"))
        }
    }

    private static func end<Command: AsyncParsableCommand>(
        _ type: Command.Type, _ arguments: some Collection<String>
    ) async -> Never {
        do {
            var command = try type.parse(Array(arguments))
            try await command.run()
            Glibc.exit(ExitStatus.success.rawValue)
        } catch let refusal as Refusal {
            refuse(refusal.message)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            let code = type.exitCode(for: error)
            // A sentence, not a page.
            guard code == .success else {
                let what = type.message(for: error)
                refuse(
                    Message(
                        what.hasSuffix(".") ? what : what + ".",
                        hint: "See \(type.configuration.commandName ?? "bittrickle") --help", exitStatus: .usage))
            }
            let isVersion = type.message(for: error) == type.configuration.version
            let text =
                isVersion ? type.configuration.version : type.page(columns: TerminalDevice.columns(of: STDOUT_FILENO))
            do { try say(text) } catch { refuse(error.message) }
            Glibc.exit(ExitStatus.success.rawValue)
        }
    }

    /// On standard output. Throws where it cannot be written.
    ///
    /// - Parameters:
    ///   - isWhole: It ends its last line itself.
    ///   - isLaidOut: as ``Console/line(_:isLaidOut:)`` has it.
    static func say(_ text: String, isWhole: Bool = false, isLaidOut: Bool = false) throws(Refusal) {
        let output = DescriptorSink.standardOutput
        let text =
            isLaidOut && TerminalDevice.outputIsTerminal
            ? TextLayout.wrapped(text, columns: TerminalDevice.columns(of: STDOUT_FILENO)) : text
        guard !output.write(isWhole ? text : text + "\n"), let reason = output.failure else { return }
        throw Refusal(.outputFailed(reason))
    }

    /// On standard error.
    ///
    /// - Parameter end: Behind it; a blank where it is a question.
    static func remark(_ text: String, end: String = "\n") {
        let text =
            TerminalDevice.errorsAreTerminal
            ? TextLayout.wrapped(text, columns: TerminalDevice.columns(of: STDERR_FILENO)) : text
        DescriptorSink.standardError.write(text + end)
    }

    private static func refuse(_ message: Message) -> Never {
        remark(message.text)
        Glibc.exit(message.exitStatus.rawValue)
    }
}

/// What a command says in place of doing what it was asked.
struct Refusal: Error {
    let message: Message
    init(_ message: Message) { self.message = message }
}
