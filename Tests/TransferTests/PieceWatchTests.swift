import Content
import Logging
import TestKit
import Testing
import Transfer
import Wire

/// Who waits for pieces of what is being fetched.
@Suite(.timeLimit(.minutes(5)))
struct PieceWatchTests {
    private let logger = Logger(label: "transfer-tests") { _ in SwiftLogNoOpLogHandler() }
    private var random = SeededRandom.fresh()

    private func surroundings(_ name: String) throws -> SwarmSurroundings {
        SwarmSurroundings(
            user: try #require(UserName(name)), slots: UploadSlots(), clock: ManualClock(), logger: logger)
    }

    private func fetch(_ content: SimulatedContent, to store: SimulatedStore) throws -> SwarmRun {
        let plan = FetchPlan(
            content.layout, verified: [], store: store, source: content, askForSources: { _ in })
        return SwarmRun(fetching: plan, try surroundings("me"))
    }

    private static func wait(_ run: SwarmRun, _ piece: PieceIndex) async -> PieceFailure? {
        do throws(PieceFailure) {
            try await run.pieces.wait(for: piece)
            return nil
        } catch {
            return error
        }
    }

    @Test("What is read next is there long before the rest, wherever that is")
    mutating func reading() async throws {
        let size = 32 << 20
        let content = try SimulatedContent(size: size, using: &random)
        let pieces = Array(content.geometry.pieces)
        let store = SimulatedStore(size: size)
        let ends = SimulatedLink.pair(
            left: try #require(UserName("me")), right: try #require(UserName("a")), capacity: 1 << 18)
        let source = SwarmRun(seeding: content, content.hashes, try surroundings("a"))
        #expect(source.add(ends.right, isDialled: false))
        let run = try fetch(content, to: store)
        // So little can be written that what comes first is told from what comes last.
        store.hold(after: 8 << 20)
        let middle = pieces.count / 2
        run.prefer([middle..<middle + 16])
        #expect(run.add(ends.left, isDialled: true))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = await run.run() }
            group.addTask { _ = await source.run() }
            for piece in pieces[middle..<middle + 16] {
                #expect(await Self.wait(run, piece) == nil)
                let start = Int(content.geometry.offset(of: piece))
                let range = start..<start + content.geometry.length(of: piece)
                #expect(store.bytes[range] == content.bytes[range])
            }
            #expect(pieces.count { run.pieces.contains($0) } < pieces.count / 2)
            store.letGo()
            _ = try await run.fetched()
            #expect(pieces.allSatisfy(run.pieces.contains))
            run.stop()
            source.stop()
        }
    }

    @Test("Who is cancelled waits no longer, and the run goes on")
    mutating func cancelling() async throws {
        let content = try SimulatedContent(size: 1_000_000, using: &random)
        let run = try fetch(content, to: SimulatedStore(size: 1_000_000))
        let first = try #require(content.geometry.piece(0))
        let failure = await withTaskGroup(of: PieceFailure?.self) { group in
            group.addTask { await Self.wait(run, first) }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(failure == .cancelled)
        #expect(!run.pieces.isOver)
    }

    @Test("When the run ends, those who wait for what did not come are told so")
    mutating func ending() async throws {
        let content = try SimulatedContent(size: 1_000_000, using: &random)
        let run = try fetch(content, to: SimulatedStore(size: 1_000_000))
        let first = try #require(content.geometry.piece(0))
        let failures = await withTaskGroup(of: PieceFailure?.self) { group in
            for _ in 0..<3 { group.addTask { await Self.wait(run, first) } }
            group.addTask {
                _ = await run.run()
                return nil
            }
            run.stop()
            return await group.reduce(into: [PieceFailure]()) { if let failure = $1 { $0.append(failure) } }
        }
        #expect(failures == [.ended, .ended, .ended])
        #expect(await Self.wait(run, first) == .ended)
    }
}
