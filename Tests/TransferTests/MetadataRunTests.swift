import Content
import Logging
import NIOCore
import Synchronization
import TestKit
import Testing
import Transfer
import Wire

/// A folder's dictionary over links in memory, from those who serve the folder.
@Suite(.timeLimit(.minutes(5)))
struct MetadataRunTests {
    private let logger = Logger(label: "transfer-tests") { _ in SwiftLogNoOpLogHandler() }
    private var random = SeededRandom.fresh()

    private func name(_ text: String) throws -> UserName { try #require(UserName(text)) }

    /// A folder whose dictionary takes several pieces.
    private mutating func folder() throws -> SimulatedContent {
        try SimulatedContent(fileSizes: Array(repeating: 3, count: 2_000), using: &random)
    }

    private func serve(_ content: SimulatedContent, as member: String) throws -> (
        SimulatedLink, SwarmRun
    ) {
        let ends = SimulatedLink.pair(left: try name("me"), right: try name(member))
        let surroundings = SwarmSurroundings(
            user: try name(member), slots: UploadSlots(), clock: ManualClock(), logger: logger)
        let run = SwarmRun(seeding: content, content.hashes, surroundings)
        #expect(run.add(ends.right, isDialled: false))
        return (ends.left, run)
    }

    @Test("Those who serve a folder give its dictionary, and the links to them are closed")
    mutating func served() async throws {
        let content = try folder()
        let info = try #require(content.layout.folder)
        #expect(info.bytes.count > 2 * MetadataMessage.pieceLength)
        let sources = try ["hans", "yoda"].map { try serve(content, as: $0) }
        let fetch = MetadataRun(info.infoHash, clock: ManualClock(), logger: logger)
        let result = await withTaskGroup(of: Void.self) { group in
            for (_, run) in sources { group.addTask { _ = await run.run() } }
            let result = await fetch.run { request in
                #expect(request.linked.isEmpty)
                for (link, _) in sources { #expect(fetch.add(link)) }
            }
            for (_, run) in sources { run.stop() }
            return result
        }
        #expect(try result?.get() == info)
        #expect(sources.allSatisfy { $0.0.isClosed })
        #expect(!fetch.add(sources[0].0))
    }

    @Test("Who serves a single content offers no dictionary; without one the fetch fails in time")
    mutating func notServed() async throws {
        let content = try SimulatedContent(size: 100, using: &random)
        let info = try #require(try folder().layout.folder)
        let source = try serve(content, as: "hans")
        let clock = ManualClock()
        let fetch = MetadataRun(info.infoHash, clock: clock, logger: logger)
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await source.1.run() }
            group.addTask {
                for _ in 0..<46 {
                    await clock.waitForSleeper()
                    clock.advance(by: .seconds(1))
                }
            }
            let result = await fetch.run { _ in _ = fetch.add(source.0) }
            source.1.stop()
            return result
        }
        #expect(throws: MetadataFailure.noSources) { try result?.get() }
    }

    @Test("Who is named and does not answer does not keep others away who come later; such asks have a bound")
    mutating func askedAgain() async throws {
        let content = try folder()
        let info = try #require(content.layout.folder)
        let source = try serve(content, as: "yoda")
        let clock = ManualClock()
        var limits = MetadataLimits()
        limits.patience = .seconds(1_000_000)
        let fetch = MetadataRun(info.infoHash, limits: limits, clock: clock, logger: logger)
        let asks = Asks()
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await source.1.run() }
            group.addTask {
                func second() async {
                    await clock.waitForSleeper()
                    clock.advance(by: .seconds(1))
                }
                while asks.count < 8 { await second() }
                for _ in 0..<10 { await second() }
                #expect(fetch.add(source.0))
            }
            let result = await fetch.run { _ in
                // Dials into nowhere, until the fetch is over.
                for await _ in asks.begin() {}
            }
            source.1.stop()
            return result
        }
        #expect(try result?.get() == info)
        #expect(asks.count == 8)
    }

    @Test("Cancelled, it ends, and its links with it")
    mutating func cancelled() async throws {
        let info = try #require(try folder().layout.folder)
        let ends = SimulatedLink.pair(left: try name("me"), right: try name("hans"))
        let fetch = MetadataRun(info.infoHash, clock: ManualClock(), logger: logger)
        let result = await withTaskGroup(of: Result<InfoDictionary, MetadataFailure>?.self) { group in
            group.addTask { await fetch.run { _ in _ = fetch.add(ends.left) } }
            // It introduced itself.
            var inbound = ends.right.inbound.makeAsyncIterator()
            _ = try? await inbound.next()
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(result == nil)
        #expect(ends.left.isClosed)
    }
}

/// How often sources were asked for; none of it ends by itself.
private final class Asks: Sendable {
    private let open = Mutex<[AsyncStream<Void>.Continuation]>([])
    var count: Int { open.withLock { $0.count } }

    func begin() -> AsyncStream<Void> {
        let (ask, end) = AsyncStream<Void>.makeStream()
        open.withLock { $0.append(end) }
        return ask
    }
}
