import Glibc
import Library
import TestKit
import Testing

struct NewFileTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test func isWholeAndNeverInTheWay() throws {
        let path = folder.file("a")
        try NewFile.write([1, 2, 3], to: path)
        #expect(try Files.read(path) == [1, 2, 3])
        #expect(throws: FileFailure(.exists, path: path)) { try NewFile.write([4], to: path) }
        #expect(try Files.read(path) == [1, 2, 3])
        #expect(symlink("nowhere", folder.file("link")) == 0)
        #expect(throws: FileFailure(.exists, path: folder.file("link"))) {
            try NewFile.write([4], to: folder.file("link"))
        }
        #expect(throws: FileFailure(.exists, path: folder.path)) { try NewFile.write([4], to: folder.path) }
        #expect(Files.names(in: folder.path) == ["a", "link"])
    }

    @Test func forItsUserAlone() throws {
        let path = folder.file("key")
        try NewFile.write([1], to: path, isPrivate: true)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func theFolderMustBeThere() throws {
        let path = folder.file("no/a")
        #expect(throws: FileFailure.self) { try NewFile.write([1], to: path) }
        try NewFile.makeFolder(folder.file("no"))
        try NewFile.write([1], to: path)
        #expect(Files.names(in: folder.file("no")) == ["a"])
    }
}
