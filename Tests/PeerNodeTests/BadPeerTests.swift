import Connectivity
import Content
import DirectoryClient
import DirectoryServer
import FoundationEssentials
import NodeControl
import PeerNode
import TestKit
import Testing
import Transfer
import Wire

/// Sources that lie, stall or vanish, and strangers to what is published.
@Suite(.timeLimit(.minutes(2))) struct BadPeerTests {
    private let network: TestNetwork
    private let bytes = content(24 << 20, seed: 9)

    init() throws { network = try TestNetwork() }

    @Test func aLiarAndAStallerAmongThreeHoldersDoNoHarm() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let liar = try await BadPeer("leia", port: server.port)
                let staller = try await BadPeer("yoda", port: server.port)
                try await hans.publish("a", bytes)
                try await liar.serving("a", try BadSource(bytes, .lies)) {
                    try await staller.serving("a", try BadSource(bytes, .stalls)) {
                        let outcome = try await vader.get("a")
                        let path = vader.path("a")
                        #expect(
                            outcome
                                == .completed(
                                    name: "a", path: path, size: Int64(bytes.count), files: nil, sources: ["hans"]))
                    }
                }
                #expect(try vader.read("a") == bytes)
                let liars = vader.notices.all.compactMap { notice -> String? in
                    if case .sourceLied("a", let source, _) = notice { source } else { nil }
                }
                #expect(Set(liars) == ["leia"])
            }
        }
    }

    @Test func whatIsVerifiedIsKeptUntilSourcesAreBack() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let vanishing = try await BadPeer("leia", port: server.port)
                let source = try BadSource(bytes, .fails(after: Int64(bytes.count / 2)))
                let failure = try await vanishing.serving("a", source) { try await vader.failure("a") }
                guard
                    case .sourcesLost(
                        "a", let partial, let done, let total, let reasons, ["leia"], .some([]), nil) = failure
                else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(done > 0 && done < total && total == Int64(bytes.count))
                #expect(reasons.count == 1)
                #expect(FileManager.default.fileExists(atPath: partial))
                #expect(!vader.exists("a"))

                // The rest comes from another one, who is asked for nothing else.
                let rest = try BadSource(bytes, .fails(after: total - done))
                let other = try await BadPeer("yoda", port: server.port)
                try await other.serving("b", rest) { _ = try await vader.get("b", output: "a") }
                #expect(try vader.read("a") == bytes)
                #expect(!FileManager.default.fileExists(atPath: partial))
            }
        }
    }

    @Test func whoIsNotReachedIsNamed() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let shut = try await BadPeer("leia", port: server.port)
                try await shut.serving("a", try BadSource(bytes, .honest)) {
                    await shut.listener.close()
                    _ = try await vader.node.enqueue(DownloadRequest(name: "a", directory: vader.home.path))
                    try await eventually("it is said for whom it waits", within: .seconds(30)) {
                        let transfer = try await vader.node.transfers().first
                        return transfer?.missed == ["leia"] && transfer?.waitsFor == ["leia"]
                    }
                    let failure = try await vader.failure("a")
                    guard case .sourcesLost("a", _, done: 0, _, _, ["leia"], .some([]), nil) = failure else {
                        Issue.record("it was had all the same")
                        return
                    }
                }
            }
        }
    }

    @Test func whoSendsWhatIsNoMessageIsTold() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let garbling = try await BadPeer("leia", port: server.port)
                let failure = try await garbling.serving("a", try BadSource(bytes, .garbles)) {
                    try await nodes[0].failure("a")
                }
                guard case .sourcesLost("a", _, done: 0, _, let reasons, _, _, _) = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(reasons == ["leia: sent a message that cannot be read"])
            }
        }
    }

    @Test func aMemberGetsNothingThatIsNotPublished() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                let asker = try await BadPeer("vader", port: server.port)
                let published = try BadSource(content(50_000, seed: 1), .honest)
                let secret = try BadSource(content(50_000, seed: 2), .honest)
                try await hans.publish("a", published.bytes)
                try hans.write("secret", secret.bytes)
                let holder = try #require(try await asker.client.holders(published.content).first)
                func link(_ content: ContentID) async throws -> AuthenticatedLink {
                    let hash = try #require(asker.infoHash(of: content))
                    return try await asker.dialer.dial(
                        holder.user, at: holder.endpoints,
                        greeting: PeerHandshake(infoHash: hash, peerID: PeerID.random()))
                }
                await #expect(throws: DialFailure.self) { try await link(secret.content) }
                let open = try await link(published.content)
                // Unpublished while the link is open: it ends.
                try await hans.node.unpublish(name: "a")
                for try await _ in open.inbound {}
                await #expect(throws: DialFailure.self) { try await link(published.content) }
                await asker.client.goodbye()
            }
        }
    }

    @Test func theLinksOfTheExpelledAreCut() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                let asker = try await BadPeer("vader", port: server.port)
                let source = try BadSource(content(50_000, seed: 1), .honest)
                try await hans.publish("a", source.bytes)
                let holder = try #require(try await asker.client.holders(source.content).first)
                let hash = try #require(asker.infoHash(of: source.content))
                let greeting = PeerHandshake(infoHash: hash, peerID: PeerID.random())
                let link = try await asker.dialer.dial(holder.user, at: holder.endpoints, greeting: greeting)
                try network.setAccounts(TestNetwork.passwords.filter { $0.key != "vader" })
                server.reloadCredentials()
                let start = ContinuousClock.now
                for try await _ in link.inbound {}
                #expect(ContinuousClock.now - start < .seconds(8))
                await #expect(throws: DialFailure.self) {
                    try await asker.dialer.dial(holder.user, at: holder.endpoints, greeting: greeting)
                }
                await asker.client.goodbye()
            }
        }
    }

    @Test func aCancelledDownloadKeepsWhatItHas() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let large = content(128 << 20, seed: 2)
                try await hans.publish("a", large)
                let hasBegun = Flag()
                await withTaskGroup(of: NodeFailure?.self) { group in
                    group.addTask {
                        do throws(NodeFailure) {
                            _ = try await vader.node.download(
                                DownloadRequest(name: "a", directory: vader.home.path)
                            ) {
                                if $0.done > 0 { hasBegun.raise() }
                            }
                            return nil
                        } catch { return error }
                    }
                    await hasBegun.isRaised()
                    group.cancelAll()
                    #expect(await group.next() == .cancelled)
                }
                #expect(!vader.exists("a"))
                try await vader.get("a")
                #expect(try vader.read("a") == large)
            }
        }
    }
}
