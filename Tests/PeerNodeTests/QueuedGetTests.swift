import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing
import Transfer

/// Who asks with `get` for what is in the queue already.
@Suite(.timeLimit(.minutes(4))) struct QueuedGetTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private static let bytes = content(1_000_000, seed: 1)

    /// In the queue, and slow.
    private func begin(_ vader: TestNode) async throws -> TransferStatus {
        try await vader.node.setLimits(NodeLimits(downward: 200_000))
        let queued = try await vader.node.enqueue(DownloadRequest(name: "a", directory: vader.home.path))
        try await eventually("it begins") { try await vader.node.transfers().contains { $0.done > 0 } }
        return try #require(queued.first)
    }

    @Test func whoWaitedForItIsToldOnce() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let vader = nodes[1]
                try await nodes[0].publish("a", Self.bytes)
                _ = try await begin(vader)
                let isWaiting = OneSign()
                async let outcome = vader.node.download(DownloadRequest(name: "a", directory: vader.home.path)) { _ in
                    isWaiting.give()
                }
                await isWaiting.wait()
                try await vader.node.setLimits(NodeLimits())
                guard case .completed(_, _, _, _, sources: ["hans"]) = try await outcome else {
                    Issue.record("it was not told to who waited")
                    return
                }
                #expect(!vader.notices.contains(.downloaded(name: "a", path: vader.path("a"))))
            }
        }
    }

    /// Nobody who has it is online: it is not lost, but waits.
    @Test func whatWaitsForItsOwnerIsSaidToDoSo() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                let queued = try await hans.signedIn {
                    try await hans.publish("a", Self.bytes)
                    return try await begin(vader)
                }
                let failure = try await vader.failure("a")
                guard case .waitsInQueue("a", queued.number, let done, 1_000_000, _) = failure, done > 0 else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                // Who left in order has not failed.
                try await eventually("it is told that hans left") {
                    vader.notices.contains(
                        .sourceLost(name: "a", source: "hans", reason: "closed the connection"))
                }
                // Under another name it would be another transfer.
                guard case .notFound = try await vader.failure("a", output: "b") else {
                    Issue.record("it was found")
                    return
                }
                try await vader.node.setLimits(NodeLimits())
                let again = try TestNode("hans", port: server.port, home: hans.home)
                try await again.signedIn {
                    try await eventually("it is whole") {
                        vader.notices.contains(.downloaded(name: "a", path: vader.path("a")))
                    }
                }
                #expect(try vader.read("a") == Self.bytes)
            }
        }
    }

    // MARK: Whose sources leave

    /// A get that begins slowly while hans gives it, and goes on as `body` wants when he has left; `again` lets him come back.
    private func whileWaiting(
        _ body: (_ vader: TestNode, _ get: Waiter, _ again: () async throws -> Void) async throws -> Void
    ) async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                let get = Waiter("a", vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await hans.signedIn {
                        try await hans.publish("a", Self.bytes)
                        try await vader.node.setLimits(NodeLimits(downward: 200_000))
                        group.addTask { await get.run() }
                        try await eventually("it begins") { try await vader.node.transfers().contains { $0.done > 0 } }
                    }
                    try await eventually("it is said for whom it waits", within: .seconds(30)) {
                        get.said.last?.waitsFor == ["hans"]
                    }
                    let said = try #require(get.said.last)
                    #expect(said.done > 0 && said.total == 1_000_000 && said.rate == nil && said.sources == 0)
                    try await vader.node.setLimits(NodeLimits())
                    try await body(vader, get) {
                        let back = try TestNode("hans", port: server.port, home: hans.home)
                        try await back.signedIn {
                            try await eventually("it is whole", within: .seconds(60)) { vader.exists("a") }
                            try await eventually("it is over") {
                                try await vader.node.transfers()[0].state == .finished
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func whoseSourcesLeaveWaitsAndGoesOnWhenTheyAreBack() async throws {
        try await whileWaiting { vader, get, again in
            try await eventually("it takes no other's place", within: .seconds(30)) {
                try await vader.node.transfers().map(\.state) == [.waiting]
            }
            #expect(get.outcome == nil)
            try await again()
            guard case .success(.completed("a", _, 1_000_000, _, ["hans"])) = get.outcome else {
                Issue.record("\(String(describing: get.outcome))")
                return
            }
            #expect(try vader.read("a") == Self.bytes)
            // Who waited knows it already.
            #expect(!vader.notices.contains(.downloaded(name: "a", path: vader.path("a"))))
        }
    }

    /// And waits again when he asks for it again, though nobody is there.
    @Test func whoDoesNotWaitAnyLongerFindsItPaused() async throws {
        try await whileWaiting { vader, get, again in
            get.interrupt()
            try await eventually("it is over") { get.outcome != nil }
            #expect(get.outcome == .failure(.cancelled))
            let left = try #require(try await vader.node.transfers().first)
            #expect(left.state == .paused && left.done > 0)
            let second = Waiter("a", vader)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await second.run() }
                try await eventually("it is said for whom it waits", within: .seconds(30)) {
                    second.said.last?.waitsFor == ["hans"]
                }
                #expect(second.outcome == nil)
                try await again()
                try await group.waitForAll()
            }
            guard case .success(.completed("a", _, 1_000_000, _, ["hans"])) = second.outcome else {
                Issue.record("\(String(describing: second.outcome))")
                return
            }
            #expect(try await vader.node.transfers().map(\.number) == [left.number])
        }
    }

    /// What the first began goes on for the second, who joined.
    @Test func ofTwoWhoWaitForTheSameOneMayLeave() async throws {
        try await network.whileTwoWait(for: Self.bytes) { vader, gets in
            let number = try #require(try await vader.node.transfers().first?.number)
            gets[0].interrupt()
            try await eventually("the first is over") { gets[0].outcome != nil }
            #expect(gets[0].outcome == .failure(.leftRunning(name: "a", number: number)))
            #expect(gets[1].outcome == nil)
            try await vader.node.setLimits(NodeLimits())
            try await eventually("the second is over", within: .seconds(30)) { gets[1].outcome != nil }
            guard case .success(.completed("a", _, 1_000_000, _, ["hans"])) = gets[1].outcome else {
                Issue.record("\(String(describing: gets[1].outcome))")
                return
            }
            #expect(try await vader.node.transfers().map(\.number) == [number])
        }
    }

    /// Two who lack the same pieces stay linked, and nobody else has them any more.
    @Test func whoJoinsADownloadIsNotKeptWaitingInVain() async throws {
        try await network.running { server in
            let members = try ["vader", "leia"].map { name in
                try TestNode(name, port: server.port) { $0.downloads.idleAfter = .seconds(2) }
            }
            let (vader, leia) = (members[0], members[1])
            let hans = try TestNode("hans", port: server.port)
            let get = Waiter("a", vader)
            try await vader.signedIn {
                try await leia.signedIn {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        try await hans.signedIn {
                            try await hans.publish("a", Self.bytes)
                            for member in members {
                                _ = try await begin(member)
                                try await member.node.setLimits(NodeLimits(downward: 50_000))
                            }
                            group.addTask { await get.run() }
                            try await eventually("it is joined") { !get.said.isEmpty }
                            try await hans.node.unpublish(name: "a")
                        }
                        for member in members { try await member.node.setLimits(NodeLimits()) }
                        try await eventually("it is in vain", within: .seconds(60)) { get.outcome != nil }
                        try await group.waitForAll()
                    }
                    guard case .failure(.sourcesLost("a", _, let done, 1_000_000, _, _, _, _)) = get.outcome, done > 0
                    else {
                        Issue.record("\(String(describing: get.outcome))")
                        return
                    }
                    // It goes on without him, and with leia.
                    let left = try #require(try await vader.node.transfers().first)
                    #expect(left.state == .waiting)
                }
            }
        }
    }

    /// A folder that nobody gives yet is waited for as well, though it is not even known what is in it.
    @Test func whatIsInAFolderIsWaitedFor() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                try hans.make("photos", [("one", content(90_000, seed: 2))])
                let get = Waiter("photos", vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await hans.signedIn {
                        _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                        try await hans.node.block(member: "vader")
                        group.addTask { await get.run() }
                        try await eventually("it is asked for") { try await !vader.node.transfers().isEmpty }
                    }
                    try await eventually("it is said for whom it waits", within: .seconds(30)) {
                        get.said.last?.waitsFor == ["hans"]
                    }
                    #expect(get.outcome == nil)
                    let back = try TestNode("hans", port: server.port, home: hans.home)
                    try await back.signedIn {
                        try await back.node.unblock(member: "vader")
                        try await group.waitForAll()
                    }
                    guard case .success(.completed("photos", _, 90_000, 1, ["hans"])) = get.outcome else {
                        Issue.record("\(String(describing: get.outcome))")
                        return
                    }
                }
            }
        }
    }

    /// In a folder of that name that somebody else shares, who is here, there is something else.
    @Test func inASharedFolderItIsWaitedForWhoHasIt() async throws {
        try await network.running { server in
            try await withNodes(["vader", "leia"], port: server.port) { nodes in
                let (vader, leia) = (nodes[0], nodes[1])
                try leia.make("music", [("other", [1])])
                try await leia.node.share(path: leia.path("music"))
                let hans = try TestNode("hans", port: server.port)
                try hans.make("music", [("song", Self.bytes)])
                let get = Waiter("music/song", vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await hans.signedIn {
                        try await hans.node.share(path: hans.path("music"))
                        try await eventually("it is hashed") {
                            try await vader.node.listings(matching: "song").listings.first?.root != nil
                        }
                        try await vader.node.setLimits(NodeLimits(downward: 200_000))
                        group.addTask { await get.run() }
                        try await eventually("it begins") { try await vader.node.transfers().contains { $0.done > 0 } }
                    }
                    try await eventually("it is said for whom it waits", within: .seconds(30)) {
                        get.said.last?.waitsFor == ["hans"]
                    }
                    #expect(get.outcome == nil)
                    get.interrupt()
                    try await group.waitForAll()
                }
                #expect(get.outcome == .failure(.cancelled))
            }
        }
    }

    /// Of many that wait, one makes room for another download; who waits for it goes on doing so until it has its turn again,
    /// also where somebody else who waited for it, too, does not any longer.
    @Test func whoWaitsForWhatMakesRoomGoesOnWaiting() async throws {
        try await network.running { server in
            try await withNodes(["vader", "leia"], port: server.port) { nodes in
                let vader = nodes[0]
                try await vader.node.setLimits(NodeLimits(downward: 20_000, active: 1))
                try await nodes[1].publish("b", [1, 2, 3])
                let hans = try TestNode("hans", port: server.port)
                let gets = (0..<17).map { Waiter("a\($0)", vader) }
                let others = gets.map { Waiter($0.name, vader) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await hans.signedIn {
                        for (seed, get) in gets.enumerated() {
                            try await hans.publish(get.name, content(200_000, seed: UInt64(100 + seed)))
                            group.addTask { await get.run() }
                        }
                        try await eventually("all begin") { try await vader.node.transfers().count == gets.count }
                        for get in others { group.addTask { await get.run() } }
                        try await eventually("others join", within: .seconds(30)) {
                            others.allSatisfy { !$0.said.isEmpty }
                        }
                    }
                    // Each has its turn, and one more.
                    try await eventually("all wait", within: .seconds(120)) {
                        try await vader.node.transfers().allSatisfy { $0.state == .waiting }
                    }
                    try await vader.node.setLimits(NodeLimits(active: 1))
                    _ = try await enqueue("b", vader)
                    try await eventually("one makes room") { vader.exists("b") }
                    for get in others { get.interrupt() }
                    for get in others {
                        try await eventually("another leaves") { get.outcome != nil }
                        guard case .failure(.leftRunning(get.name, _)) = get.outcome else {
                            Issue.record("\(get.name): \(String(describing: get.outcome))")
                            continue
                        }
                    }
                    #expect(gets.allSatisfy { $0.outcome == nil })
                    let back = try TestNode("hans", port: server.port, home: hans.home)
                    try await back.signedIn {
                        try await eventually("all others are whole", within: .seconds(40)) {
                            gets.count { $0.outcome != nil } == gets.count - 1
                        }
                        let last = try #require(gets.first { $0.outcome == nil }?.name)
                        _ = try await vader.node.change(transfer: last, .resume)
                        try await group.waitForAll()
                    }
                    for get in gets {
                        guard case .success(.completed) = get.outcome else {
                            Issue.record("\(get.name): \(String(describing: get.outcome))")
                            continue
                        }
                    }
                }
            }
        }
    }

    private func enqueue(_ name: String, _ node: TestNode) async throws -> TransferStatus? {
        try await node.node.enqueue(DownloadRequest(name: name, directory: node.home.path)).first
    }

    /// Nothing of it was ever here; it is waited for, also over a restart of who waits.
    @Test func whatOnlyTheAbsentHaveIsQueuedAndWaits() async throws {
        try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            let files: [(path: String, bytes: [UInt8])] = [("one", content(90_000, seed: 2)), ("two", [1])]
            try hans.make("photos", files)
            try await hans.signedIn {
                try await hans.publish("a", Self.bytes)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                _ = try await hans.node.publish(path: try hans.write("b", [7]), to: .only(["vader"])) { _ in }
                _ = try await hans.node.publish(path: try hans.write("c", [8]), to: .only(["leia"])) { _ in }
                _ = try await hans.node.publish(
                    path: try hans.write("d", [9]), to: .only(["leia"], isListed: true)
                ) { _ in }
            }
            let vader = try TestNode("vader", port: server.port)
            try await vader.signedIn {
                for name in ["a", "photos", "b@hans"] {
                    let queued = try #require(try await enqueue(name, vader))
                    #expect(queued.done == 0 && queued.state == .waiting)
                }
                // Who waits for its end is not kept waiting for days.
                guard case .waitsInQueue("a", _, done: 0, _, _) = try await vader.failure("a") else {
                    Issue.record("it does not wait")
                    return
                }
                // What is for others is not there, absent or not.
                await #expect(throws: NodeFailure.notFound(name: "c", absent: [])) { try await enqueue("c", vader) }
                await #expect(throws: NodeFailure.locked(name: "d", owner: "hans")) { try await enqueue("d", vader) }
            }
            let later = try TestNode("vader", port: server.port, home: vader.home)
            try await later.signedIn {
                #expect(try await later.node.transfers().count == 3)
                let again = try TestNode("hans", port: server.port, home: hans.home)
                try await again.signedIn {
                    for name in ["a", "photos", "b"] {
                        try await eventually("\(name) is whole", within: .seconds(60)) {
                            later.notices.contains(.downloaded(name: name, path: later.path(name)))
                        }
                    }
                }
            }
            #expect(try later.read("a") == Self.bytes && later.read("b") == [7])
            #expect(try later.read("photos/one") == files[0].bytes)
        }
    }

    @Test func ofSeveralContentsOfTheAbsentOneIsChosen() async throws {
        try await network.running { server in
            for (name, byte) in [("hans", UInt8(1)), ("leia", 2)] {
                let node = try TestNode(name, port: server.port)
                try await node.signedIn { _ = try await node.publish("a", [byte]) }
            }
            let vader = try TestNode("vader", port: server.port)
            try await vader.signedIn {
                guard case .ambiguous("a", let choices)? = await failure(of: "a", vader) else {
                    Issue.record("it was taken for one")
                    return
                }
                #expect(Set(choices.map(\.owners)) == [["hans"], ["leia"]])
                let queued = try await enqueue("a@leia", vader)
                #expect(queued?.name == "a")
                // Of no content, there is nothing to wait for.
                #expect(await failure(of: "b", vader) == .notFound(name: "b", absent: []))
            }
        }
    }

    /// Of a folder that is shared there is no content to wait for, but of what is in it.
    @Test func inSharedFoldersOfTheAbsentFilesAreWaitedFor() async throws {
        try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            let bytes = content(1_000, seed: 3)
            try hans.make("music", [("song", bytes)])
            let vader = try TestNode("vader", port: server.port)
            try await vader.signedIn {
                try await hans.signedIn {
                    try await hans.node.share(path: hans.path("music"))
                    try await eventually("it is hashed") {
                        try await vader.node.listings(matching: "song").listings.first?.root != nil
                    }
                }
                guard case .notFound("music", let absent) = await failure(of: "music", vader) else {
                    Issue.record("what is in it is not known while nobody shares it")
                    return
                }
                #expect(absent.map(\.name) == ["hans"])
                let queued = try await enqueue("music/song", vader)
                #expect(queued?.name == "music/song")
                let again = try TestNode("hans", port: server.port, home: hans.home)
                try await again.signedIn {
                    try await eventually("it is whole") {
                        vader.notices.contains(.downloaded(name: "music/song", path: vader.path("song")))
                    }
                }
                #expect(try vader.read("song") == bytes)
            }
        }
    }

    private func failure(of name: String, _ node: TestNode) async -> NodeFailure? {
        do throws(any Error) { _ = try await enqueue(name, node) } catch { return error as? NodeFailure }
        return nil
    }
}

/// Lets one wait for the first of many signs.
private struct OneSign: Sendable {
    private let signs: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (signs, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func give() { continuation.yield() }
    func wait() async { for await _ in signs { return } }
}
