import Connectivity
import DirectoryClient
import Logging
import NIOCore
import Synchronization
import Wire

/// Where others reach this node, kept true at the directory: this computer's addresses as they change, and the port of the
/// router that leads here.
final class OwnPlaces: Sendable {
    private struct State {
        var mapped: Endpoint?
        /// As the mapper said last; nil where it has said nothing, or there is none.
        var mapping: MappingState?
        /// As the directory knows them.
        var told: [Endpoint]
    }

    /// How often this computer's addresses are looked at: what changed is told within two heartbeats.
    private static let pace = Duration.seconds(2)

    private let client: DirectoryClient
    private let port: UInt16
    private let logger: Logger
    /// What each login says.
    private let first: [Endpoint]
    private let state: Mutex<State>
    private let ended: AsyncStream<Void>
    private let ending: AsyncStream<Void>.Continuation

    /// - Parameter first: What the login said.
    init(client: DirectoryClient, port: UInt16, first: [Endpoint], logger: Logger) {
        self.client = client
        self.port = port
        self.logger = logger
        self.first = first
        state = Mutex(State(told: first))
        (ended, ending) = AsyncStream.makeStream()
    }

    /// How it stands with the port of the router; nil where nothing is known of it.
    var mapping: MappingState? { state.withLock { $0.mapping } }

    /// The directory goes by what the first login said again.
    func signedInAgain() { state.withLock { $0.told = first } }

    func end() { ending.finish() }

    /// Until ``end()``, or cancellation; then the router's port is given back.
    ///
    /// - Parameter mapper: Nil where no router is to be asked.
    func run(_ mapper: PortMapper?) async {
        await withTaskGroup(of: Void.self) { group in
            if let mapper { group.addTask { await mapper.run { self.take($0) } } }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.pace)
                    await self.tell()
                }
            }
            for await _ in ended {}
            group.cancelAll()
        }
    }

    private func take(_ mapping: MappingState) {
        logger.info("Port of the router", metadata: ["state": "\(mapping)"])
        let mapped: Endpoint? = if case .mapped(let port) = mapping, port.isPublic { port.external } else { nil }
        state.withLock {
            $0.mapped = mapped
            $0.mapping = mapping
        }
    }

    private func tell() async {
        let (mapped, told) = state.withLock { ($0.mapped, $0.told) }
        let places = Array(((mapped.map { [$0] } ?? []) + LocalAddresses.all(port: port)).prefix(LocalAddresses.limit))
        guard places != told, !Task.isCancelled else { return }
        do {
            try await client.locate(at: places)
            state.withLock { $0.told = places }
        } catch {
            logger.debug("The directory could not be told where this node is", metadata: ["reason": "\(error)"])
        }
    }
}
