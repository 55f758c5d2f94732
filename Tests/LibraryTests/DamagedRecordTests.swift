import Content
import Glibc
import Library
import TestKit
import Testing
import Wire

/// A record that the disk or another program has spoiled is moved away, never written over.
struct DamagedRecordTests {
    let folder: TemporaryDirectory
    let path: String

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("published.sqlite")
    }

    @Test func aWholeOneIsOpened() async throws {
        let sample = try PublishedFilesTests.sample("a", bytes: [1])
        let (record, setAside) = try PublishedFiles.open(path: path)
        try await record.store([sample])
        #expect(setAside == nil)
        let (again, stillNone) = try PublishedFiles.open(path: path)
        #expect(try await again.all() == [sample.file])
        #expect(stillNone == nil)
    }

    @Test func whatIsNoDatabaseIsSetAside() async throws {
        let bytes = Array("this is no database, but long enough to be looked at".utf8)
        for place in ["\(path).damaged", "\(path).damaged-2"] {
            try Files.write(bytes, to: path)
            let (record, setAside) = try PublishedFiles.open(path: path)
            #expect(setAside == place)
            #expect(try Files.read(place) == bytes)
            #expect(try await record.all().isEmpty)
            record.close()
            try unlinkAll()
        }
    }

    /// By a disk that was full, or a copy that failed: it is not taken for one that was never used.
    @Test(arguments: [0, 1, 511])
    func anEmptiedOneIsSetAside(size: Int) async throws {
        let (first, _) = try PublishedFiles.open(path: path)
        try await first.store([try PublishedFilesTests.sample("a", bytes: [1])])
        first.close()
        #expect(truncate(path, size) == 0)
        let (record, setAside) = try PublishedFiles.open(path: path)
        #expect(setAside == "\(path).damaged")
        #expect(try await record.all().isEmpty)
        try await record.store([try PublishedFilesTests.sample("b", bytes: [2])])
        record.close()
        let (again, stillNone) = try PublishedFiles.open(path: path)
        #expect(stillNone == nil)
        #expect(try await again.all().count == 1)
    }

    @Test func whatAKilledStartLeftIsNotInTheWay() async throws {
        for suffix in ["", "-wal", "-shm"] { try Files.write([1], to: "\(path).new\(suffix)") }
        let (record, setAside) = try PublishedFiles.open(path: path)
        #expect(setAside == nil)
        #expect(try await record.all().isEmpty)
        for suffix in ["", "-wal", "-shm"] { #expect(access("\(path).new\(suffix)", F_OK) != 0) }
    }

    private func unlinkAll() throws {
        for suffix in ["", "-wal", "-shm"] {
            guard unlink(path + suffix) == 0 || errno == ENOENT else {
                throw TestKitError.system(call: "unlink", code: errno)
            }
        }
    }

    /// A page in the middle: the file opens, and its table of contents is whole.
    @Test func aSpoiledPageIsFound() async throws {
        let record = try PublishedFiles(path: path)
        try await record.store(
            (0..<500).map { try PublishedFilesTests.sample("a file with a name \($0)", bytes: Array("\($0)".utf8)) })
        record.close()
        let size = try Files.read(path).count
        #expect(size > 60_000)
        try Files.overwrite([UInt8](repeating: 0x5A, count: 20_000), at: size / 2 / 4_096 * 4_096, in: path)
        let (fresh, setAside) = try PublishedFiles.open(path: path)
        #expect(setAside == "\(path).damaged")
        #expect(try await fresh.all().isEmpty)
        #expect(try Files.read("\(path).damaged").count == size)
    }

    @Test func whereItCannotBeMadeIsSaid() throws {
        let folder = folder.file("a folder")
        #expect(mkdir(folder, 0o700) == 0)
        #expect(throws: RecordFailure.unusable(FileFailure(.isFolder, path: folder))) {
            try PublishedFiles.open(path: folder)
        }
    }
}
