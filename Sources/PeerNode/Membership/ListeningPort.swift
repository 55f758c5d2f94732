import Glibc
import NIOCore
package import NodeControl

/// On which port others are to reach this node: which ones are tried, in turn, and what is said when none of the first will do.
package struct ListeningPort: Hashable, Sendable {
    /// 0 for any that is free.
    package var wanted: UInt16
    /// What the system picked the last time: it is tried before others, so that what knows the port goes on to.
    package var picked: UInt16?
    /// No other than the one that is wanted will do.
    package var insists: Bool

    package init(wanted: UInt16, picked: UInt16?, insists: Bool) {
        self.wanted = wanted
        self.picked = picked
        self.insists = insists
    }

    package var attempts: [UInt16] {
        if wanted != 0, insists { return [wanted] }
        return (wanted == 0 ? [] : [wanted]) + (picked == wanted ? [] : [picked].compactMap(\.self)) + [0]
    }

    /// The first that will do, and what was wrong with the one that was wanted.
    package func first<Listener>(
        _ listen: (UInt16) async throws -> Listener
    ) async throws(NodeFailure) -> (listener: Listener, fault: PortFault?) {
        var fault: PortFault?
        var reason = "there is none"
        for port in attempts {
            do { return (try await listen(port), fault) } catch {
                reason = "\(error)"
                guard let found = Self.fault(error) else { break }
                if port == wanted { fault = found }
            }
        }
        guard let fault, insists else { throw .internalError(detail: "no port to listen on: \(reason)") }
        throw .portUnusable(port: Int(wanted), fault: fault)
    }

    /// Nil for what has nothing to do with the one port.
    private static func fault(_ error: any Error) -> PortFault? {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: .taken
        case EACCES: .notAllowed
        default: nil
        }
    }
}

extension ListeningPort {
    /// As the member has set it, or the program was started.
    ///
    /// - Parameter settings: Nil where the member was never here.
    init(_ settings: MemberSettings?, _ configuration: NodeConfiguration) async {
        let text = settings?.setting(.port).value ?? configuration.settings.commandLine[.port]
        self.init(
            wanted: text.flatMap { UInt16($0) } ?? 0, picked: await settings?.pickedPort(),
            insists: configuration.insistsOnPort)
    }
}
