import DirectoryServer
import Glibc
import ServiceLifecycle
import Terminal

/// A relay from start to end, as a process.
struct RelayProgram {
    let plan: RelayPlan
    let certificatePath: String
    let metrics: MetricsAddress?
    let logLevel: EventLevel

    func run() async -> ServerExitCode {
        HeapPolicy.apply(busyThreads: 1)
        signal(SIGPIPE, SIG_IGN)
        let events = LineWriter(descriptor: STDERR_FILENO)
        let code = await run(events)
        await events.close()
        return code
    }

    private func run(_ events: LineWriter) async -> ServerExitCode {
        do {
            let relay = try await StandaloneRelay(
                StandaloneRelayConfiguration(
                    certificatePath: certificatePath, plan: plan, metrics: metrics, version: ServerVersion.current,
                    log: logLevel.logger(events)))
            let crier = RelayCrier(relay: relay, manager: ServiceManager(EnvironmentVariables.all))
            try await ServerProgram.run([
                .init(service: relay), .init(service: crier, successTerminationBehavior: .ignore),
            ])
            return .ended
        } catch let failure as StartFailure {
            return ServerProgram.end(ServerMessages.message(for: failure))
        } catch {
            return ServerProgram.end(ServerMessages.message(forUnexpected: error))
        }
    }
}

/// Says that the relay is ready: when signals are caught, as those that end it are before any service runs.
private struct RelayCrier: Service {
    let relay: StandaloneRelay
    let manager: ServiceManager?

    func run() async throws {
        Notice.write(
            """
            BitTrickle relay \(ServerVersion.current) on TCP port \(relay.port)
            It works for the network with this fingerprint:
                \(relay.pin)

            """, to: STDOUT_FILENO)
        manager?.say("READY=1", "STATUS=Relays on TCP port \(relay.port)")
        try? await gracefulShutdown()
        manager?.say("STOPPING=1")
    }
}
