import Content
import Glibc
import Library
import TestKit
import Testing

/// What is served of a folder is what was hashed, where it was hashed.
struct ServedFolderTests {
    let folder: TemporaryDirectory
    let hashed: HashedFolder

    init() async throws {
        folder = try TemporaryDirectory()
        try folder.makeTree()
        hashed = try await FolderHasher(FileHasher()).hash(folder.file("f"), certificate: [1]).folder
    }

    private func byte(_ served: ServedFolder, at offset: Int64 = 0) throws -> UInt8 {
        var one = [UInt8](repeating: 0, count: 1)
        try one.withUnsafeMutableBytes { try served.read(into: $0, at: offset) }
        return one[0]
    }

    @Test func servesWhatWasHashedAndNothingElse() throws {
        let served = try ServedFolder(path: folder.file("f"), hashed: hashed)
        let whole = Files.bytes(100, 1) + Files.bytes(40_000, 2) + Files.bytes(16_384, 3)
        var found = [UInt8](repeating: 0, count: whole.count)
        try found.withUnsafeMutableBytes { try served.read(into: $0, at: 0) }
        #expect(found == whole)
        // A link in the place of a file is none, even to the same bytes.
        try folder.make("copy", Files.bytes(100, 1))
        unlink(folder.file("f/a"))
        symlink("../copy", folder.file("f/a"))
        #expect(throws: FileFailure(.isLink, path: folder.file("f/a"))) { try byte(served) }
        #expect(try byte(served, at: 200) == whole[200])
        try folder.make("f/b/2", Files.bytes(40_000, 9))
        #expect(throws: FileFailure.self) { try byte(served, at: 200) }
    }

    enum Move: CaseIterable {
        case away, replaced, replacedByLink, replacedByFile
    }

    /// The files are as they were, and so is the open folder.
    @Test(arguments: Move.allCases) func aFolderThatWasMovedAwayIsNotServed(move: Move) throws {
        let path = folder.file("f")
        let served = try ServedFolder(path: path, hashed: hashed, pathCheckInterval: .zero)
        #expect(try byte(served) == Files.bytes(100, 1)[0])
        rename(path, folder.file("moved"))
        let expected: FileFailure.Reason
        switch move {
        case .away: expected = .missing
        case .replaced:
            try folder.makeTree()
            expected = .changed
        case .replacedByLink:
            symlink("moved", path)
            expected = .isLink
        case .replacedByFile:
            try Files.write([1], to: path)
            expected = .notAFolder
        }
        #expect(throws: FileFailure(expected, path: path)) { try byte(served) }
        #expect(throws: FileFailure(expected, path: path)) { try served.check() }
        // It is back.
        if move == .away {
            rename(folder.file("moved"), path)
            #expect(try byte(served) == Files.bytes(100, 1)[0])
        }
    }
}
