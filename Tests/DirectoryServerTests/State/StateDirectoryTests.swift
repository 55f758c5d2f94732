import DirectoryServer
import FoundationEssentials
import Glibc
import TestKit
import Testing

struct StateDirectoryTests {
    @Test func makesTheFolderForItsOwnerAlone() throws {
        let place = try TemporaryDirectory()
        let directory = try StateDirectory(path: place.file("data"))
        #expect(try mode(directory.path) == 0o700)
    }

    @Test func refusesASecondServer() throws {
        let place = try TemporaryDirectory()
        let path = place.file("data")
        let first = try StateDirectory(path: path)
        #expect(throws: StartFailure.locked(path: path)) { try StateDirectory(path: path) }
        withExtendedLifetime(first) {}
    }

    @Test func theLockEndsWithItsHolder() throws {
        let place = try TemporaryDirectory()
        do { _ = try StateDirectory(path: place.file("data")) }
        _ = try StateDirectory(path: place.file("data"))
    }

    @Test func saysWhyAFolderCannotBeMade() throws {
        let place = try TemporaryDirectory()
        let path = place.file("missing/data")
        #expect(throws: StartFailure.stateDirectory(path: path, errno: ENOENT)) { try StateDirectory(path: path) }
    }

    @Test func refusesAFileInItsPlace() throws {
        let place = try TemporaryDirectory()
        try Data("x".utf8).write(to: .init(filePath: place.file("data")))
        #expect(throws: StartFailure.stateDirectory(path: place.file("data"), errno: ENOTDIR)) {
            try StateDirectory(path: place.file("data"))
        }
    }
}

func mode(_ path: String) throws -> UInt32 { try #require(FileStamp(path: path)).mode }
