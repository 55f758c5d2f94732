import Directory
import DirectoryServer
import Glibc
import Logging
import ServiceLifecycle
import Terminal
import UnixSignals

/// A server from start to end, as a process.
struct ServerProgram {
    let settings: ServerSettings
    let directory: DirectorySettings

    private var loops: Int { settings.loops ?? ServerConfiguration.standardLoops }

    func run() async -> ServerExitCode {
        HeapPolicy.apply(busyThreads: loops)
        DescriptorLimit.raise(to: DescriptorLimit.ofDirectory)
        signal(SIGPIPE, SIG_IGN)
        let events = LineWriter(descriptor: STDERR_FILENO)
        let messages = LineWriter(descriptor: STDOUT_FILENO)
        let code = await run(events: events, messages: messages)
        await messages.close()
        await events.close()
        return code
    }

    private func run(events: LineWriter, messages: LineWriter) async -> ServerExitCode {
        let logger = settings.logLevel.logger(events)
        let isWatched = settings.logMessages ?? (isatty(STDOUT_FILENO) == 1)
        let log = ServerLog(events: logger, messages: isWatched ? MessageLog(writer: messages) : nil)
        do {
            let server = try await DirectoryServer(
                ServerConfiguration(
                    dataDirectory: settings.data, store: try settings.storePlace(),
                    credentialsPath: settings.credentials ?? ServerSettings.standardCredentials,
                    needsCredentials: settings.credentials != nil, host: settings.host,
                    reachable: LocalAddresses.reachable(host: settings.host), port: settings.port ?? 0,
                    tcp: settings.tcpPort ?? .sameAsUDP,
                    settings: directory, bittorrentTracker: settings.bittorrentTracker ?? false,
                    announcement: settings.announcement(name: LocalAddresses.machineName), loops: loops,
                    metrics: settings.metrics, relay: settings.relayPlan, relays: settings.relays?.places ?? [],
                    version: ServerVersion.current, log: log))
            let greeting = Greeting(
                pin: server.pin, port: server.port, hosts: LocalAddresses.reachable(host: settings.host),
                accounts: server.accountCount, invite: server.firstInvite,
                data: settings.data == ServerSettings.standardData ? nil : settings.data, relay: server.relayPort)
            // Reading many accounts takes more than what is kept of them.
            HeapPolicy.giveBack()
            async let _ = HeapPolicy.keepGivingBack()
            try await serve(server, greeting)
            return .ended
        } catch let failure as StartFailure {
            return Self.end(ServerMessages.message(for: failure))
        } catch {
            return Self.end(ServerMessages.message(forUnexpected: error))
        }
    }

    private func serve(_ server: DirectoryServer, _ greeting: Greeting) async throws {
        let manager = ServiceManager(EnvironmentVariables.all)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: server),
            .init(
                service: Operator(server: server, greeting: greeting, manager: manager),
                successTerminationBehavior: .ignore),
        ]
        if let manager {
            services.append(
                .init(service: Watchdog(manager: manager, server: server), successTerminationBehavior: .ignore))
        }
        try await Self.run(services)
    }

    /// Until a signal ends them.
    static func run(_ services: [ServiceGroupConfiguration.ServiceConfiguration]) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() })
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }

    static func end(_ message: ServerMessage) -> ServerExitCode {
        Notice.write(message.text, to: STDERR_FILENO)
        return message.exitCode
    }
}

/// What the server has to do with whoever started it: says that it is ready, and has credentials.txt
/// read at each SIGHUP.
///
/// It is ready when signals are caught: those that end the server are before any service runs.
private struct Operator: Service {
    let server: DirectoryServer
    let greeting: Greeting
    let manager: ServiceManager?

    func run() async throws {
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let text = greeting.text
        let picture = greeting.firstLink.flatMap { QRPicture(of: $0, above: text) }
        // At once: the log goes to the same terminal.
        Notice.write(picture?.page ?? text, to: STDOUT_FILENO)
        manager?.say("READY=1", "STATUS=Serves on UDP port \(greeting.port)")
        for await _ in hangups.cancelOnGracefulShutdown() { server.reloadCredentials() }
        manager?.say("STOPPING=1")
    }
}

/// What whoever started the program reads, before and beside the log.
enum Notice {
    /// Unbuffered: whoever started the server reads the port from it.
    static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}
