import Content
import Glibc
import Library
import TestKit
import Testing

struct ServedFileTests {
    let folder: TemporaryDirectory
    let path: String
    let bytes: [UInt8]
    let hashed: HashedFile

    init() async throws {
        folder = try TemporaryDirectory()
        path = folder.file("file")
        var random = SeededRandom(seed: 1)
        bytes = random.bytes(100_000)
        try Files.write(bytes, to: path)
        hashed = try await FileHasher().hash(path)
    }

    private func served() throws -> ServedFile {
        try ServedFile(path: path, stamp: hashed.stamp, layer: hashed.layer, pathCheckInterval: .zero)
    }

    private func read(_ file: ServedFile, _ range: Range<Int>) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: range.count)
        try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: Int64(range.lowerBound)) }
        return buffer
    }

    @Test func givesItsBytes() throws {
        let file = try served()
        for range in [0..<16_384, 16_384..<65_536, 98_304..<100_000, 0..<100_000, 5..<5, 100_000..<100_000] {
            #expect(try read(file, range) == Array(bytes[range]))
        }
        try file.check()
    }

    @Test func givesTheHashesOfItsBlocks() throws {
        let file = try served()
        for piece in hashed.layer.geometry.pieces {
            #expect(hashed.layer.matches(piece, blockHashes: try file.blockHashes(of: piece)))
        }
    }

    @Test func changedInPlace() throws {
        let file = try served()
        try Files.overwrite([bytes[0] ^ 1], at: 0, in: path)
        #expect(throws: FileFailure(.changed, path: path)) { try read(file, 16_384..<32_768) }
        #expect(throws: FileFailure(.changed, path: path)) { try served() }
    }

    @Test func changedInPlaceWithTheTimeSetBack() throws {
        let file = try served()
        try Files.overwrite([bytes[0] ^ 1], at: 0, in: path)
        Files.restoreModification(path, nanoseconds: hashed.stamp.modified)
        #expect(throws: FileFailure(.changed, path: path)) { try read(file, 0..<16_384) }
    }

    @Test func truncated() throws {
        let file = try served()
        truncate(path, 10)
        #expect(throws: FileFailure(.changed, path: path)) { try read(file, 0..<16_384) }
        #expect(throws: FileFailure(.changed, path: path)) { try read(file, 16_384..<32_768) }
    }

    @Test func removed() throws {
        let file = try served()
        unlink(path)
        #expect(throws: FileFailure(.missing, path: path)) { try read(file, 0..<16_384) }
        #expect(throws: FileFailure.self) { try file.check() }
        #expect(throws: FileFailure(.missing, path: path)) { try served() }
    }

    @Test func replacedByTheSameBytes() throws {
        let file = try served()
        try Files.write(bytes, to: folder.file("new"))
        rename(folder.file("new"), path)
        #expect(throws: FileFailure(.changed, path: path)) { try read(file, 0..<16_384) }
    }

    @Test func movedAwayIsNoticedThoughTheFileIsTheSame() throws {
        let file = try served()
        rename(path, folder.file("elsewhere"))
        #expect(throws: FileFailure(.missing, path: path)) { try read(file, 0..<16_384) }
    }

    /// Whatever a reader was given without an error is what was hashed, however writing falls in between.
    @Test func neverGivesOtherBytesThanThoseHashed() async throws {
        for round in 0..<Scale.count(200) {
            try Files.write(bytes, to: path)
            let hashed = try await FileHasher().hash(path)
            let file = try ServedFile(path: path, stamp: hashed.stamp, layer: hashed.layer)
            let isDone = CancellationFlag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await IOThreads(limit: 1, label: "writer").run { _ in
                        usleep(UInt32(round % 20 * 20))
                        for offset in stride(from: 0, to: 100_000, by: 1_000) {
                            try Files.overwrite([self.bytes[offset] ^ 1], at: offset, in: self.path)
                        }
                        isDone.set()
                    }
                }
                while !isDone.isSet {
                    await Task.yield()
                    guard let given = try? read(file, 0..<100_000) else { break }
                    #expect(given == bytes)
                }
                try await group.waitForAll()
            }
        }
    }
}
