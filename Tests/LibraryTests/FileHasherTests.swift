import Content
import Glibc
import Library
import Synchronization
import TestKit
import Testing

struct FileHasherTests {
    let folder: TemporaryDirectory
    let hasher = FileHasher()

    init() throws { folder = try TemporaryDirectory() }

    private func make(_ size: Int, name: String = "file") throws -> (path: String, bytes: [UInt8]) {
        var random = SeededRandom(seed: UInt64(size))
        let bytes = random.bytes(size)
        try Files.write(bytes, to: folder.file(name))
        return (folder.file(name), bytes)
    }

    @Test(arguments: [0, 1, 16_383, 16_384, 16_385, 1 << 20, 1 << 20 + 1, 3_000_000])
    func hashesWhatIsThere(size: Int) async throws {
        let (path, bytes) = try make(size)
        let seen = Mutex<[Int64]>([])
        let hashed = try await hasher.hash(path) { done, total in
            #expect(total == size)
            seen.withLock { $0.append(done) }
        }
        #expect(try hashed.layer == PieceLayer.of(bytes))
        #expect(try hashed.stamp == FileStamp(path: path))
        #expect(seen.withLock { $0 } == seen.withLock { $0.sorted() })
        #expect(seen.withLock { $0.last } == (size == 0 ? nil : Int64(size)))
    }

    @Test func followsLinks() async throws {
        let (path, bytes) = try make(20_000)
        #expect(symlink(path, folder.file("link")) == 0)
        #expect(try await hasher.hash(folder.file("link")).layer == PieceLayer.of(bytes))
    }

    @Test func refusesWhatIsNoFile() async throws {
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(mkdir(folder.file("folder"), 0o700) == 0)
        _ = try make(1)
        let long = folder.file(String(repeating: "x", count: 256))
        for (path, reason) in [
            (folder.file("none"), .missing), (folder.file("folder"), .isFolder), (pipe, .notAFile),
            ("/dev/zero", .notAFile), (folder.file("file/below"), .notAFolder), (long, .nameTooLong),
        ] as [(String, FileFailure.Reason)] {
            await #expect(throws: FileFailure(reason, path: path)) { try await hasher.hash(path) }
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func refusesWhatMayNotBeRead() async throws {
        let (path, _) = try make(10)
        chmod(path, 0)
        await #expect(throws: FileFailure(.permissionDenied, path: path)) { try await hasher.hash(path) }
    }

    enum Change: CaseIterable { case grow, shrink, overwrite, overwriteAndHide }

    @Test(arguments: Change.allCases)
    func noticesChangesWhileReading(change: Change) async throws {
        let (path, _) = try make(3 << 20)
        let before = try FileStamp(path: path)
        let isChanged = Mutex(false)
        await #expect(throws: FileFailure(.changed, path: path)) {
            try await hasher.hash(path) { _, _ in
                guard
                    isChanged.withLock({ done in
                        defer { done = true }
                        return !done
                    })
                else { return }
                switch change {
                case .grow: try? Files.overwrite([1], at: 3 << 20, in: path)
                case .shrink: truncate(path, 2 << 20)
                case .overwrite: try? Files.overwrite([1], at: 0, in: path)
                case .overwriteAndHide:
                    try? Files.overwrite([1], at: 0, in: path)
                    Files.restoreModification(path, nanoseconds: before.modified)
                }
            }
        }
    }

    @Test func stopsWhenCancelled() async throws {
        let path = folder.file("sparse")
        try Files.write([], to: path)
        // More than is hashed while others keep this from being told.
        truncate(path, 4 << 40)
        let (progress, report) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        let hasher = hasher
        let wasCancelled = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    _ = try await hasher.hash(path) { done, _ in report.yield(done) }
                    return false
                } catch { return error is CancellationError }
            }
            for await _ in progress { break }
            group.cancelAll()
            return await group.next()
        }
        #expect(wasCancelled == true)
    }

    @Test func comparesWithWhatStandsThere() async throws {
        let (path, bytes) = try make(100_000)
        let content = try PieceLayer.of(bytes).content
        #expect(try await ExistingFile.compare(path, with: content, hasher: hasher) == .identical)
        let other = try #require(ContentID(root: Hash256(hashing: [1]), size: 100_000))
        #expect(try await ExistingFile.compare(path, with: other, hasher: hasher) == .different)
        let longer = try #require(ContentID(root: content.root, size: 100_001))
        #expect(try await ExistingFile.compare(path, with: longer, hasher: hasher) == .different)
        #expect(try await ExistingFile.compare(folder.path, with: content, hasher: hasher) == .different)
        #expect(try await ExistingFile.compare(folder.file("none"), with: content, hasher: hasher) == .absent)
        symlink("nowhere", folder.file("dangling"))
        #expect(try await ExistingFile.compare(folder.file("dangling"), with: content, hasher: hasher) == .different)
    }
}

struct IOThreadsTests {
    /// How many are inside at most.
    private final class Peak: Sendable {
        private let state = Mutex((now: 0, most: 0))
        var most: Int { state.withLock { $0.most } }
        func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func leave() { state.withLock { $0.now -= 1 } }
    }

    @Test func runsAtMostSoManyAtOnce() async throws {
        let threads = IOThreads(limit: 3, label: "test")
        let running = Peak()
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await threads.run { _ in
                        running.enter()
                        usleep(500)
                        running.leave()
                        return number
                    }
                }
            }
            var sum = 0
            for try await number in group { sum += number }
            return sum
        }
        #expect(sum == 49 * 25)
        #expect(running.most <= 3)
    }

    @Test func cancelledWorkDoesNotWait() async throws {
        let threads = IOThreads(limit: 1, label: "test")
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = CancellationFlag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await threads.run { _ in
                    begin.yield()
                    while !mayEnd.isSet { usleep(100) }
                }
            }
            for await _ in began { break }
            // The only thread is taken until this one, which waits for it, has come back.
            let wasCancelled = await withTaskGroup(of: Bool.self) { inner in
                inner.addTask {
                    do {
                        try await threads.run { flag in try flag.check() }
                        return false
                    } catch { return error is CancellationError }
                }
                inner.cancelAll()
                return await inner.next()
            }
            #expect(wasCancelled == true)
            mayEnd.set()
            try await group.waitForAll()
            try await threads.run { _ in }
        }
    }
}
