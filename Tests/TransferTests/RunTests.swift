import Content
import Logging
import NIOCore
import Synchronization
import TestKit
import Testing
import Transfer
import Wire

/// The shells, over links in memory.
@Suite(.timeLimit(.minutes(2)))
struct RunTests {
    private let logger = Logger(label: "transfer-tests") { _ in SwiftLogNoOpLogHandler() }
    private var random = SeededRandom.fresh()

    private func name(_ text: String) throws -> UserName { try #require(UserName(text)) }

    /// A source that is dialled: gives the download's end of a link, and what serves the other.
    private func source(
        _ name: String, of content: SimulatedContent, slots: UploadSlots = UploadSlots(), capacity: Int = 1 << 20
    ) throws -> (link: SimulatedLink, run: UploadRun<SimulatedLink>) {
        let ends = SimulatedLink.pair(left: try self.name("me"), right: try self.name(name), capacity: capacity)
        let run = UploadRun(
            link: ends.right, source: content, slots: slots, clock: ManualClock(), logger: logger)
        return (ends.left, run)
    }

    private func download(
        _ content: SimulatedContent, to store: SimulatedStore, from links: AsyncStream<SimulatedLink>,
        verified: [PieceIndex] = [], limits: DownloadLimits = DownloadLimits(), clock: ManualClock = ManualClock(),
        asking: @escaping @Sendable (SourceRequest) async -> Void = { _ in },
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) -> DownloadRun<SimulatedLink> {
        DownloadRun(
            content: content.content, geometry: content.geometry, verified: verified, store: store, links: links,
            askForSources: asking, limits: limits, clock: clock, logger: logger, progress: progress)
    }

    @Test("Three sources give one content", arguments: [1, 16_385, 20_000_000])
    mutating func whole(size: Int) async throws {
        let content = try SimulatedContent(size: size, using: &random)
        let store = SimulatedStore(size: size)
        let (links, continuation) = AsyncStream<SimulatedLink>.makeStream()
        let sources = try ["a", "b", "c"].map { try source($0, of: content) }
        for source in sources { continuation.yield(source.link) }
        let last = Mutex<DownloadProgress?>(nil)
        let run = download(content, to: store, from: links, progress: { progress in last.withLock { $0 = progress } })
        let summary = try await withThrowingDiscardingTaskGroup { group in
            for source in sources { group.addTask { _ = await source.run.run() } }
            return try await run.run()
        }
        #expect(store.bytes == content.bytes)
        #expect(store.recorded.count == content.geometry.pieceCount)
        #expect(summary.bytes.values.reduce(0, +) == Int64(size))
        #expect(summary.hashes == content.hashes)
        #expect(sources.allSatisfy { $0.link.isClosed })
        #expect(last.withLock { $0?.verified } == Int64(size))
    }

    @Test("The run asks for sources at its start, and closes a link that comes too late")
    mutating func asking() async throws {
        let content = try SimulatedContent(size: 100_000, using: &random)
        let store = SimulatedStore(size: 100_000)
        let (links, continuation) = AsyncStream<SimulatedLink>.makeStream()
        let first = try source("a", of: content)
        let late = try source("b", of: content)
        let run = download(content, to: store, from: links, asking: { _ in continuation.yield(first.link) })
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { _ = await first.run.run() }
            _ = try await run.run()
        }
        #expect(store.bytes == content.bytes)
        if case .enqueued = continuation.yield(late.link) { Issue.record("a link was taken that nobody closes") }
    }

    @Test("Cancelled, the run ends with all that is verified recorded")
    mutating func cancelling() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        let store = SimulatedStore(size: 4_000_000)
        let (links, continuation) = AsyncStream<SimulatedLink>.makeStream()
        let source = try source("a", of: content)
        continuation.yield(source.link)
        let clock = ManualClock()
        let enough = AsyncStream<Void>.makeStream()
        let run = download(
            content, to: store, from: links, clock: clock,
            progress: { progress in if progress.verified > 0 { enough.continuation.yield() } })
        let result = await withTaskGroup(of: Result<DownloadSummary, any Error>?.self) { group in
            group.addTask {
                _ = await source.run.run()
                return nil
            }
            group.addTask {
                do { return .success(try await run.run()) } catch { return .failure(error) }
            }
            // Time must pass for progress to be told.
            group.addTask {
                while !Task.isCancelled {
                    clock.advance(by: .milliseconds(100))
                    await Task.yield()
                }
                return nil
            }
            for await _ in enough.stream { break }
            group.cancelAll()
            var result: Result<DownloadSummary, any Error>?
            for await one in group { result = one ?? result }
            return result
        }
        switch result {
        case .failure(DownloadFailure.cancelled), .success: break
        default: Issue.record("ended otherwise: \(String(describing: result))")
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
        let store = SimulatedStore(size: 4_000_000)
        let (links, continuation) = AsyncStream<SimulatedLink>.makeStream()
        let ends = SimulatedLink.pair(left: try name("me"), right: try name("a"))
        continuation.yield(ends.left)
        await ends.right.close()
        let clock = ManualClock()
        let run = download(content, to: store, from: links, clock: clock)
        let failure = await withTaskGroup(of: Void.self) { group -> DownloadFailure? in
            group.addTask {
                while !Task.isCancelled {
                    clock.advance(by: .milliseconds(100))
                    await Task.yield()
                }
            }
            defer { group.cancelAll() }
            do throws(DownloadFailure) {
                _ = try await run.run()
                return nil
            } catch {
                return error
            }
        }
        guard case .sourcesLost(let reasons) = failure else {
            Issue.record("ended otherwise: \(String(describing: failure))")
            return
        }
        #expect(reasons == [try name("a"): LinkEnd.closedByPeer])
        #expect(clock.now.offset < .seconds(60))
    }

    @Test("No more links to come and none open: the run fails at once")
    mutating func noMoreLinks() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        let (links, continuation) = AsyncStream<SimulatedLink>.makeStream()
        continuation.finish()
        let run = download(content, to: SimulatedStore(size: 4_000_000), from: links)
        await #expect(throws: DownloadFailure.self) { try await run.run() }
    }

    private struct DiskFull: Error {}

    @Test("A store that fails ends the run with its error")
    mutating func storeFails() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        let store = SimulatedStore(size: 4_000_000)
        store.fail(with: DiskFull())
        let (links, continuation) = AsyncStream<SimulatedLink>.makeStream()
        let source = try source("a", of: content)
        continuation.yield(source.link)
        let run = download(content, to: store, from: links)
        await withDiscardingTaskGroup { group in
            group.addTask { _ = await source.run.run() }
            do throws(DownloadFailure) {
                _ = try await run.run()
                Issue.record("a full disk was not noticed")
            } catch {
                if case .storeFailed(let cause) = error, cause is DiskFull { return }
                Issue.record("ended otherwise: \(error)")
            }
        }
    }

    @Test("While the disk lags, links are not read: memory stays bounded")
    mutating func slowDisk() async throws {
        let size = 16 << 20
        let content = try SimulatedContent(size: size, using: &random)
        let store = SimulatedStore(size: size)
        var limits = DownloadLimits()
        limits.memoryBudget = 1 << 20
        let (links, continuation) = AsyncStream<SimulatedLink>.makeStream()
        let sources = try ["a", "b"].map { try source($0, of: content, capacity: 1 << 18) }
        for source in sources { continuation.yield(source.link) }
        let run = download(content, to: store, from: links, limits: limits)
        store.hold()
        try await withThrowingDiscardingTaskGroup { group in
            for source in sources { group.addTask { _ = await source.run.run() } }
            group.addTask {
                var patience = 100_000
                while store.heldSize < 1 << 20, patience > 0 {
                    patience -= 1
                    await Task.yield()
                }
                for _ in 0..<1_000 { await Task.yield() }
                store.letGo()
            }
            _ = try await run.run()
        }
        #expect(store.bytes == content.bytes)
        #expect(store.mostHeldSize >= 1 << 20)
        // The budget, and of each link what it had in hand: what a read of the source covers at most.
        #expect(store.mostHeldSize <= 1 << 20 + 2 * (2 << 20))
    }

    // MARK: Uploads

    @Test("A withdrawn content is served no further")
    mutating func withdrawn() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        let source = try source("a", of: content)
        let summary = await withTaskGroup(of: UploadSummary.self) { group -> UploadSummary? in
            group.addTask { await source.run.run() }
            source.run.stop()
            return await group.next()
        }
        #expect(summary?.bytes == 0)
        #expect(summary?.end == .stopped)
        #expect(source.link.isClosed)
    }

    @Test("A source that changed gives no byte, and the upload says so")
    mutating func changed() async throws {
        let content = try SimulatedContent(size: 4_000_000, using: &random)
        content.fail(with: .changed)
        let source = try source("a", of: content)
        let summary = try await withThrowingTaskGroup(of: UploadSummary.self) { group -> UploadSummary? in
            group.addTask { await source.run.run() }
            try await source.link.send([.interested])
            for try await messages in source.link.inbound {
                for message in messages {
                    if message == .unchoke {
                        try await source.link.send([.request(BlockRequest(piece: 0, begin: 0, length: 16_384))])
                    }
                    if case .piece = message { Issue.record("bytes of a changed file were served") }
                }
            }
            return try await group.next()
        }
        #expect(summary?.end == .sourceChanged)
        #expect(summary?.bytes == 0)
    }

    @Test("A bounded number of links is served at the same time; the next one follows when one ends")
    mutating func slots() async throws {
        let content = try SimulatedContent(size: 100_000, using: &random)
        let slots = UploadSlots(limit: 1)
        let first = try source("a", of: content, slots: slots)
        let second = try source("b", of: content, slots: slots)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { _ = await first.run.run() }
            try await first.link.send([.interested])
            try await unchoked(first.link)
            group.addTask { _ = await second.run.run() }
            try await second.link.send([.interested])
            // The first block that the second asks for is rejected: it is not unchoked yet.
            let request = BlockRequest(piece: 0, begin: 0, length: 16_384)
            try await second.link.send([.request(request)])
            for try await messages in second.link.inbound where messages.contains(.reject(request)) { break }
            await first.link.close()
            try await unchoked(second.link)
            await second.link.close()
        }
    }

    private func unchoked(_ link: SimulatedLink) async throws {
        for try await messages in link.inbound where messages.contains(.unchoke) { return }
        Issue.record("closed before it was unchoked")
    }
}
