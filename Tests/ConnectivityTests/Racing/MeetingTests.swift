import Connectivity
import NIOCore
import NIOPosix
import Synchronization
import TestKit
import Testing
import Wire

/// Members who come together by the directory's word, on loopback.
@Suite(.timeLimit(.minutes(1))) struct MeetingTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private func peer(
        _ name: String, _ directory: LoopbackDirectory, limits: LinkLimits = LinkLimits(),
        resolver: SilentResolver? = nil
    ) async throws -> TestPeer {
        let peer = try await TestPeer(
            try network.identity(name), limits: limits, signalling: directory, resolver: resolver)
        directory.enter(peer)
        return peer
    }

    private var nobody: Endpoint { get throws { try #require(Endpoint(address: [127, 0, 0, 1], port: 9)) } }

    @Test func whoCannotBeDialledComesByHimself() async throws {
        let directory = LoopbackDirectory {
            Whereabouts(endpoints: try $0.endpoints)
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        let (hans, vader) = (try await peer("hans", directory), try await peer("vader", directory))
        try await vader.serving { _ in
        } while: {
            try await hans.serving {
                try await echo($0)
            } while: {
                let link = try await vader.dialer.dial(
                    hans.user, at: [try nobody], greeting: TestPeer.greeting(TestPeer.someHash))
                #expect(link.path == .reverse)
                #expect(link.member == hans.user)
                try await link.send([.have(piece: 7)])
                var received: [PeerMessage] = []
                for try await batch in link.inbound {
                    received += batch
                    break
                }
                #expect(received == [.have(piece: 7)])
                await link.close()
            }
        }
        #expect(directory.calls == 1)
    }

    @Test func bothDialFromWhereTheyListen() async throws {
        let directory = LoopbackDirectory {
            Whereabouts(endpoints: [], reflexive: try $0.endpoints)
        } called: {
            Whereabouts(endpoints: [], reflexive: try $0.endpoints)
        }
        let (hans, vader) = (try await peer("hans", directory), try await peer("vader", directory))
        try await vader.serving { _ in
        } while: {
            try await hans.serving {
                try await echo($0)
            } while: {
                let link = try await vader.dialer.dial(
                    hans.user, at: [try nobody], greeting: TestPeer.greeting(TestPeer.someHash))
                // Where his dial was first to take the two ports, ours comes from another one, which loopback lets in.
                #expect([.punched, .reverse, .direct].contains(link.path))
                // Behind a NAT the listening port is what the other one sees.
                #expect(link.endpoint?.port == hans.listener.port)
                await link.close()
            }
        }
    }

    /// From and to the same two ports there is one connection: the second link takes other ones.
    @Test func aSecondLinkBesideAPunchedOneComesDirectly() async throws {
        let directory = LoopbackDirectory {
            Whereabouts(endpoints: [], reflexive: try $0.endpoints)
        } called: {
            Whereabouts(endpoints: [], reflexive: try $0.endpoints)
        }
        let (hans, vader) = (try await peer("hans", directory), try await peer("vader", directory))
        let nobody = try nobody
        try await vader.serving { _ in
        } while: {
            try await hans.serving {
                try await echo($0)
            } while: {
                let first = try await vader.dialer.dial(
                    hans.user, at: [nobody], greeting: TestPeer.greeting(TestPeer.someHash))
                for _ in 0..<4 {
                    let second = try await vader.dialer.dial(
                        hans.user, at: [nobody], greeting: TestPeer.greeting(TestPeer.someHash))
                    #expect(!second.path.isRelayed)
                    await second.close()
                }
                await first.close()
            }
        }
    }

    @Test func whoIsDialledWhereHisRouterMapsSaysSo() async throws {
        let directory = LoopbackDirectory { _ in
            Whereabouts(endpoints: [])
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        let (hans, vader) = (try await peer("hans", directory), try await peer("vader", directory))
        try await hans.serving {
            try await echo($0)
        } while: {
            for isMapped in [false, true] {
                let link = try await vader.dialer.dial(
                    hans.user, at: try hans.endpoints.map { $0.mapped(isMapped) },
                    greeting: TestPeer.greeting(TestPeer.someHash))
                #expect(link.path == (isMapped ? .mapped : .direct))
                await link.close()
            }
        }
    }

    @Test func somebodyElseIsNotTakenForHim() async throws {
        let directory = LoopbackDirectory {
            Whereabouts(endpoints: try $0.endpoints)
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        let (boba, vader) = (try await peer("boba", directory), try await peer("vader", directory))
        directory.enter(boba, as: try network.identity("hans").user)
        await #expect(throws: DialFailure.self) {
            try await vader.serving { _ in
            } while: {
                try await boba.serving { _ in
                } while: {
                    _ = try await vader.dialer.dial(
                        try network.identity("hans").user, at: [try nobody],
                        greeting: TestPeer.greeting(TestPeer.someHash))
                }
            }
        }
    }

    @Test func whoIsAbsentIsGivenUpAtOnce() async throws {
        let directory = LoopbackDirectory {
            Whereabouts(endpoints: try $0.endpoints)
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        let vader = try await peer("vader", directory)
        await #expect(throws: DialFailure.self) {
            _ = try await vader.dialer.dial(
                try network.identity("hans").user, at: [try nobody], greeting: TestPeer.greeting(TestPeer.someHash))
        }
        // Asked again, the directory would say the same.
        #expect(directory.asks == 1)
    }

    @Test func aCancelledDialEndsThoughMoreCouldBeTried() async throws {
        let directory = LoopbackDirectory {
            Whereabouts(endpoints: try $0.endpoints)
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        let (hans, vader) = (try await peer("hans", directory), try await peer("vader", directory))
        let dial = Task {
            try await vader.dialer.dial(
                hans.user, at: [try nobody], greeting: TestPeer.greeting(TestPeer.someHash))
        }
        for await _ in directory.asked { break }
        let start = ContinuousClock.now
        dial.cancel()
        _ = await dial.result
        #expect(start.duration(to: .now) < .seconds(1))
    }

    /// Nobody waits for the name of a relay that is not needed any more, however long the system looks it up.
    @Test func theLookUpOfARelaysNameHoldsUpNobody() async throws {
        let directory = LoopbackDirectory {
            Whereabouts(endpoints: try $0.endpoints)
        } called: { _ in
            Whereabouts(endpoints: [], relay: RelayOffer(host: "relay.example.org", port: 9, ticket: [1]))
        }
        var limits = LinkLimits()
        limits.connect = .minutes(10)
        let resolver = SilentResolver()
        defer { resolver.end() }
        let hans = try await peer("hans", directory)
        let vader = try await peer("vader", directory, limits: limits, resolver: resolver)
        let nobody = try nobody
        try await vader.serving { _ in
        } while: {
            let dial = { @Sendable in
                try await vader.dialer.dial(
                    hans.user, at: [nobody], greeting: TestPeer.greeting(TestPeer.someHash))
            }
            let met = Task { try await dial() }
            // Both families are asked for.
            await resolver.asked.reaches(2)
            // Only now he hears of the call.
            try await hans.serving {
                try await echo($0)
            } while: {
                let link = try await met.value
                #expect(link.path == .reverse)
                await link.close()
            }
            let cancelled = Task { try await dial() }
            await resolver.asked.reaches(4)
            cancelled.cancel()
            await #expect(throws: DialFailure.self) { try await cancelled.value }
        }
    }

    /// When a trial's report comes tells nothing of places that the caller alone named.
    @Test func aTrialOfWhatIsOnlyClaimedTakesItsWholeTime() async throws {
        let directory = LoopbackDirectory { _ in
            Whereabouts(endpoints: [])
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        let (hans, vader) = (try await peer("hans", directory), try await peer("vader", directory))
        let claimed = try #require(Endpoint(address: [127, 0, 0, 2], port: 9))
        for (endpoints, isClaimed) in [([try nobody], false), ([try nobody, claimed], true)] {
            let start = ContinuousClock.now
            let call = Call(
                attempt: .random(), user: vader.user, whereabouts: Whereabouts(endpoints: endpoints), isTrial: true)
            let ways = await hans.answerer.trial(call)
            #expect(ways?.map(\.outcome) == endpoints.map { _ in .refused })
            let took = start.duration(to: .now)
            #expect((took >= .milliseconds(LinkDialer.trialLimit - 1)) == isClaimed, "\(took)")
        }
    }

    /// Those who come by a trial's attempt are nobody's when it is over, and do not stay for the time of a handshake.
    @Test func whoCameForATrialIsGoneAfterIt() async throws {
        let directory = LoopbackDirectory { _ in
            Whereabouts(endpoints: [])
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        var limits = LinkLimits()
        limits.handshake = .minutes(10)
        let hans = try await peer("hans", directory)
        let vader = try await TestPeer(try network.identity("vader"), limits: limits, signalling: directory)
        let attempt = AttemptID.random()
        try await vader.serving { _ in
        } while: {
            let trial = Task { await vader.dialer.trial(hans.user, by: attempt) }
            for await _ in directory.asked { break }
            let preface = ByteBuffer(bytes: LinkPreface(attempt: attempt).encoded)
            var channels: [any Channel] = []
            for _ in 0..<12 {
                let channel = try await ClientBootstrap(group: TestPeer.group)
                    .connect(host: "127.0.0.1", port: Int(vader.listener.port)).get()
                try await channel.writeAndFlush(preface)
                channels.append(channel)
            }
            while vader.trust.linkCount < channels.count { await Task.yield() }
            trial.cancel()
            _ = await trial.value
            for channel in channels { try await channel.closeFuture.get() }
            while vader.trust.linkCount > 0 { await Task.yield() }
        }
    }

    @Test func aConnectionByAnUnknownAttemptEnds() async throws {
        let directory = LoopbackDirectory { _ in
            Whereabouts(endpoints: [])
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        let (hans, vader) = (try await peer("hans", directory), try await peer("vader", directory))
        var random = SeededRandom.fresh()
        let call = Call(
            attempt: .random(using: &random), user: vader.user, whereabouts: Whereabouts(endpoints: try vader.endpoints)
        )
        try await vader.serving { _ in
            Issue.record("a link came about")
        } while: {
            #expect(await hans.answerer.answer(call) != nil)
        }
    }
}

/// Brings together whoever entered it, and says of them what a test wants.
final class LoopbackDirectory: Signalling {
    private let peers = Mutex<[UserName: TestPeer]>([:])
    private let count = Mutex((asks: 0, calls: 0))
    let asked: AsyncStream<Void>
    private let sink: AsyncStream<Void>.Continuation
    private let asking: @Sendable (TestPeer) throws -> Whereabouts
    private let called: @Sendable (TestPeer) throws -> Whereabouts
    private let caller = Mutex<TestPeer?>(nil)

    /// - Parameters:
    ///   - asking: Where the one who asks says that he is.
    ///   - called: Where the other one is said to be.
    init(
        asking: @escaping @Sendable (TestPeer) throws -> Whereabouts,
        called: @escaping @Sendable (TestPeer) throws -> Whereabouts
    ) {
        (asked, sink) = AsyncStream.makeStream()
        self.asking = asking
        self.called = called
    }

    var directoryHost: String { "127.0.0.1" }
    var asks: Int { count.withLock(\.asks) }
    var calls: Int { count.withLock(\.calls) }

    func enter(_ peer: TestPeer, as name: UserName? = nil) {
        peers.withLock { $0[name ?? peer.user] = peer }
        // The last one is who asks.
        if name == nil { caller.withLock { $0 = peer } }
    }

    func reach(_ reach: Reach) async throws(ReachFailure) -> Whereabouts {
        count.withLock { $0.asks += 1 }
        guard let peer = peers.withLock({ $0[reach.user] }), let caller = caller.withLock(\.self),
            let call = try? Call(attempt: reach.attempt, user: caller.user, whereabouts: asking(caller)),
            let answer = try? called(peer)
        else { throw .absent }
        count.withLock { $0.calls += 1 }
        peer.calls.yield(call)
        sink.yield()
        return answer
    }
}

/// Answers nothing before the end.
final class SilentResolver: Resolver, Sendable {
    /// Questions.
    let asked = Tally()
    private let promises = Mutex<[EventLoopPromise<[SocketAddress]>]>([])

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { ask() }
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { ask() }
    func cancelQueries() {}

    private func ask() -> EventLoopFuture<[SocketAddress]> {
        let promise = TestPeer.group.next().makePromise(of: [SocketAddress].self)
        promises.withLock { $0.append(promise) }
        asked.add()
        return promise.futureResult
    }

    func end() {
        for promise in promises.withLock({ $0 }) { promise.succeed([]) }
    }
}
