import Content
import Glibc
import Library
import TestKit
import Testing

/// Folders on the disk: what is in them, and what they are.
struct FolderTests {
    let folder: TemporaryDirectory
    let hasher = FolderHasher(FileHasher())

    init() throws { folder = try TemporaryDirectory() }

    @Test func onlyRegularFilesOfTheFolderAreListed() async throws {
        try folder.makeTree()
        try folder.make("outside", [1])
        symlink("../outside", folder.file("f/link"))
        symlink("..", folder.file("f/b/up"))
        mkfifo(folder.file("f/pipe"), 0o600)
        mkdir(folder.file("f/nothing"), 0o755)
        try folder.make("f/.bittrickle-0123.part", [1])
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
        try folder.makeTree()
        try folder.make("f/b/state/network/device.key", [1])
        let state = folder.file("f/b/state")
        symlink(state, folder.file("alias"))
        #expect(Folders.resolved(folder.file("alias")) == state && Folders.resolved(state) == state)
        for path in [state, folder.file("alias")] {
            let hasher = FolderHasher(FileHasher(), ownState: path)
            let listing = try await hasher.list(folder.file("f"))
            #expect(listing.files.count == 4)
            #expect(listing.skipped.map { "\($0.path): \($0.reason)" } == ["b/state: ownState"])
            for inner in ["f/b/state", "f/b/state/network"] {
                await #expect(throws: FileFailure(.ownState, path: folder.file(inner))) {
                    try await hasher.list(folder.file(inner))
                }
            }
            #expect(try await hasher.list(folder.file("f")).files.count == 4)
        }
        #expect(try await FolderHasher(FileHasher(), ownState: folder.file("none")).list(state).files.count == 1)
    }

    /// By the network's key in it, not by its name.
    @Test func whatAServerKeepsIsInNoPublication() async throws {
        try folder.makeTree()
        try folder.make("f/b/srv/network.key", Array("-----BEGIN PRIVATE KEY-----\nMIG=\n".utf8))
        try folder.make("f/b/srv/directory.sqlite", [1])
        try folder.make("f/bittrickle-data/network.key", Array("what I know of keys".utf8))
        let listing = try await hasher.list(folder.file("f"))
        #expect(listing.files.count == 5)
        #expect(listing.skipped.map { "\($0.path): \($0.reason)" } == ["b/srv: serverState"])
        await #expect(throws: FileFailure(.serverState, path: folder.file("f/b/srv"))) {
            try await hasher.list(folder.file("f/b/srv"))
        }
    }

    /// `identity` writes it wherever one says, also into what one shares.
    @Test func theKeyOfAnIdentityIsInNoPublication() async throws {
        try folder.makeTree()
        let key = Array("-----BEGIN PRIVATE KEY-----\nMIG=\n".utf8)
        for name in ["f/key.pem", "f/b/key.pem"] { try folder.make(name, key) }
        try folder.make("f/certificate.pem", [1])
        let listing = try await hasher.list(folder.file("f"))
        #expect(listing.skipped.map { "\($0.path): \($0.reason)" } == ["key.pem: identityKey"])
        #expect(listing.files.count == 6)
    }

    @Test func whatIsTooMuchIsSaid() async throws {
        try folder.makeTree()
        var limits = FolderListing.Limits()
        (limits.files, limits.names) = (4, 6)
        #expect(try await FolderHasher(FileHasher(), limits: limits).list(folder.file("f")).files.count == 4)
        for (files, names) in [(3, 6), (4, 5)] {
            (limits.files, limits.names) = (files, names)
            let hasher = FolderHasher(FileHasher(), limits: limits)
            let failure = await #expect(throws: FileFailure.self) { try await hasher.list(folder.file("f")) }
            #expect(failure?.reason == .tooManyFiles)
        }
    }

    @Test func aFolderWithoutAByteIsNone() async throws {
        try folder.make("f/a", [])
        await #expect(throws: FileFailure(.noBytes, path: folder.file("f"))) {
            try await hasher.hash(folder.file("f"), certificate: [])
        }
    }

    /// What a link leads to may be another folder tomorrow: it is published as itself, or not at all.
    @Test func aLinkToAFolderIsNone() async throws {
        try folder.makeTree()
        symlink("f", folder.file("link"))
        await #expect(throws: FileFailure(.isLink, path: folder.file("link"))) {
            try await hasher.list(folder.file("link"))
        }
        let hashed = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        let part = try #require(FolderPart(of: hashed.layout))
        #expect(try await ExistingFile.compare(folder.file("link"), with: part, hasher: FileHasher()) == .identical)
        symlink("nowhere", folder.file("dangling"))
        #expect(try await ExistingFile.compare(folder.file("dangling"), with: part, hasher: FileHasher()) == .different)
    }

    @Test func whatVanishesWhileItIsHashedIsAChangeOfTheFolder() async throws {
        try folder.make("f/a", [1])
        truncate(folder.file("f/a"), 64 << 20)
        for number in 0..<3_000 { try folder.make("f/b\(number)", [1, 2]) }
        let last = (0..<1_000).map { folder.file("f/b9\($0)") }
        await #expect(throws: FileFailure(.changed, path: folder.file("f"))) {
            try await hasher.hash(folder.file("f"), certificate: []) { _, _ in for path in last { unlink(path) } }
        }
    }

    @Test func tooDeepIsSaid() async throws {
        let path = (0...FolderListing.depthLimit).map { "\($0)" }.joined(separator: "/")
        try folder.make("f/\(path)", [1])
        await #expect(throws: FileFailure.self) { try await hasher.list(folder.file("f")) }
    }

    /// Others could name no file of such a path. It can be made, and listed, from its folder alone.
    @Test func aPathThatNobodyCanNameIsSaid() async throws {
        try folder.make("f/a", [1])
        let names = (0..<16).map { _ in String(repeating: "n", count: 255) }
        try await Files.withFolders(names, in: folder.file("f")) { innermost in
            let listed = try await hasher.list(folder.file("f"))
            #expect(listed.files.count == 1)
            close(openat(innermost, "a", O_CREAT | O_WRONLY, 0o600))
            defer { unlinkat(innermost, "a", 0) }
            let failure = await #expect(throws: FileFailure.self) { try await hasher.list(folder.file("f")) }
            #expect(failure?.reason == .pathTooLong)
        }
    }

    /// Asked before anything is fetched: where the folder is to be says how long its paths become.
    @Test func aPlaceThatMakesPathsTooLongIsSaid() throws {
        let content = try #require(ContentID(root: Hash256(hashing: [1]), size: 1))
        let path = (0..<15).map { _ in [UInt8](repeating: UInt8(ascii: "n"), count: 255) }
        let entry = try #require(FileTreeEntry(path: path, content: content))
        let layout = try #require(ContentLayout(try InfoDictionary.folder([entry], certificate: [1])))
        let part = try #require(FolderPart(of: layout))
        try PartialFolder.checkNames(of: part, as: "f", in: folder.path)
        let long = "l" + String(repeating: "o", count: 199)
        try folder.make("\(long)/file", [1])
        #expect(throws: FileFailure(.pathTooLong, path: "\(folder.path)/\(long)/f")) {
            try PartialFolder.checkNames(of: part, as: "f", in: folder.file(long))
        }
    }

    @Test func hashingAgainReadsOnlyWhatChanged() async throws {
        try folder.makeTree()
        let first = try await hasher.hash(folder.file("f"), certificate: [1]).folder
        #expect(first.info.files.count == 4)
        #expect(first.content.kind == .folder && first.content.size == 56_484)
        let same = try await hasher.hash(folder.file("f"), known: first, certificate: [1]) { _, _ in
            Issue.record("something was read")
        }
        #expect(same.folder.info == first.info)
        try folder.make("f/b/2", Files.bytes(40_000, 9))
        let read = Seen<[Int64]>([])
        let third = try await hasher.hash(folder.file("f"), known: first, certificate: [1]) { done, total in
            read.change { $0.append(done) }
        }
        #expect(third.folder.content != first.content)
        #expect(read.value == [56_484])
        #expect(try await hasher.hash(folder.file("f"), certificate: [1]).folder.info == third.folder.info)
    }

    @Test func theRecordKeepsFolders() async throws {
        try folder.makeTree()
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
}
