import Content
import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// Members whom somebody does not want to have to do with.
@Suite(.timeLimit(.minutes(2))) struct BlockingTests {
    private static func user(_ name: String) throws -> UserName { try #require(UserName(name)) }

    @Test func theListIsKept() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("blocked")
        let list = try BlockList(path: path)
        #expect(list.isEmpty)
        try list.block(try Self.user("vader"))
        try list.block(try Self.user("vader"))
        try list.block(try Self.user("yoda"))
        #expect(try BlockList(path: path).members == Set([Self.user("vader"), Self.user("yoda")]))
        try list.unblock(try Self.user("vader"))
        #expect(throws: NodeFailure.notBlocked(name: "vader")) { try list.unblock(try Self.user("vader")) }
        #expect(try BlockList(path: path).members == Set([Self.user("yoda")]))
    }

    @Test func thereIsRoomForSoMany() throws {
        let list = try BlockList(path: try TemporaryDirectory().file("blocked"))
        for number in 0..<BlockList.limit { try list.block(try Self.user("u\(number)")) }
        try list.block(try Self.user("u0"))
        #expect(throws: NodeFailure.keptLimit(limit: BlockList.limit)) { try list.block(try Self.user("more")) }
    }

    @Test func namesThatOthersHaveTooStay() throws {
        let list = try BlockList(path: try TemporaryDirectory().file("blocked"))
        try list.block(try Self.user("vader"))
        func listed(_ name: String, _ owner: String) throws -> ListedPublication {
            ListedPublication(
                id: PublicationID(rawValue: 1), owner: try Self.user(owner), path: "", name: try FileName(name),
                kind: .content(.empty))
        }
        let names = try ["his", "both", "unknown"].map { FoundName(try FileName($0)) }
        let all = [try listed("his", "vader"), try listed("both", "vader"), try listed("both", "yoda")]
        #expect(list.allowed(names, among: all).map(\.name.text) == ["both", "unknown"])
        #expect(list.allowed(all).map(\.owner.text) == ["yoda"])
    }

    @Test func nothingOfHisIsFoundOrFetched() async throws {
        try await TestNetwork().running { server in
            try await withNodes(["hans", "vader", "leia"], port: server.port) { nodes in
                let (hans, vader, leia) = (nodes[0], nodes[1], nodes[2])
                try await vader.publish("his.pdf", [1, 2, 3])
                try await vader.publish("both.pdf", [4])
                try await leia.publish("both.pdf", [4])
                try await hans.node.block(member: "vader")
                #expect(try await hans.node.blocked() == ["vader"])

                #expect(try await hans.node.search("pdf") == ["both.pdf"])
                #expect(try await hans.node.search("") == ["both.pdf"])
                #expect(try await hans.node.listings(matching: "PDF").listings.map(\.owners) == [["leia"]])
                await #expect(throws: NodeFailure.memberBlocked(name: "vader")) {
                    try await hans.node.browse(member: "vader", folder: nil)
                }
                #expect(try await hans.failure("his.pdf") == .notFound(name: "his.pdf", absent: []))
                #expect(
                    try await hans.failure("his.pdf@vader")
                        == .noSuchChoice(name: "his.pdf", choice: "@vader", choices: [], absent: []))
                guard case .completed(_, _, _, _, let sources) = try await hans.get("both.pdf") else {
                    throw TestKitError.timedOut("both.pdf")
                }
                #expect(sources == ["leia"])
                // Others are as they were.
                #expect(try await leia.node.search("his") == ["his.pdf"])

                try await hans.node.unblock(member: "vader")
                #expect(try await hans.node.search("his") == ["his.pdf"])
                try await hans.get("his.pdf")
            }
        }
    }

    @Test func nothingIsGivenToHim() async throws {
        try await TestNetwork().running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try await hans.publish("a", content(100_000, seed: 1))
                try await hans.publish("b", content(100_000, seed: 2))
                try await vader.get("a")
                try await hans.node.block(member: "vader")
                guard case .sourcesLost = try await vader.failure("b") else {
                    throw TestKitError.timedOut("a refusal")
                }
                try await hans.node.unblock(member: "vader")
                try await vader.get("b")
            }
        }
    }

    @Test func itLastsOverARestart() async throws {
        try await TestNetwork().running { server in
            let hans = try TestNode("hans", port: server.port)
            try await hans.signedIn { try await hans.node.block(member: "vader") }
            let again = try TestNode("hans", port: server.port, home: hans.home)
            try await again.signedIn {
                #expect(try await again.node.blocked() == ["vader"])
                try await again.publish("a", content(50_000, seed: 1))
                let vader = try TestNode("vader", port: server.port)
                try await vader.signedIn {
                    guard case .sourcesLost = try await vader.failure("a") else {
                        throw TestKitError.timedOut("a refusal")
                    }
                }
            }
        }
    }

    @Test func whomNobodyCanBlock() async throws {
        try await TestNetwork().running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let node = nodes[0].node
                await #expect(throws: NodeFailure.oneself) { try await node.block(member: "hans") }
                await #expect(throws: NodeFailure.noSuchMember("no name")) { try await node.block(member: "no name") }
                await #expect(throws: NodeFailure.notBlocked(name: "yoda")) { try await node.unblock(member: "yoda") }
                await #expect(throws: NodeFailure.noSuchMember("nobody-yet")) {
                    try await node.block(member: "nobody-yet")
                }
                // He need not be there.
                try await node.block(member: "vader")
                #expect(try await node.blocked() == ["vader"])
            }
        }
    }

    /// Whoever wants to be left alone does not wait for the server.
    @Test func withoutTheServerAnybodyIsBlocked() async throws {
        let network = try TestNetwork()
        let port = try await network.running { $0.port }
        let hans = try TestNode("hans", port: port)
        try await hans.running {
            try await network.running(port: port) { _ in
                _ = try await hans.node.connect()
                try await hans.node.signIn(user: "hans", password: "falcon*solo")
            }
            try await eventually("the absence") { try await !hans.node.status().isServerThere }
            try await hans.node.block(member: "nobody-yet")
            #expect(try await hans.node.blocked() == ["nobody-yet"])
        }
    }
}
