import ControlAPI
import Logging
import NodeControl
import PeerNode
import Synchronization
import Terminal

/// Lets the other commands of this user into the node of this program, while it runs.
struct NodeSharing: Sendable {
    let local: LocalNode
    let server: ControlServer
    let logger: Logger

    /// Until its task is cancelled. For the member alone, who holds the lock.
    ///
    /// - Parameter ready: called when others are let in.
    @concurrent
    func run(web: WebAccess? = nil, ready: @escaping @Sendable () async -> Void = {}) async {
        local.clearSocket()
        let bound = Mutex<SocketFile?>(nil)
        // The next one to be this member may have his there already.
        defer { bound.withLock { $0 }.map(local.clearSocket) }
        do {
            try await server.serve(socket: local.socket, web: web) {
                local.protectSocket()
                bound.withLock { $0 = local.socketFile }
                await ready()
            }
        } catch {
            // This one works all the same.
            logger.warning(
                "Other commands cannot use this one's connection",
                metadata: ["socket": "\(local.socket)", "reason": "\(error)"])
        }
    }
}

extension ControlServer.Configuration {
    static func ofProgram(home: String?, downloads: @autoclosure @escaping @Sendable () -> String) -> Self {
        Self(version: ClientCommand.version, home: home, downloads: downloads()) { QRCode($0)?.rows }
    }
}

extension SettingsOfProgram {
    /// - Parameter commandLine: What it says of any.
    static func ofProgram(_ environment: [String: String], _ commandLine: [SettingKey: String] = [:]) -> Self {
        var settings = Self(commandLine: commandLine)
        if let home = environment["HOME"], home.hasPrefix("/") { settings.standard[.downloads] = "\(home)/Downloads" }
        return settings
    }
}
