import Content
import Foundation
import Glibc
import Library
import TestKit
import Testing

struct DiskFullTests {
    let folder: TemporaryDirectory
    let threads = IOThreads(limit: 2, label: "test")

    init() throws { folder = try TemporaryDirectory() }

    @Test(arguments: [nil, ContentID.maximumSize])
    func whatDoesNotFitIsRefusedBeforeAnythingIsFetched(huge: Int64?) throws {
        var system = statvfs()
        #expect(statvfs(folder.path, &system) == 0)
        let size = huge ?? Int64(system.f_bavail) * Int64(system.f_frsize) + 64 << 20
        let content = try #require(ContentID(root: Hash256(hashing: [1]), size: size))
        let failure = #expect(throws: FileFailure.self) {
            try PartialFile(of: content, geometry: Geometry(canonicalFor: content), in: folder.path, threads: threads)
        }
        // A file system that cannot hold so large a file at all says so.
        #expect([.diskFull, .tooLarge].contains(failure?.reason))
        #expect(Files.names(in: folder.path).isEmpty)
    }

    /// A file system of 1 MiB, which only root can make.
    @Test(.enabled(if: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/bin/mount")))
    func aDiskThatFillsUpMeanwhile() throws {
        guard try run("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "bittrickle-test", folder.path) else { return }
        defer { _ = try? run("/bin/umount", folder.path) }
        let layer = try PieceLayer.of([UInt8](repeating: 7, count: 40 * 16_384))
        let file = try PartialFile(
            of: layer.content, geometry: layer.geometry, in: folder.path, threads: threads)
        let block = [UInt8](repeating: 7, count: 16_384)
        let piece = try #require(layer.geometry.piece(0))
        try block.withUnsafeBytes { try file.write([$0], at: 0) }
        try file.recordVerified([piece])

        #expect(throws: (any Error).self) {
            try Files.write([UInt8](repeating: 1, count: 2 << 20), to: folder.file("other"))
        }
        let failure = #expect(throws: FileFailure.self) {
            for position in 1..<40 { try block.withUnsafeBytes { try file.write([$0], at: Int64(position * 16_384)) } }
        }
        #expect(failure?.reason == .diskFull)

        // With room again, it goes on.
        unlink(folder.file("other"))
        for position in 1..<40 { try block.withUnsafeBytes { try file.write([$0], at: Int64(position * 16_384)) } }
        try file.recordVerified(layer.geometry.pieces)
        _ = try file.finish(as: "whole")
        #expect(try PieceLayer.of(Files.read(folder.file("whole"))) == layer)
    }

    /// Room for bytes, and none for another file.
    @Test(.enabled(if: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/bin/mount")), arguments: 1...2)
    func aDiskThatTakesNoMoreFiles(inodes: Int) throws {
        guard
            try run("/bin/mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=\(inodes)", "bittrickle-test", folder.path)
        else { return }
        defer { _ = try? run("/bin/umount", folder.path) }
        let path = folder.file("published.sqlite")
        #expect(throws: RecordFailure.unusable(FileFailure(.diskFull, path: path))) { try PublishedFiles(path: path) }
    }

    private func run(_ program: String, _ arguments: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
