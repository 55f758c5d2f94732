import Connectivity
import Content
import Crypto
import Logging
import NIOCore
import NIOPosix
import Proxies
import Synchronization
import Wire

/// A member with a listener that answers every handshake, and a dialler.
struct TestPeer: Sendable {
    let trust: LinkTrust
    let listener: LinkListener
    let dialer: LinkDialer
    /// Goes to meet who calls, while it serves.
    let answerer: LinkAnswerer
    let calls: AsyncStream<Call>.Continuation
    let proxies: ProxyRules
    private let called: AsyncStream<Call>

    var user: UserName { trust.identity.user }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let group = MultiThreadedEventLoopGroup.singleton

    init(
        _ identity: MemberIdentity, limits: LinkLimits = LinkLimits(),
        signalling: (any Signalling)? = nil, proxies: ProxyRules = ProxyRules(),
        resolver: (any Resolver & Sendable)? = nil, time: @escaping @Sendable () -> Int64 = { TestNetwork.now }
    ) async throws {
        trust = try LinkTrust(identity: identity, limits: limits, directoryTime: time)
        listener = try await LinkListener.bind(limits: limits, group: Self.group, logger: Self.logger)
        dialer = LinkDialer(
            trust: trust, port: listener.port, signalling: signalling, proxies: proxies, resolver: resolver,
            group: Self.group, logger: Self.logger)
        answerer = LinkAnswerer(
            trust: trust, listener: listener, signalling: signalling ?? NoSignalling(), proxies: proxies,
            resolver: resolver, group: Self.group, logger: Self.logger)
        self.proxies = proxies
        (called, calls) = AsyncStream.makeStream()
    }

    /// Where others dial it, on loopback.
    var endpoints: [Endpoint] {
        get throws { [Endpoint(address: [127, 0, 0, 1], port: listener.port)].compactMap(\.self) }
    }

    /// Runs the listener with `serve` for accepted links while `body` runs.
    func serving<Result: Sendable>(
        _ serve: @escaping @Sendable (AuthenticatedLink) async throws -> Void,
        while body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await listener.run(trust: trust) { incoming in
                    guard let link = try? await incoming.accept(Self.greeting(incoming.handshake.infoHash)) else {
                        return
                    }
                    try? await serve(link)
                    await link.close()
                }
            }
            group.addTask { for await call in called { await answerer.answer(call) } }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    func dial(_ other: TestPeer, _ greeting: PeerHandshake = TestPeer.greeting(TestPeer.someHash)) async throws
        -> AuthenticatedLink
    {
        try await dialer.dial(other.user, at: try other.endpoints, greeting: greeting)
    }

    static let someHash = InfoHash(Hash256(left: .zero, right: .zero)).truncated

    static func greeting(_ hash: TruncatedInfoHash) -> PeerHandshake {
        PeerHandshake(infoHash: hash, peerID: PeerID.random())
    }
}

/// Messages of a mebibyte, for filling a link.
let mebibyte = (0..<64).map {
    PeerMessage.piece(piece: 0, begin: $0, data: ByteBuffer(repeating: 1, count: 16_384))
}

/// Echoes every message.
func echo(_ link: AuthenticatedLink) async throws {
    for try await batch in link.inbound { try await link.send(batch) }
}

/// Reads until the end.
func drain(_ link: AuthenticatedLink) async throws {
    for try await _ in link.inbound {}
}

/// Counts to a number, and wakes who waits for it.
final class Tally: Sendable {
    private struct State {
        var count = 0
        var waiters: [(Int, CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func add(_ number: Int = 1) {
        let woken = state.withLock { state in
            state.count += number
            let count = state.count
            let woken = state.waiters.filter { $0.0 <= count }
            state.waiters.removeAll { $0.0 <= count }
            return woken
        }
        for (_, waiter) in woken { waiter.resume() }
    }

    func reaches(_ number: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.count < number { state.waiters.append((number, continuation)) }
                return state.count >= number
            }
            if isThere { continuation.resume() }
        }
    }
}

/// Where nobody can be called.
struct NoSignalling: Signalling {
    var directoryHost: String { "127.0.0.1" }

    func reach(_ reach: Reach) async throws(ReachFailure) -> Whereabouts { throw .absent }
}
