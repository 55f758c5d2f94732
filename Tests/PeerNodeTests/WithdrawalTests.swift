import DirectoryServer
import NodeControl
import PeerNode
import Testing
import Transfer

/// What is not to be had any more in the middle of somebody's transfer: whoever fetches it hears why, and others who have it
/// give it on.
@Suite(.timeLimit(.minutes(2))) struct WithdrawalTests {
    /// How its owner takes back what is fetched as `a`, or as `music/a`.
    enum Way: String, CaseIterable, Sendable {
        case deletion, withdrawal, withdrawalOfFolder, deletionInFolder, deletionOfShared, unsharing

        var name: String { [.deletionOfShared, .unsharing].contains(self) ? "music/a" : "a" }
    }

    private let network: TestNetwork
    /// In bytes a second: so slow that what is fetched is not whole before something happens to it.
    private static let slow = 200_000

    init() throws { network = try TestNetwork() }

    private func hasBegun(_ node: TestNode, beyond least: Int64 = 0) async throws {
        try await eventually("\(node.name) gets something") {
            try await node.node.transfers().first.map { $0.done > least } ?? false
        }
    }

    private func give(_ way: Way, _ hans: TestNode) async throws {
        let bytes = content(2_000_000, seed: 1)
        switch way {
        case .deletion, .withdrawal: try await hans.publish("a", bytes)
        case .deletionInFolder, .withdrawalOfFolder:
            try hans.make("a", [("b", bytes), ("c", [1])])
            _ = try await hans.node.publish(path: hans.path("a")) { _ in }
        case .deletionOfShared, .unsharing:
            try hans.make("music", [("a", bytes)])
            try await hans.node.share(path: hans.path("music"))
        }
    }

    private func takeBack(_ way: Way, _ hans: TestNode) async throws {
        switch way {
        case .deletion: try hans.remove("a")
        case .withdrawal, .withdrawalOfFolder: try await hans.node.unpublish(name: "a")
        case .deletionInFolder: try hans.remove("a/b")
        case .deletionOfShared: try hans.remove("music/a")
        case .unsharing: try await hans.node.unshare(path: hans.path("music"))
        }
    }

    @Test(arguments: Way.allCases) func whoFetchesItIsToldThatItIsWithdrawn(way: Way) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try await vader.node.setLimits(NodeLimits(downward: Self.slow))
                try await give(way, hans)
                try await eventually("it is listed") {
                    let listed = try await vader.node.listings(matching: "").listings
                    return listed.contains { $0.name == way.name }
                }
                async let ended = vader.failure(way.name)
                try await hasBegun(vader)
                try await takeBack(way, hans)
                let failure = try await ended
                guard case .sourcesLost(way.name, _, let done, _, let reasons, [], nil, ["hans"]) = failure, done > 0
                else {
                    Issue.record("\(way): \(String(describing: failure))")
                    return
                }
                // What is left of a folder is published anew.
                let isReplaced = way == .deletionInFolder
                #expect(
                    reasons == [
                        isReplaced ? "hans has something else under this name by now" : "hans no longer shares it"
                    ])
                #expect(failure.flatMap { HealthFinding($0) }?.code == .memberWithdrew)
            }
        }
    }

    /// Of a folder that is shared it is said once, and soon: of the files that come as well as, where whoever asked went away and
    /// asks again, of those that were begun.
    @Test(arguments: [false, true]) func ofAFolderItIsSaidOnce(isBegun: Bool) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try await vader.node.setLimits(NodeLimits(downward: Self.slow))
                try hans.make("music", (1...5).map { ("live/\($0)", content(2_000_000, seed: UInt64($0))) })
                try await hans.node.share(path: hans.path("music"))
                try await eventually("it is listed") {
                    let listed = try? await vader.node.browse(member: "hans", folder: "music/live")
                    return listed?.listings.count == 5
                }
                func haveBegun() async throws {
                    try await eventually("several come") {
                        try await vader.node.transfers().filter { $0.done > 0 }.count > 1
                    }
                }
                let failure: NodeFailure?
                let begin: ContinuousClock.Instant
                if isBegun {
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask { _ = try? await vader.get("music") }
                        try? await haveBegun()
                        group.cancelAll()
                    }
                    try await hans.node.unshare(path: hans.path("music"))
                    try await eventually("it is listed no longer") {
                        try await vader.node.listings(matching: "").listings.isEmpty
                    }
                    begin = .now
                    failure = try await vader.failure("music")
                } else {
                    async let ended = vader.failure("music")
                    try await haveBegun()
                    try await hans.node.unshare(path: hans.path("music"))
                    begin = .now
                    failure = try await ended
                }
                // One file's time, whatever their number.
                #expect(begin.duration(to: .now) < .seconds(20))
                guard case .sourcesLost("music", let place, let done, let total, let why, [], nil, ["hans"]) = failure
                else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(place == vader.path("music") && done > 0 && total > done)
                #expect(why == ["hans no longer shares it"])
            }
        }
    }

    @Test func whoHasItGivesItOn() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let (hans, leia, vader) = (nodes[0], nodes[1], nodes[2])
                let bytes = content(2_000_000, seed: 2)
                try await hans.publish("a", bytes)
                try await leia.get("a")
                try await vader.node.setLimits(NodeLimits(downward: Self.slow))
                async let outcome = vader.get("a")
                try await hasBegun(vader)
                try await hans.node.unpublish(name: "a")
                try await vader.node.setLimits(NodeLimits())
                guard case .completed(_, _, _, _, let sources) = try await outcome else {
                    Issue.record("it was there already")
                    return
                }
                #expect(sources.contains("leia"))
                #expect(try vader.read("a") == bytes)
            }
        }
    }

    /// Each gets what the others had when it was taken back, and then hears why there is no more.
    @Test func whoHasSomeOfItGivesThatOn() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) {
                $0.downloads.idleAfter = .seconds(5)
            } _: { nodes in
                let (hans, leia, vader) = (nodes[0], nodes[1], nodes[2])
                for node in [leia, vader] { try await node.node.setLimits(NodeLimits(downward: Self.slow)) }
                try await hans.publish("a", content(4_000_000, seed: 3))
                async let leias = leia.failure("a")
                try await hasBegun(leia)
                async let vaders = vader.failure("a")
                for node in [leia, vader] { try await hasBegun(node, beyond: 300_000) }
                try await hans.node.unpublish(name: "a")
                var arrived: [Int64] = []
                for failure in [try await leias, try await vaders] {
                    guard case .sourcesLost("a", _, let done, _, let reasons, _, _, _) = failure else {
                        Issue.record("\(String(describing: failure))")
                        return
                    }
                    #expect(reasons.first == "hans no longer shares it", "\(reasons)")
                    arrived.append(done)
                }
                #expect(arrived[0] == arrived[1], "\(arrived)")
            }
        }
    }
}
