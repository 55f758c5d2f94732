import Content
import DirectoryClient
import DirectoryServer
import TestKit
import Testing
import Wire

struct RemovalTests {
    /// Nobody asks for it: the server does it when there is time.
    @Test func whatStoodBelowGoesByItself() async throws {
        let fixture = try ServerFixture()
        try await fixture.running { server in
            let hans = try await connected(to: server.port)
            _ = try await hans.signIn(try Device("hans").login("falcon*solo"))
            let folder = PublicationDraft(name: try FileName("music"), content: nil, isParent: true)
            guard case .published(let top)? = try await hans.publish([folder]).first else {
                throw TestKitError.invalid("no folder")
            }
            let drafts = try (0..<1_500).map {
                PublicationDraft(parent: top, name: try FileName("song \($0)"), content: .empty)
            }
            #expect(try await hans.publish(drafts).count == 1_500)
            #expect(try await hans.unpublish([folder.name]) == [true])
            #expect(try await hans.published() == [])
            let admin = AdminClient(dataDirectory: fixture.place.file("data"))
            try await eventually("all of it goes") { try await Self.publications(admin) == 0 }
            await hans.goodbye()
        }
    }

    private static func publications(_ admin: AdminClient) async throws -> Int64 {
        try await admin.parts(of: .members).reduce(0) { sum, answer in
            guard case .part(.members(let members), _) = answer else { throw TestKitError.invalid("\(answer)") }
            return sum + members.map(\.publications).reduce(0, +)
        }
    }
}
