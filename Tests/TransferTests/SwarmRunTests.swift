import Content
import Logging
import NIOCore
import Synchronization
import TestKit
import Testing
import Transfer
import Wire

/// The shell, over links in memory.
@Suite(.timeLimit(.minutes(5)))
struct SwarmRunTests {
    private let logger = Logger(label: "transfer-tests") { _ in SwiftLogNoOpLogHandler() }
    private var random = SeededRandom.fresh()

    private func name(_ text: String) throws -> UserName { try #require(UserName(text)) }

    private func surroundings(
        _ name: String, slots: UploadSlots = UploadSlots(), clock: ManualClock = ManualClock()
    ) throws -> SwarmSurroundings {
        SwarmSurroundings(user: try self.name(name), slots: slots, clock: clock, logger: logger)
    }

    /// A source that was dialled: the near end of the link, and what serves the other.
    private func source(
        _ name: String, of content: SimulatedContent, slots: UploadSlots = UploadSlots(), capacity: Int = 1 << 20
    ) throws -> (link: SimulatedLink, run: SwarmRun) {
        let ends = SimulatedLink.pair(left: try self.name("me"), right: try self.name(name), capacity: capacity)
        let run = SwarmRun(seeding: content, content.hashes, try surroundings(name, slots: slots))
        #expect(run.add(ends.right, isDialled: false))
        return (ends.left, run)
    }

    private func fetch(
        _ content: SimulatedContent, to store: SimulatedStore, limits: DownloadLimits = DownloadLimits(),
        clock: ManualClock = ManualClock(), asking: @escaping @Sendable (SourceRequest) async -> Void = { _ in },
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in },
        notice: @escaping @Sendable (DownloadNotice) -> Void = { _ in }
    ) throws -> SwarmRun {
        let plan = FetchPlan(
            content.layout, verified: [], store: store, source: content,
            limits: limits, askForSources: asking, progress: progress, notice: notice)
        return SwarmRun(fetching: plan, try surroundings("me", clock: clock))
    }

    /// The run, and what it serves and is served by, until the content is fetched.
    private func outcome(
        of run: SwarmRun, with sources: [SwarmRun] = [], meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> (result: Result<DownloadSummary, DownloadFailure>, end: SwarmEnd) {
        try await withThrowingTaskGroup(of: SwarmEnd?.self) { group in
            group.addTask { await run.run() }
            for source in sources {
                group.addTask {
                    _ = await source.run()
                    return nil
                }
            }
            group.addTask {
                try await meanwhile()
                return nil
            }
            let result: Result<DownloadSummary, DownloadFailure>
            do throws(DownloadFailure) { result = .success(try await run.fetched()) } catch { result = .failure(error) }
            run.stop()
            for source in sources { source.stop() }
            group.cancelAll()
            var end: SwarmEnd?
            for try await one in group { end = one ?? end }
            return (result, try #require(end))
        }
    }

    /// With these a run asks for sources whenever it has dealt with a tick: its clock is moved in step with it.
    private var askingAlways: DownloadLimits {
        var limits = DownloadLimits()
        limits.askInterval = limits.progressInterval
        limits.refreshInterval = limits.progressInterval
        return limits
    }

    /// Moves the clock to the next tick each time that the run has asked.
    private static func move(_ clock: ManualClock, by interval: Duration, after asks: AsyncStream<Void>) async {
        for await _ in asks {
            await clock.waitForSleeper()
            clock.advance(by: interval)
        }
    }

    // MARK: Fetching

    @Test("Three sources give one content", arguments: [1, 16_385, 20_000_000])
    mutating func whole(size: Int) async throws {
        let content = try SimulatedContent(size: size, using: &random)
        let store = SimulatedStore(size: size)
        let sources = try ["a", "b", "c"].map { try source($0, of: content) }
        let last = Mutex<DownloadProgress?>(nil)
        let run = try fetch(content, to: store, progress: { progress in last.withLock { $0 = progress } })
        for source in sources { #expect(run.add(source.link, isDialled: true)) }
        let (result, end) = try await outcome(of: run, with: sources.map(\.run))
        let summary = try result.get()
        #expect(store.bytes == content.bytes)
        #expect(store.recorded.count == content.geometry.pieceCount)
        #expect(summary.bytes.values.reduce(0, +) == Int64(size))
        #expect(summary.hashes == content.hashes)
        #expect(sources.allSatisfy { $0.link.isClosed })
        #expect(last.withLock { $0?.verified } == Int64(size))
        #expect(end == .stopped)
    }

    @Test("The run asks for sources at its start, and takes no link when it is over")
    mutating func asking() async throws {
        let content = try SimulatedContent(size: 100_000, using: &random)
        let store = SimulatedStore(size: 100_000)
        let first = try source("a", of: content)
        let late = try source("b", of: content)
        let wanted = AsyncStream<Void>.makeStream()
        let run = try fetch(content, to: store, asking: { _ in wanted.continuation.yield() })
        _ = try await outcome(of: run, with: [first.run]) {
            for await _ in wanted.stream { break }
            _ = run.add(first.link, isDialled: true)
        }
        #expect(store.bytes == content.bytes)
        #expect(!run.add(late.link, isDialled: true))
    }

    @Test("Cancelled, the run ends with all that is verified recorded")
    mutating func cancelling() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        let store = SimulatedStore(size: 4_000_000)
        store.hold(after: 1 << 20)
        let source = try source("a", of: content)
        // Time passes only for progress to be told: nobody's patience may end with it.
        var limits = askingAlways
        for patience in [\DownloadLimits.patience, \.handOnAfter, \.stallAfter, \.hashesAfter, \.idleAfter] {
            limits[keyPath: patience] = .seconds(1_000_000)
        }
        let interval = limits.progressInterval
        let clock = ManualClock()
        let asks = AsyncStream<Void>.makeStream()
        let verified = Seen<Int64>(0)
        let run = try fetch(
            content, to: store, limits: limits, clock: clock, asking: { _ in asks.continuation.yield() },
            progress: { verified.set($0.verified) })
        _ = run.add(source.link, isDialled: true)
        let result = await withTaskGroup(of: Result<DownloadSummary, any Error>?.self) { group in
            for run in [run, source.run] {
                group.addTask {
                    _ = await run.run()
                    return nil
                }
            }
            group.addTask {
                do { return .success(try await run.fetched()) } catch { return .failure(error) }
            }
            await store.waitUntilHeld(1)
            group.addTask {
                await Self.move(clock, by: interval, after: asks.stream)
                return nil
            }
            await verified.wait { $0 > 0 }
            group.cancelAll()
            store.letGo()
            var result: Result<DownloadSummary, any Error>?
            for await one in group { result = one ?? result }
            return result
        }
        guard case .failure(DownloadFailure.cancelled) = result else {
            Issue.record("ended otherwise: \(String(describing: result))")
            return
        }
        #expect(!store.recorded.isEmpty)
        for piece in store.recorded {
            let start = Int(content.geometry.offset(of: piece))
            let range = start..<start + content.geometry.length(of: piece)
            #expect(store.bytes[range] == content.bytes[range])
        }
        #expect(source.link.isClosed)
    }

    @Test("Without sources the run fails in time, and says how the last ones ended")
    mutating func sourcesLost() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        let ends = SimulatedLink.pair(left: try name("me"), right: try name("a"))
        await ends.right.close()
        let clock = ManualClock()
        let limits = askingAlways
        let asks = AsyncStream<Void>.makeStream()
        let isLost = Seen(false)
        let run = try fetch(
            content, to: SimulatedStore(size: 4_000_000), limits: limits, clock: clock,
            asking: { _ in asks.continuation.yield() }, notice: { _ in isLost.set(true) })
        _ = run.add(ends.left, isDialled: true)
        let (result, end) = try await outcome(of: run) {
            await isLost.wait { $0 }
            await Self.move(clock, by: limits.progressInterval, after: asks.stream)
        }
        guard case .failure(.sourcesLost(let reasons)) = result else {
            Issue.record("ended otherwise: \(result)")
            return
        }
        #expect(reasons == [try name("a"): LinkEnd.closedByPeer])
        #expect(clock.now.offset == limits.patience)
        #expect(end == .notFetched)
    }

    private struct DiskFull: Error {}

    @Test("A store that fails ends the run with its error")
    mutating func storeFails() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        let store = SimulatedStore(size: 4_000_000)
        store.fail(with: DiskFull())
        let source = try source("a", of: content)
        let run = try fetch(content, to: store)
        _ = run.add(source.link, isDialled: true)
        let (result, _) = try await outcome(of: run, with: [source.run])
        if case .failure(.storeFailed(let cause)) = result, cause is DiskFull { return }
        Issue.record("ended otherwise: \(result)")
    }

    @Test("While the disk lags, links are not read: memory stays bounded")
    mutating func slowDisk() async throws {
        let size = 16 << 20
        let content = try SimulatedContent(size: size, using: &random)
        let store = SimulatedStore(size: size)
        var limits = DownloadLimits()
        limits.memoryBudget = 1 << 20
        let sources = try ["a", "b"].map { try source($0, of: content, capacity: 1 << 18) }
        let run = try fetch(content, to: store, limits: limits)
        for source in sources { _ = run.add(source.link, isDialled: true) }
        store.hold()
        _ = try await outcome(of: run, with: sources.map(\.run)) {
            await store.waitUntilHeld(1 << 20)
            // Nobody reads what comes from the sources any more.
            for source in sources { await source.link.waitUntilFull() }
            store.letGo()
        }
        #expect(store.bytes == content.bytes)
        #expect(store.mostHeldSize >= 1 << 20)
        // The budget, and of each link what it had in hand: what a read of the source covers at most.
        #expect(store.mostHeldSize <= 1 << 20 + 2 * (2 << 20))
    }

    @Test("A limited rate hides no source that stalls, is not taken for one, and is a sign of life")
    mutating func stalledBehindALimit() async throws {
        let content = try SimulatedContent(size: 8_000_000, using: &random)
        let clock = ManualClock()
        // What comes waits for 50 seconds.
        let inbound = RateLimiter(rate: 20_000, clock: clock)
        await inbound.pass(1 << 20)
        let giving = SimulatedLink.pair(left: try name("me"), right: try name("a"))
        let stalling = SimulatedLink.pair(left: try name("me"), right: try name("b"))
        let limits = askingAlways
        let asks = AsyncStream<Void>.makeStream()
        let lost = Seen<[String: LinkEnd]>([:])
        let reports = Seen(0)
        let plan = FetchPlan(
            content.layout, verified: [], hashes: content.hashes, store: SimulatedStore(size: 8_000_000),
            source: content, limits: limits, askForSources: { _ in asks.continuation.yield() },
            progress: { _ in reports.change { $0 += 1 } },
            notice: { if case .sourceLost(let member, let end) = $0 { lost.change { $0[member.text] = end } } })
        let run = SwarmRun(
            fetching: plan,
            SwarmSurroundings(
                user: try name("me"), slots: UploadSlots(), inbound: inbound, clock: clock, logger: logger))
        for link in [giving, stalling] {
            _ = run.add(link.left, isDialled: true)
            try await link.right.send([.haveAll, .unchoke])
        }
        let ends = Seen<[String: LinkEnd]>([:])
        _ = try await outcome(of: run) {
            asked: for try await messages in giving.right.inbound {
                for case .request(let request) in messages {
                    let data = ByteBuffer(repeating: 0, count: Int(request.length))
                    try await giving.right.send([.piece(piece: request.piece, begin: request.begin, data: data)])
                    break asked
                }
            }
            for await _ in asks.stream {
                guard lost.value.isEmpty, clock.now.offset < .seconds(20) else { break }
                // The next tick, and what the one has sent.
                await clock.waitForSleeper(atLeast: 2)
                clock.advance(by: limits.progressInterval)
            }
            ends.set(lost.value)
            run.stop()
        }
        #expect(ends.value == ["b": .stalled])
        #expect(reports.value > 20)
    }

    // MARK: Both ways

    @Test("Two who fetch and have half each give one another the rest, and both go on serving")
    mutating func halves() async throws {
        let size = 4_000_000
        let content = try SimulatedContent(size: size, using: &random)
        let stores = (SimulatedStore(size: size), SimulatedStore(size: size))
        let half = content.geometry.pieceCount / 2
        let ends = SimulatedLink.pair(left: try name("hans"), right: try name("grete"))
        func having(_ name: String, _ range: Range<Int>, _ store: SimulatedStore) throws -> SwarmRun {
            let plan = FetchPlan(
                content.layout, verified: range.compactMap { content.geometry.piece($0) }, hashes: content.hashes,
                store: store,
                source: content, askForSources: { _ in })
            return SwarmRun(fetching: plan, try surroundings(name))
        }
        let hans = try having("hans", 0..<half, stores.0)
        let grete = try having("grete", half..<content.geometry.pieceCount, stores.1)
        _ = hans.add(ends.left, isDialled: true)
        _ = grete.add(ends.right, isDialled: false)
        await withTaskGroup(of: Void.self) { group in
            for run in [hans, grete] { group.addTask { _ = await run.run() } }
            for run in [hans, grete] {
                do throws(DownloadFailure) {
                    let summary = try await run.fetched()
                    #expect(summary.bytes.count == 1)
                } catch {
                    Issue.record("\(error)")
                }
            }
            hans.stop()
            grete.stop()
        }
        #expect(stores.0.written + stores.1.written == Int64(size))
    }

    @Test("When all is here it is served from where it stands then, until nobody is linked")
    mutating func seedsOn() async throws {
        let content = try SimulatedContent(size: 1_000_000, using: &random)
        let elsewhere = content
        let first = try source("a", of: content)
        let clock = ManualClock()
        let run = try fetch(content, to: SimulatedStore(size: 1_000_000), clock: clock)
        _ = run.add(first.link, isDialled: true)
        let store = SimulatedStore(size: 1_000_000)
        let next = try fetch(content, to: store)
        let ends = SimulatedLink.pair(left: try name("next"), right: try name("me"))
        let end = try await withThrowingTaskGroup(of: SwarmEnd?.self) { group in
            group.addTask { await run.run() }
            group.addTask {
                _ = await first.run.run()
                return nil
            }
            _ = try await run.fetched()
            run.seed(from: elsewhere)
            _ = run.add(ends.right, isDialled: false)
            _ = next.add(ends.left, isDialled: true)
            group.addTask {
                _ = await next.run()
                return nil
            }
            _ = try await next.fetched()
            next.stop()
            first.run.stop()
            // A whole tick with nobody linked.
            group.addTask {
                while !Task.isCancelled {
                    await clock.waitForSleeper()
                    clock.advance(by: .seconds(1))
                }
                return nil
            }
            for try await end in group {
                guard let end else { continue }
                group.cancelAll()
                return end
            }
            return .stopped
        }
        #expect(end == .idle)
        #expect(store.bytes == content.bytes)
    }

    // MARK: Serving

    @Test("A withdrawn content is served no further")
    mutating func withdrawn() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        let source = try source("a", of: content)
        async let end = source.run.run()
        source.run.stop()
        #expect(await end == .stopped)
        #expect(source.link.isClosed)
    }

    @Test("A source that changed gives no byte, and the run says so")
    mutating func changed() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        content.fail(with: .changed)
        let source = try source("a", of: content)
        let end = try await withThrowingTaskGroup(of: SwarmEnd.self) { group in
            group.addTask { await source.run.run() }
            try await source.link.send([.haveNone, .interested])
            var offered: UInt32?
            var mayAsk = false
            for try await messages in source.link.inbound {
                for message in messages {
                    if case .have(let piece) = message { offered = piece }
                    if case .unchoke = message { mayAsk = true }
                    if mayAsk, let piece = offered {
                        offered = nil
                        try await source.link.send([.request(BlockRequest(piece: piece, begin: 0, length: 16_384))])
                    }
                    if case .piece = message { Issue.record("bytes of a changed file were served") }
                }
            }
            return try await group.next()
        }
        #expect(end == .sourceChanged)
    }

    @Test("A bounded number of links is served at the same time; the next one follows when one ends")
    mutating func slots() async throws {
        let content = try SimulatedContent(size: 100_000, using: &random)
        let slots = UploadSlots(limit: 1)
        let first = try source("a", of: content, slots: slots)
        let second = try source("b", of: content, slots: slots)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { _ = await first.run.run() }
            try await first.link.send([.haveNone, .interested])
            try await unchoked(first.link)
            group.addTask { _ = await second.run.run() }
            try await second.link.send([.haveNone, .interested])
            // The first block that the second asks for is rejected: it is not unchoked yet.
            let request = BlockRequest(piece: 0, begin: 0, length: 16_384)
            try await second.link.send([.request(request)])
            for try await messages in second.link.inbound where messages.contains(.reject(request)) { break }
            await first.link.close()
            try await unchoked(second.link)
            first.run.stop()
            second.run.stop()
        }
    }

    private func unchoked(_ link: SimulatedLink) async throws {
        for try await messages in link.inbound where messages.contains(.unchoke) { return }
        Issue.record("closed before it was unchoked")
    }
}
