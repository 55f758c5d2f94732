import Content
import Directory
import DirectoryClient
import DirectorySQLite
import DirectoryServer
import FoundationEssentials
import Glibc
import TestKit
import Testing
import Wire

/// A server whose database is not what it should be.
struct DatabaseTests {
    private let fixture: ServerFixture
    private let path: String

    init() throws {
        fixture = try ServerFixture()
        path = fixture.place.file("data/directory.sqlite")
    }

    private func failure() async throws -> DirectoryStoreError? {
        do {
            _ = try await DirectoryServer(fixture.configuration)
            return nil
        } catch StartFailure.database(path, let error) {
            return error
        }
    }

    @Test func whatIsNoDatabaseIsForeign() async throws {
        try await fixture.running { _ in }
        let text = String(repeating: "Dear diary, today I was taken for a database. ", count: 200)
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(try await failure() == .foreign(path: path))
    }

    @Test func aDamagedDatabaseIsNamed() async throws {
        try await fixture.running { server in
            let client = try await connected(to: server.port)
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            let drafts = try (0..<400).map { PublicationDraft(name: try FileName("a name \($0)"), content: .empty) }
            #expect(try await client.publish(drafts).count == 400)
            await client.goodbye()
        }
        var bytes = try Data(contentsOf: URL(filePath: path))
        for index in 8_192..<bytes.count { bytes[index] = bytes[index] &+ 1 }
        try bytes.write(to: URL(filePath: path))
        guard case .corrupt(let detail) = try await failure() else {
            Issue.record("it was taken")
            return
        }
        #expect(!detail.contains("\n"))
    }

    @Test func aFolderInItsPlaceIsNamed() async throws {
        try await fixture.running { _ in }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        await #expect(throws: StartFailure.file(path: path, errno: EISDIR)) {
            try await DirectoryServer(fixture.configuration)
        }
    }

    @Test func theLogSaysWhatIsWrongInWords() throws {
        let log = CapturedLog()
        let server = ServerLog(events: log.logger)
        for error in [
            DirectoryStoreError.full, .corrupt(detail: "page 3"), .forbidden, .failed(detail: "SQLITE_IOERR"),
        ] { server.note(DirectoryNotice.storeFailed(error)) }
        server.note(DirectoryNotice.storeWorks)
        #expect(
            log.lines == [
                "The database failed error=the disk is full file=",
                "The database failed error=it is damaged (page 3) file=",
                "The database failed error=it, its folder or a file beside it may not be written file=",
                "The database failed error=SQLITE_IOERR file=",
                "The database works again file=",
            ])
    }
}
