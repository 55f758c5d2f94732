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
        var told: ToldPlaces
    }

    /// How often this computer's addresses are looked at where nobody says that they changed.
    private static let pace = Duration.seconds(2)

    private let client: DirectoryClient
    private let port: UInt16
    private let logger: Logger
    private let state: Mutex<State>
    private let ended: AsyncStream<Void>
    private let ending: AsyncStream<Void>.Continuation
    private let looks: AsyncStream<Void>
    private let nextLook: AsyncStream<Void>.Continuation
    private let doubts: AsyncStream<Void>
    private let doubt: AsyncStream<Void>.Continuation

    /// - Parameter first: What the login said.
    init(client: DirectoryClient, port: UInt16, first: [Endpoint], logger: Logger) {
        self.client = client
        self.port = port
        self.logger = logger
        state = Mutex(State(told: ToldPlaces(first: first)))
        (ended, ending) = AsyncStream.makeStream()
        (looks, nextLook) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (doubts, doubt) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How it stands with the port of the router; nil where nothing is known of it.
    var mapping: MappingState? { state.withLock { $0.mapping } }

    /// The directory goes by what the first login said again.
    func signedInAgain() {
        state.withLock { $0.told.signedInAgain() }
        look()
    }

    /// This node is elsewhere: the router may be another one, and those who were linked with it have to know.
    func moved(telling members: Set<UserName>) {
        state.withLock { $0.told.moved(telling: members) }
        doubt.yield()
    }

    /// The addresses may be others.
    func look() { nextLook.yield() }

    func end() { ending.finish() }

    /// Until ``end()``, or cancellation; then the router's port is given back.
    ///
    /// - Parameter mapper: Nil where no router is to be asked.
    func run(_ mapper: PortMapper?) async {
        await withTaskGroup(of: Void.self) { group in
            if let mapper { group.addTask { await mapper.run(doubts: self.doubts) { self.take($0) } } }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.pace)
                    self.look()
                }
            }
            group.addTask { for await _ in self.looks { await self.tell() } }
            for await _ in ended {}
            group.cancelAll()
        }
    }

    private func take(_ mapping: MappingState) {
        logger.info("Port of the router", metadata: ["state": "\(mapping)"])
        let mapped: Endpoint? =
            if case .mapped(let port) = mapping, port.isPublic { port.external.mapped() } else { nil }
        state.withLock {
            $0.mapped = mapped
            $0.mapping = mapping
        }
        look()
    }

    private func tell() async {
        let mapped = state.withLock { $0.mapped }
        let places = Array(((mapped.map { [$0] } ?? []) + LocalAddresses.all(port: port)).prefix(LocalAddresses.limit))
        guard let telling = state.withLock({ $0.told.telling(places) }), !Task.isCancelled else { return }
        do {
            try await client.locate(at: telling.places, telling: telling.members)
            if state.withLock({ $0.told.answered(telling) }) { look() }
        } catch {
            logger.debug("The directory could not be told where this node is", metadata: ["reason": "\(error)"])
        }
    }
}
