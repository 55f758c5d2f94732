import Content
import Glibc
import Library
import TestKit
import Testing

/// Folders on the disk: what is in them, what they are, and how they come about.
struct FolderTests {
    let folder: TemporaryDirectory
    let hasher = FolderHasher(FileHasher())
    let threads = IOThreads(limit: 2, label: "test")

    init() throws { folder = try TemporaryDirectory() }

    private func make(_ path: String, _ bytes: [UInt8]) throws {
        var inner = folder.path
        for component in path.split(separator: "/").dropLast() {
            inner += "/\(component)"
            mkdir(inner, 0o755)
        }
        try Files.write(bytes, to: folder.file(path))
    }

    private static func bytes(_ count: Int, _ seed: UInt8) -> [UInt8] { (0..<count).map { UInt8($0 % 251) ^ seed } }

    private func makeTree(_ name: String = "f") throws {
        try make("\(name)/b/2", Self.bytes(40_000, 2))
        try make("\(name)/a", Self.bytes(100, 1))
        try make("\(name)/b/1", [])
        try make("\(name)/b.c", Self.bytes(16_384, 3))
    }

    @Test func onlyRegularFilesOfTheFolderAreListed() async throws {
        try makeTree()
        try make("outside", [1])
        symlink("../outside", folder.file("f/link"))
        symlink("..", folder.file("f/b/up"))
        mkfifo(folder.file("f/pipe"), 0o600)
        mkdir(folder.file("f/nothing"), 0o755)
        try make("f/.bittrickle-0123.part", [1])
        let bad: [CChar] = Array("\(folder.path)/f/".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
        close(open(bad, O_CREAT | O_WRONLY, 0o600))
        let listing = try await hasher.list(folder.file("f"))
        #expect(
            listing.files.map { $0.path.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/") }
                == ["a", "b/1", "b/2", "b.c"])
        #expect(listing.size == 56_484)
        #expect(
            Set(listing.skipped.map { "\($0.path): \($0.reason)" }) == [
                "link: symbolicLink", "b/up: symbolicLink",
                "pipe: special", "nothing: emptyFolder",
                ".bittrickle-0123.part: unfinishedDownload",
                "\u{FFFD}: badName",
            ])
        #expect(listing.skippedCount == 6)
    }

    @Test func whatTheProgramKeepsForItselfIsInNoPublication() async throws {
        try makeTree()
        try make("f/b/state/network/device.key", [1])
        let state = folder.file("f/b/state")
        symlink(state, folder.file("alias"))
        for path in [state, folder.file("alias")] {
            let hasher = FolderHasher(FileHasher(), ownState: path)
            let listing = try await hasher.list(folder.file("f"))
            #expect(listing.files.count == 4)
            #expect(listing.skipped.map { "\($0.path): \($0.reason)" } == ["b/state: ownState"])
            for inner in ["f/b/state", "f/b/state/network", "alias"] {
                await #expect(throws: FileFailure(.ownState, path: folder.file(inner))) {
                    try await hasher.list(folder.file(inner))
                }
            }
            #expect(try await hasher.list(folder.file("f")).files.count == 4)
        }
        #expect(try await FolderHasher(FileHasher(), ownState: folder.file("none")).list(state).files.count == 1)
    }

    @Test func whatVanishesWhileItIsHashedIsAChangeOfTheFolder() async throws {
        try make("f/a", [1])
        truncate(folder.file("f/a"), 64 << 20)
        for number in 0..<3_000 { try make("f/b\(number)", [1, 2]) }
        let last = (0..<1_000).map { folder.file("f/b9\($0)") }
        await #expect(throws: FileFailure(.changed, path: folder.file("f"))) {
            try await hasher.hash(folder.file("f"), certificate: []) { _, _ in for path in last { unlink(path) } }
        }
    }

    @Test func tooDeepIsSaid() async throws {
        let path = (0...FolderListing.depthLimit).map { "\($0)" }.joined(separator: "/")
        try make("f/\(path)", [1])
        await #expect(throws: FileFailure.self) { try await hasher.list(folder.file("f")) }
    }

    @Test func hashingAgainReadsOnlyWhatChanged() async throws {
        try makeTree()
        let first = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        #expect(first.info.files.count == 4)
        #expect(first.content.kind == .folder && first.content.size == 56_484)
        let same = try await hasher.hash(folder.file("f"), known: first, certificate: [1]) { _, _ in
            Issue.record("something was read")
        }
        #expect(same.folder.info == first.info)
        try make("f/b/2", Self.bytes(40_000, 9))
        let read = Seen<[Int64]>([])
        let third = try await hasher.hash(folder.file("f"), known: first, certificate: [1]) { done, total in
            read.change { $0.append(done) }
        }
        #expect(third.folder.content != first.content)
        #expect(read.value == [56_484])
        #expect(try await hasher.hash(folder.file("f"), certificate: [1]).folder.info == third.folder.info)
    }

    @Test func theRecordKeepsFolders() async throws {
        try makeTree()
        let hashed = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        let stamp = try FileStamp(folder: folder.file("f"), size: hashed.content.size)
        let file = PublishedFile(
            name: try Sample.file("f"), path: folder.file("f"), stamp: stamp, content: hashed.content)
        let path = folder.file("record")
        do {
            let record = try PublishedFiles(path: path)
            try await record.store([(file, .folder(hashed))])
            record.close()
        }
        let record = try PublishedFiles(path: path)
        #expect(try await record.all() == [file])
        let stored = try #require(try await record.folder(named: file.name))
        #expect(stored.info == hashed.info && stored.stamps == hashed.stamps && stored.hashes == hashed.hashes)
        #expect(try await record.files(holding: hashed.content) == [file])
        try await record.remove([file.name])
        #expect(try await record.folder(named: file.name) == nil)
    }

    @Test func servesWhatWasHashedAndNothingElse() async throws {
        try makeTree()
        let hashed = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        let served = try ServedFolder(path: folder.file("f"), hashed: hashed)
        let whole = Self.bytes(100, 1) + Self.bytes(40_000, 2) + Self.bytes(16_384, 3)
        var found = [UInt8](repeating: 0, count: whole.count)
        try found.withUnsafeMutableBytes { try served.read(into: $0, at: 0) }
        #expect(found == whole)
        // A link in the place of a file is none, even to the same bytes.
        try make("copy", Self.bytes(100, 1))
        unlink(folder.file("f/a"))
        symlink("../copy", folder.file("f/a"))
        var one = [UInt8](repeating: 0, count: 1)
        #expect(throws: FileFailure.self) { try one.withUnsafeMutableBytes { try served.read(into: $0, at: 0) } }
        try one.withUnsafeMutableBytes { try served.read(into: $0, at: 200) }
        try make("f/b/2", Self.bytes(40_000, 9))
        #expect(throws: FileFailure.self) { try one.withUnsafeMutableBytes { try served.read(into: $0, at: 200) } }
    }

    @Test func aPartialFolderResumesAndGetsItsName() async throws {
        try makeTree()
        let hashed = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        let part = try #require(FolderPart(of: hashed.layout))
        let whole = Self.bytes(100, 1) + Self.bytes(40_000, 2) + Self.bytes(16_384, 3)
        let pieces = Array(hashed.layout.geometry.pieces)
        do {
            let partial = try PartialFolder(of: part, in: folder.path, threads: threads)
            #expect(throws: FileFailure(.inUse, path: "\(folder.path)/.bittrickle-\(hashed.content.root.hex).have")) {
                _ = try PartialFolder(of: part, in: folder.path, threads: threads)
            }
            try whole.withUnsafeBytes { try partial.write(.init(rebasing: $0[..<20_000]), at: 0) }
            try partial.recordVerified([pieces[0]])
            #expect(throws: FileFailure.self) { try partial.finish(as: "g") }
        }
        let partial = try PartialFolder(of: part, in: folder.path, threads: threads)
        #expect(partial.resumed == [pieces[0]])
        try whole.withUnsafeBytes { try partial.write(.init(rebasing: $0[100...]), at: 100) }
        try partial.recordVerified(pieces)
        let stamps = try partial.finish(as: "g")
        #expect(stamps.count == 4)
        #expect(try await hasher.hash(folder.file("g"), certificate: [1]).folder.content == hashed.content)
        #expect(Files.names(in: folder.path) == ["f", "g"])
        #expect(try await ExistingFile.compare(folder.file("g"), with: part, hasher: FileHasher()) == .identical)
        try make("g/more", [1])
        #expect(try await ExistingFile.compare(folder.file("g"), with: part, hasher: FileHasher()) == .different)
        #expect(try await ExistingFile.compare(folder.file("h"), with: part, hasher: FileHasher()) == .absent)
    }

    @Test func nothingIsReplaced() async throws {
        try makeTree()
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
        #expect(try Files.read(folder.file("2")) == Self.bytes(40_000, 2))
        #expect(Files.names(in: folder.path) == ["2", "f"])
    }
}
