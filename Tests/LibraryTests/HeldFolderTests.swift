import Content
import Library
import TestKit
import Testing
import Wire

/// Folders that were fetched outlast the program.
struct HeldFolderTests {
    let folder: TemporaryDirectory
    let hashed: HashedFolder

    init() async throws {
        folder = try TemporaryDirectory()
        try folder.makeTree()
        hashed = try await FolderHasher(FileHasher()).hash(folder.file("f"), certificate: [1]).folder
    }

    private func held(_ path: String) -> HeldFolder {
        HeldFolder(content: hashed.content, origin: PublicationID(rawValue: 7), path: path)
    }

    @Test func eachPlaceIsOneOfItsOwn() async throws {
        do {
            let record = try PublishedFiles(path: folder.file("record"))
            for path in ["/b", "/a", "/a"] { try await HeldFolders(beside: record).store(held(path), hashed) }
            record.close()
        }
        let folders = HeldFolders(beside: try PublishedFiles(path: folder.file("record")))
        #expect(try await folders.all() == [held("/a"), held("/b")])
        try await folders.remove("/a")
        try await folders.remove("/a")
        #expect(try await folders.all() == [held("/b")])
        #expect(try await folders.folder(at: "/a") == nil)
        let found = try #require(try await folders.folder(at: "/b"))
        #expect(found.info == hashed.info && found.stamps == hashed.stamps && found.hashes == hashed.hashes)
    }

    @Test func whatItNeedsLastsAsLongAsAnybodyNeedsIt() async throws {
        let record = try PublishedFiles(path: folder.file("record"))
        let folders = HeldFolders(beside: record)
        let stamp = try FileStamp(folder: folder.file("f"), size: hashed.content.size)
        let file = PublishedFile(
            name: try Sample.file("f"), path: folder.file("f"), stamp: stamp, content: hashed.content)
        try await record.store([(file, .folder(hashed))])
        try await folders.store(held("/a"), hashed)
        try await record.remove([file.name])
        #expect(try await folders.folder(at: "/a")?.info == hashed.info)
        try await record.store([(file, .folder(hashed))])
        try await folders.remove("/a")
        #expect(try await record.folder(named: file.name)?.info == hashed.info)
    }

    @Test func anotherFolderInItsPlaceIsAnotherFolder() async throws {
        let folders = HeldFolders(beside: try PublishedFiles(path: folder.file("record")))
        try await folders.store(held("/a"), hashed)
        try folder.make("f/a", [4])
        let other = try await FolderHasher(FileHasher()).hash(folder.file("f"), certificate: [1]).folder
        let next = HeldFolder(content: other.content, origin: PublicationID(rawValue: 8), path: "/a")
        try await folders.store(next, other)
        #expect(try await folders.all() == [next])
        #expect(try await folders.folder(at: "/a")?.content == other.content)
    }
}
