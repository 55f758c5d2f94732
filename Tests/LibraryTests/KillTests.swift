import Content
import Dispatch
import Glibc
import Library
import TestKit
import Testing
import Wire

/// Programs that end in the middle of their work.
struct KillTests {
    static let seed: UInt64 = 3
    static let size = 400 * 16_384 + 77

    static func content() throws -> (bytes: [UInt8], layer: PieceLayer) {
        var random = SeededRandom(seed: seed)
        let bytes = random.bytes(size)
        return (bytes, try PieceLayer.of(bytes))
    }

    /// Writes pieces in some order and records each, until the end, or until so many microseconds are over.
    static func download(
        into folder: String, order seed: UInt64, finishing name: String, killedAfter delay: UInt32? = nil
    ) throws {
        let (bytes, layer) = try content()
        if let delay {
            DispatchQueue.global().async {
                usleep(delay)
                kill(getpid(), SIGKILL)
            }
        }
        let file = try PartialFile(
            of: layer.content, geometry: layer.geometry, in: folder, threads: IOThreads(limit: 1, label: "sync"),
            syncInterval: .milliseconds(5))
        var random = SeededRandom(seed: seed)
        let resumed = Set(file.resumed)
        for piece in layer.geometry.pieces.filter({ !resumed.contains($0) }).shuffled(using: &random) {
            let start = Int(layer.geometry.offset(of: piece))
            try bytes[start..<start + layer.geometry.length(of: piece)].withUnsafeBytes {
                try file.write([$0], at: Int64(start))
            }
            try file.recordVerified([piece])
        }
        _ = try file.finish(as: name)
    }

    /// A copy of the files at any moment, the record first, is what a kill leaves: all that it vouches for is
    /// there.
    @Test func recordNeverRunsAheadOfTheData() async throws {
        let folder = try TemporaryDirectory()
        let (_, layer) = try Self.content()
        let names = [".have", ".part"].map { ".bittrickle-\(layer.content.key.hex)\($0)" }
        for round in 0..<UInt64(Scale.count(40)) {
            let isDone = CancellationFlag()
            var most = 0
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await IOThreads(limit: 1, label: "download").run { _ in
                        defer { isDone.set() }
                        try Self.download(into: folder.path, order: round, finishing: "whole \(round)")
                    }
                }
                while !isDone.isSet {
                    await Task.yield()
                    let copy = try TemporaryDirectory()
                    for name in names {
                        guard let bytes = try? Files.read(folder.file(name)) else { continue }
                        try Files.write(bytes, to: copy.file(name))
                    }
                    guard let data = try? Files.read(copy.file(names[1])), data.count == Self.size else { continue }
                    for boot in [BootID.current(), nil] {
                        let file = try PartialFile(
                            of: layer.content, geometry: layer.geometry, in: copy.path,
                            threads: IOThreads(limit: 1, label: "sync"), bootID: boot)
                        most = max(most, file.resumed.count)
                        #expect(file.resumed.allSatisfy { layer.holds($0, in: data) })
                        if file.resumed.isEmpty { break }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try Files.read(folder.file("whole \(round)")).count == Self.size)
            unlink(folder.file("whole \(round)"))
        }
    }

    /// Killed again and again, a download comes to its end, and the target's name never holds less.
    @Test func killedDownloadsGoOn() async throws {
        let folder = try TemporaryDirectory()
        let (bytes, layer) = try Self.content()
        let target = folder.file("target")
        var random = SeededRandom.fresh()
        var before = 0
        for _ in 0..<Scale.count(50) where (try? FileStamp(path: target)) == nil {
            let path = folder.path
            let delay = UInt32.random(in: 0...500, using: &random)
            let seed = random.next()
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, delay = delay as UInt32, seed = seed as UInt64] in
                try Self.download(into: path, order: seed, finishing: "target", killedAfter: delay)
                kill(getpid(), SIGKILL)
            }
            if let found = try? Files.read(target) {
                #expect(found == bytes)
                continue
            }
            let file = try PartialFile(
                of: layer.content, geometry: layer.geometry, in: folder.path,
                threads: IOThreads(limit: 1, label: "sync"))
            let data = try Files.read(folder.file(".bittrickle-\(layer.content.key.hex).part"))
            #expect(file.resumed.allSatisfy { layer.holds($0, in: data) }, "seed \(random.seed)")
            #expect(file.resumed.count >= before, "seed \(random.seed)")
            before = file.resumed.count
        }
        if (try? FileStamp(path: target)) == nil {
            try Self.download(into: folder.path, order: 0, finishing: "target")
        }
        try PartialFile.removeLeftovers(of: layer.content, in: folder.path)
        #expect(try Files.read(target) == bytes)
        #expect(Files.names(in: folder.path) == ["target"])
    }

    /// What was stored before the call returned is there after a kill.
    @Test func storedFilesSurvive() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("published")
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let files = try PublishedFiles(path: path)
            for number in 0..<20 {
                try await files.store([PublishedFilesTests.sample("file \(number)", bytes: [UInt8(number)])])
            }
            kill(getpid(), SIGKILL)
        }
        #expect(try await PublishedFiles(path: path).all().count == 20)
    }
}
