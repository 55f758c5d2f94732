import Content
import Glibc
import Library
import TestKit
import Testing

/// How folders come about.
struct PartialFolderTests {
    let folder: TemporaryDirectory
    let hasher = FolderHasher(FileHasher())
    let threads = IOThreads(limit: 2, label: "test")

    init() throws { folder = try TemporaryDirectory() }

    /// A partial folder of all that `makeTree()` makes: empty, or with all of it verified.
    private func begin(isWhole: Bool = false) async throws -> (partial: PartialFolder, hashed: HashedFolder) {
        try folder.makeTree()
        let hashed = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        let part = try #require(FolderPart(of: hashed.layout))
        let partial = try PartialFolder(of: part, in: folder.path, threads: threads)
        guard isWhole else { return (partial, hashed) }
        let whole = Files.bytes(100, 1) + Files.bytes(40_000, 2) + Files.bytes(16_384, 3)
        try whole.withUnsafeBytes { try partial.write([$0], at: 0) }
        try partial.recordVerified(part.pieces)
        return (partial, hashed)
    }

    @Test func aPartialFolderResumesAndGetsItsName() async throws {
        try folder.makeTree()
        let hashed = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        let part = try #require(FolderPart(of: hashed.layout))
        let whole = Files.bytes(100, 1) + Files.bytes(40_000, 2) + Files.bytes(16_384, 3)
        let pieces = Array(hashed.layout.geometry.pieces)
        do {
            let partial = try PartialFolder(of: part, in: folder.path, threads: threads)
            #expect(throws: FileFailure(.inUse, path: "\(folder.path)/.bittrickle-\(hashed.content.key.hex).have")) {
                _ = try PartialFolder(of: part, in: folder.path, threads: threads)
            }
            try whole.withUnsafeBytes { try partial.write([.init(rebasing: $0[..<20_000])], at: 0) }
            try partial.recordVerified([pieces[0]])
            #expect(throws: FileFailure.self) { try partial.finish(as: "g") }
        }
        let partial = try PartialFolder(of: part, in: folder.path, threads: threads)
        #expect(partial.resumed == [pieces[0]])
        try whole.withUnsafeBytes { try partial.write([.init(rebasing: $0[100...])], at: 100) }
        try partial.recordVerified(pieces)
        let stamps = try partial.finish(as: "g")
        #expect(stamps.count == 4)
        #expect(try await hasher.hash(folder.file("g"), certificate: [1]).folder.content == hashed.content)
        #expect(Files.names(in: folder.path) == ["f", "g"])
        #expect(try await ExistingFile.compare(folder.file("g"), with: part, hasher: FileHasher()) == .identical)
        try folder.make("g/more", [1])
        #expect(try await ExistingFile.compare(folder.file("g"), with: part, hasher: FileHasher()) == .different)
        #expect(try await ExistingFile.compare(folder.file("h"), with: part, hasher: FileHasher()) == .absent)
    }

    /// Portions end where files do not.
    @Test func bytesFromManyPlacesFindTheirFiles() async throws {
        let (partial, hashed) = try await begin()
        let whole = Files.bytes(100, 1) + Files.bytes(40_000, 2) + Files.bytes(16_384, 3)
        try whole.withUnsafeBytes { whole in
            let portions = stride(from: 0, to: whole.count, by: 33).map { start in
                UnsafeRawBufferPointer(rebasing: whole[start..<min(start + 33, whole.count)])
            }
            try partial.write(portions, at: 0)
        }
        try partial.recordVerified(hashed.layout.geometry.pieces)
        _ = try partial.finish(as: "g")
        #expect(try await hasher.hash(folder.file("g"), certificate: [1]).folder.content == hashed.content)
    }

    @Test func nothingIsReplaced() async throws {
        try folder.makeTree()
        let hashed = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        let part = try #require(FolderPart(of: hashed.layout, at: [Array("b".utf8), Array("2".utf8)]))
        #expect(part.isFile)
        let partial = try PartialFolder(of: part, in: folder.path, threads: threads)
        let copied = try partial.copy(
            part.files.lowerBound, from: folder.file("f/b/2"), stamp: hashed.stamps[part.files.lowerBound],
            flag: CancellationFlag())
        #expect(copied?.content == hashed.info.files[part.files.lowerBound].content)
        try partial.recordVerified(part.pieces)
        #expect(throws: FileFailure(.exists, path: folder.file("f"))) { try partial.finish(as: "f") }
        _ = try partial.finish(as: "2")
        #expect(try Files.read(folder.file("2")) == Files.bytes(40_000, 2))
        #expect(Files.names(in: folder.path) == ["2", "f"])
    }

    /// Links that another program puts into a partial folder lead nowhere.
    @Test func plantedLinksAreNotFollowed() async throws {
        let (partial, hashed) = try await begin()
        mkdir(folder.file("outside"), 0o755)
        try Files.write([9], to: folder.file("outside/file"))
        symlink("../outside/file", "\(partial.path)/b.c")
        symlink("../outside", "\(partial.path)/b")
        let block = [UInt8](repeating: 7, count: 10)
        #expect(throws: FileFailure(.isLink, path: "\(partial.path)/b.c")) {
            try block.withUnsafeBytes { try partial.write([$0], at: 40_100) }
        }
        #expect(throws: FileFailure.self) { try block.withUnsafeBytes { try partial.write([$0], at: 100) } }
        #expect(throws: FileFailure.self) {
            try partial.copy(1, from: folder.file("f/b/1"), stamp: hashed.stamps[1], flag: CancellationFlag())
        }
        #expect(Files.names(in: folder.file("outside")) == ["file"])
        #expect(try Files.read(folder.file("outside/file")) == [9])
    }

    /// What was verified is not what the links lead to.
    @Test func plantedLinksGetNoName() async throws {
        let (partial, _) = try await begin(isWhole: true)
        rename("\(partial.path)/b", folder.file("away"))
        symlink("../away", "\(partial.path)/b")
        #expect(throws: FileFailure.self) { try partial.finish(as: "g") }
        #expect(!Files.names(in: folder.path).contains("g"))
    }

    /// It gets no name, and is not removed as if it were ours.
    @Test func anotherFolderInItsPlaceIsNotIt() async throws {
        let (partial, _) = try await begin(isWhole: true)
        rename(partial.path, folder.file("away"))
        mkdir(partial.path, 0o755)
        try Files.write([9], to: "\(partial.path)/theirs")
        #expect(throws: FileFailure(.changed, path: partial.path)) { try partial.finish(as: "g") }
        try partial.discard()
        #expect(try Files.read("\(partial.path)/theirs") == [9])
        #expect(!Files.names(in: folder.path).contains("g"))
    }

    @Test func whatHasAnotherNameIsNotWrittenInto() async throws {
        let (partial, _) = try await begin()
        try Files.write([9], to: folder.file("theirs"))
        link(folder.file("theirs"), "\(partial.path)/b.c")
        let block = [UInt8](repeating: 7, count: 10)
        try block.withUnsafeBytes { try partial.write([$0], at: 40_100) }
        #expect(try Files.read(folder.file("theirs")) == [9])
        #expect(try Files.read("\(partial.path)/b.c") == block)
    }

    /// As on a file system that does not tell their names apart.
    @Test func twoFilesThatAreOneAreNone() async throws {
        for name in ["f/x", "f/y"] { try folder.make(name, Files.bytes(500, 1)) }
        let hashed = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        let part = try #require(FolderPart(of: hashed.layout))
        let partial = try PartialFolder(of: part, in: folder.path, threads: threads)
        let whole = Files.bytes(500, 1) + Files.bytes(500, 1)
        try whole.withUnsafeBytes { try partial.write([$0], at: 0) }
        try partial.recordVerified(part.pieces)
        unlink("\(partial.path)/y")
        link("\(partial.path)/x", "\(partial.path)/y")
        #expect(throws: FileFailure(.exists, path: partial.path)) { try partial.finish(as: "g") }
        #expect(!Files.names(in: folder.path).contains("g"))
    }
}
