import Glibc
import Library
import TestKit
import Testing

struct StateFileTests {
    let folder: TemporaryDirectory
    let path: String

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("new/folders/state")
    }

    @Test func isWrittenWholeAndForItsOwnerAlone() throws {
        #expect(try StateFile.read(path) == nil)
        let long = [UInt8](repeating: 7, count: 200_000)
        try StateFile.write(long, to: path)
        #expect(try StateFile.read(path) == long)
        try StateFile.write([1], to: path)
        #expect(try StateFile.read(path) == [1])
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(folder.file("new"), &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(Files.names(in: folder.file("new/folders")) == ["state"])
    }

    @Test func whatIsInTheWayIsNamed() throws {
        try Files.write([1], to: folder.file("file"))
        #expect(throws: FileFailure(.isFolder, path: folder.path)) { try StateFile.read(folder.path) }
        #expect(try StateFile.read(folder.file("file/below")) == nil)
        #expect(throws: FileFailure.self) { try StateFile.write([1], to: folder.file("file/below")) }
        #expect(mkdir(folder.file("taken"), 0o700) == 0)
        #expect(throws: FileFailure(.isFolder, path: folder.file("taken"))) {
            try StateFile.write([1], to: folder.file("taken"))
        }
        #expect(Files.names(in: folder.path) == ["file", "taken"])
    }

    @Test func oneProgramAtATime() throws {
        let lock = folder.file("lock")
        let result = try StateFile.locked(lock) { () throws(FileFailure) in
            let other = open(lock, O_RDWR | O_CLOEXEC)
            defer { close(other) }
            return flock(other, LOCK_EX | LOCK_NB)
        }
        #expect(result == -1)
        #expect(try StateFile.locked(lock) { 5 } == 5)
    }
}
