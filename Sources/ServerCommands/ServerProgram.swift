import Directory
import DirectoryServer
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// A server from start to end, as a process.
struct ServerProgram {
    let command: ServerCommand

    func run() async -> ServerExitCode {
        signal(SIGPIPE, SIG_IGN)
        let events = LineWriter(descriptor: STDERR_FILENO)
        let messages = LineWriter(descriptor: STDOUT_FILENO)
        let code = await run(events: events, messages: messages)
        await messages.close()
        await events.close()
        return code
    }

    private func run(events: LineWriter, messages: LineWriter) async -> ServerExitCode {
        let logger = Logger(label: "bittrickle-server") { _ in
            EventLog(writer: events, level: command.logLevel.level, now: DirectoryClock.system.wall)
        }
        let isWatched = command.logMessages || isatty(STDOUT_FILENO) == 1
        let log = ServerLog(events: logger, messages: isWatched ? MessageLog(writer: messages) : nil)
        do {
            let server = try await DirectoryServer(
                ServerConfiguration(
                    dataDirectory: command.data, credentialsPath: command.credentials, host: command.host,
                    port: command.port, settings: try command.settings(), log: log))
            Self.print(
                Greeting(
                    pin: server.pin, port: server.port, hosts: LocalAddresses.reachable(host: command.host),
                    accounts: server.accountCount
                ).text)
            try await serve(server, logger)
            return .ended
        } catch let failure as StartFailure {
            return Self.end(ServerMessages.message(for: failure))
        } catch {
            return Self.end(ServerMessages.message(forUnexpected: error))
        }
    }

    private func serve(_ server: DirectoryServer, _ logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: server),
                .init(service: HangupService(server: server), successTerminationBehavior: .ignore),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() })
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Unbuffered: whoever started the server reads the port from it.
    private static func print(_ text: String) { write(text, to: STDOUT_FILENO) }

    private static func end(_ message: ServerMessage) -> ServerExitCode {
        write(message.text, to: STDERR_FILENO)
        return message.exitCode
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}

/// Has credentials.txt read at each SIGHUP.
private struct HangupService: Service {
    let server: DirectoryServer

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            server.reloadCredentials()
        }
    }
}
