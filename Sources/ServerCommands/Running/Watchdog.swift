import DirectoryServer
import ServiceLifecycle

/// Tells the service manager that the server works as long as it does: where the directory does not answer any more, nothing
/// is told, and the manager ends the process and starts another.
struct Watchdog: Service {
    let manager: ServiceManager
    let server: DirectoryServer

    func run() async throws {
        guard let patience = manager.patience else { return }
        await cancelWhenGracefulShutdown {
            // Half of it, as sd_watchdog_enabled(3) asks for.
            while (try? await Task.sleep(for: patience / 2)) != nil {
                if await server.isAnswering() { manager.say("WATCHDOG=1") }
            }
        }
    }
}
