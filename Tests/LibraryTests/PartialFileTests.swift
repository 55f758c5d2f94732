import Content
import Glibc
import Library
import TestKit
import Testing

struct PartialFileTests {
    let folder: TemporaryDirectory
    let threads = IOThreads(limit: 2, label: "test")
    let bytes: [UInt8]
    let layer: PieceLayer

    init() throws {
        folder = try TemporaryDirectory()
        var random = SeededRandom(seed: 2)
        bytes = random.bytes(20 * 16_384 + 5)
        layer = try PieceLayer.of(bytes)
    }

    private func open(
        _ layer: PieceLayer? = nil, boot: UInt8 = 1, syncInterval: Duration = .seconds(3_600)
    ) throws -> PartialFile {
        let layer = layer ?? self.layer
        return try PartialFile(
            of: layer.content, geometry: layer.geometry, in: folder.path, threads: threads,
            syncInterval: syncInterval, bootID: [UInt8](repeating: boot, count: 16))
    }

    private func fill(_ file: PartialFile, _ pieces: some Sequence<Int>) throws {
        for piece in pieces.compactMap({ layer.geometry.piece($0) }) {
            let start = Int(layer.geometry.offset(of: piece))
            try bytes[start..<start + layer.geometry.length(of: piece)].withUnsafeBytes {
                try file.write([$0], at: Int64(start))
            }
            try file.recordVerified([piece])
        }
    }

    private var partName: String { ".bittrickle-\(layer.content.key.hex).part" }
    private var recordName: String { ".bittrickle-\(layer.content.key.hex).have" }

    /// Somebody claims that the same root has another size: that is another content.
    @Test(arguments: [1, 1 << 50] as [Int64])
    func aFalseSizeSpoilsNothing(size: Int64) throws {
        do {
            let file = try open()
            try fill(file, 0..<10)
            file.release()
        }
        let claimed = try #require(ContentID(root: layer.content.root, size: size))
        _ = try? PartialFile(
            of: claimed, geometry: Geometry(canonicalFor: claimed), in: folder.path, threads: threads)
        try? PartialFile.removeLeftovers(of: claimed, in: folder.path)
        #expect(try open().resumed.map(\.value) == Array(0..<10))
    }

    @Test(arguments: [true, false])
    func appearsUnderItsNameWhenWhole(hardLinks: Bool) throws {
        let file = try open()
        #expect(file.resumed.isEmpty)
        try fill(file, 0..<20)
        #expect(throws: FileFailure(.incomplete, path: folder.file(partName))) { try file.finish(as: "target") }
        #expect(Files.names(in: folder.path) == [recordName, partName].sorted())
        try fill(file, [20])
        let stamp = try file.finish(as: "target", hardLinks: hardLinks)
        #expect(Files.names(in: folder.path) == ["target"])
        #expect(try Files.read(folder.file("target")) == bytes)
        #expect(try FileStamp(path: folder.file("target")) == stamp)
    }

    /// More than the system takes at once, and none in some of them.
    @Test func bytesFromManyPlacesStandInTheirOrder() throws {
        let file = try open()
        try bytes.withUnsafeBytes { whole in
            let portions = stride(from: 0, to: whole.count, by: 97).flatMap { start in
                [start..<min(start + 97, whole.count), start..<start].map {
                    UnsafeRawBufferPointer(rebasing: whole[$0])
                }
            }
            try file.write(portions, at: 0)
        }
        try file.recordVerified(layer.geometry.pieces)
        _ = try file.finish(as: "target")
        #expect(try Files.read(folder.file("target")) == bytes)
    }

    @Test func emptyContentIsAFileToo() throws {
        let file = try open(PieceLayer.of([]))
        _ = try file.finish(as: "empty")
        #expect(Files.names(in: folder.path) == ["empty"])
        #expect(try Files.read(folder.file("empty")).isEmpty)
    }

    @Test(arguments: [true, false])
    func neverReplacesAnything(hardLinks: Bool) throws {
        let file = try open()
        try fill(file, 0...20)
        try Files.write([1, 2, 3], to: folder.file("file"))
        mkdir(folder.file("folder"), 0o700)
        symlink("nowhere", folder.file("link"))
        for name in ["file", "folder", "link"] {
            #expect(throws: FileFailure(.exists, path: folder.file(name))) {
                try file.finish(as: name, hardLinks: hardLinks)
            }
        }
        #expect(try Files.read(folder.file("file")) == [1, 2, 3])
        _ = try file.finish(as: "another", hardLinks: hardLinks)
        #expect(try Files.read(folder.file("another")) == bytes)
    }

    @Test func goesOnWhereItWas() throws {
        try fill(open(), [0, 3, 20])
        let second = try open()
        #expect(second.resumed.map(\.value) == [0, 3, 20])
        var buffer = [UInt8](repeating: 0, count: 16_384)
        try buffer.withUnsafeMutableBytes { try second.read(into: $0, at: 3 * 16_384) }
        #expect(buffer == Array(bytes[3 * 16_384..<4 * 16_384]))
        try fill(second, 0...20)
        _ = try second.finish(as: "target")
        #expect(try Files.read(folder.file("target")) == bytes)
    }

    /// By a program that is at work while it is fetched.
    @Test func whatWasTouchedBeforeTheEndIsNotBelieved() throws {
        let first = try open()
        try fill(first, [0, 3])
        #expect(!first.isTouched)
        try Files.overwrite([1], at: 5, in: folder.file(partName))
        #expect(first.isTouched)
        // What this program writes afterwards does not hide it.
        try fill(first, [4])
        #expect(first.isTouched)
        first.release()
        #expect(try !open().isAsLeft)
    }

    @Test func whetherAnybodyWroteIntoItIsKnownFromTheStamp() throws {
        let first = try open()
        #expect(!first.isAsLeft)
        try fill(first, [0, 3, 20])
        first.release()
        let second = try open()
        #expect(second.isAsLeft && second.resumed.count == 3)
        second.release()
        try Files.overwrite([1], at: 5, in: folder.file(partName))
        #expect(try !open().isAsLeft)
        // Nor is it known of one whose bytes were not looked at since.
        let third = try open()
        third.release(isProven: false)
        #expect(try !open().isAsLeft)
        // Nor of one whose program was killed.
        try fill(open(), [4])
        #expect(try !open().isAsLeft)
    }

    @Test(arguments: [true, false])
    func whatWasPutInItsPlaceGetsNoNameAndStays(hardLinks: Bool) throws {
        let file = try open()
        try fill(file, 0...20)
        unlink(folder.file(partName))
        try Files.write([1, 2, 3], to: folder.file(partName))
        #expect(throws: FileFailure(.changed, path: folder.file(partName))) {
            try file.finish(as: "target", hardLinks: hardLinks)
        }
        try file.discard()
        #expect(Files.names(in: folder.path) == [partName])
        #expect(try Files.read(folder.file(partName)) == [1, 2, 3])
    }

    @Test func whatIsForgottenIsNotResumed() throws {
        try fill(open(), [0, 3, 20])
        try open().forget([3, 7].map { try #require(layer.geometry.piece($0)) })
        #expect(try open().resumed.map(\.value) == [0, 20])
    }

    @Test func resumesAfterAnotherBootWithWhatWasSynced() throws {
        do {
            let first = try open(boot: 1)
            try fill(first, 0..<5)
            try first.sync()
            try fill(first, 5..<9)
        }
        #expect(try open(boot: 1).resumed.count == 9)
        #expect(try open(boot: 2).resumed.map(\.value) == [0, 1, 2, 3, 4])
    }

    @Test func syncsByItselfWhileRecording() async throws {
        do {
            let first = try open(boot: 1, syncInterval: .zero)
            try fill(first, 0..<9)
        }
        // The thread that syncs holds the file until it is done.
        let deadline = ContinuousClock.now.advanced(by: .seconds(30))
        while true {
            do {
                #expect(try open(boot: 2).resumed.isEmpty == false)
                return
            } catch let failure as FileFailure where failure.reason == .inUse && .now < deadline {
                await Task.yield()
            }
        }
    }

    @Test func twoAtOnceAreRefused() throws {
        let first = try open()
        #expect(throws: FileFailure(.inUse, path: folder.file(partName))) { try open() }
        #expect(throws: FileFailure(.inUse, path: folder.file(partName))) {
            try PartialFile.removeLeftovers(of: layer.content, in: folder.path)
        }
        try first.discard()
        #expect(Files.names(in: folder.path).isEmpty)
        // The name is free again, though the first one is still open.
        _ = try open()
        withExtendedLifetime(first) {}
        #expect(Files.names(in: folder.path) == [recordName, partName].sorted())
    }

    /// Each makes a record that must not be trusted.
    @Test(arguments: ["shorter data", "no data", "flipped bit", "cut record", "other piece length"])
    func doubtfulRecordsAreNotTrusted(fault: String) throws {
        try fill(open(), 0..<9)
        let part = folder.file(partName)
        let record = folder.file(recordName)
        switch fault {
        case "shorter data": truncate(part, 16_384)
        case "no data": unlink(part)
        case "flipped bit":
            let start = try Files.read(record)
            for offset in stride(from: 0, to: start.count, by: 7) {
                try Files.overwrite([start[offset] ^ 4], at: offset, in: record)
            }
        case "cut record": truncate(record, 4_096 + 80)
        default:
            let coarse = try PieceLayer.of(bytes, pieceLength: 65_536)
            #expect(try open(coarse).resumed.isEmpty)
            return
        }
        #expect(try open().resumed.isEmpty)
        #expect(try Files.read(part) == [UInt8](repeating: 0, count: bytes.count))
    }

    @Test func aFileThatHasItsNameAlreadyIsNotWrittenTo() throws {
        try fill(open(), 0...20)
        // Killed between the link and the removal of the old name; then the user edits his file.
        #expect(link(folder.file(partName), folder.file("target")) == 0)
        try Files.overwrite([42], at: 0, in: folder.file("target"))
        let second = try open()
        #expect(second.resumed.isEmpty)
        try fill(second, 0..<3)
        #expect(try Files.read(folder.file("target"))[0] == 42)
    }

    @Test func leftoversGo() throws {
        try fill(open(), 0...20)
        #expect(link(folder.file(partName), folder.file("target")) == 0)
        try PartialFile.removeLeftovers(of: layer.content, in: folder.path)
        #expect(Files.names(in: folder.path) == ["target"])
        try PartialFile.removeLeftovers(of: layer.content, in: folder.path)
        try Files.write([1], to: folder.file(recordName))
        try PartialFile.removeLeftovers(of: layer.content, in: folder.path)
        #expect(Files.names(in: folder.path) == ["target"])
    }

    @Test func linksUnderItsNameAreNotFollowed() throws {
        try Files.write([1, 2, 3], to: folder.file("precious"))
        symlink("precious", folder.file(partName))
        #expect(throws: FileFailure(.isLink, path: folder.file(partName))) { try open() }
        #expect(try Files.read(folder.file("precious")) == [1, 2, 3])
    }

    @Test func foldersThatAreNone() throws {
        try Files.write([], to: folder.file("file"))
        for (path, reason) in [(folder.file("none"), .missing), (folder.file("file"), .notAFolder)]
            as [(String, FileFailure.Reason)]
        {
            #expect(throws: FileFailure(reason, path: path)) {
                try PartialFile(of: layer.content, geometry: layer.geometry, in: path, threads: threads)
            }
        }
    }

    @Test func namesThatAreTooLong() throws {
        let long = String(repeating: "é", count: 128)
        try PartialFile.checkName(String(long.dropLast()), in: folder.path)
        #expect(throws: FileFailure(.nameTooLong, path: folder.file(long))) {
            try PartialFile.checkName(long, in: folder.path)
        }
        let file = try open()
        try fill(file, 0...20)
        #expect(throws: FileFailure(.nameTooLong, path: folder.file(long))) { try file.finish(as: long) }
        _ = try file.finish(as: String(long.dropLast()))
    }
}
