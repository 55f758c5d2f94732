import Content
import DirectoryClient
import DirectoryServer
import FoundationEssentials
import Library
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// Downloads that go on by themselves, also after the program has ended.
@Suite(.timeLimit(.minutes(2))) struct QueueTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// - Parameter slow: no download of vader's gets more than a few bytes.
    private func with(
        slow: Bool = false, _ body: (_ hans: TestNode, _ vader: TestNode, _ port: UInt16) async throws -> Void
    ) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                if slow { try await nodes[1].node.setLimits(NodeLimits(downward: 200_000)) }
                try await body(nodes[0], nodes[1], server.port)
            }
        }
    }

    private func enqueue(_ name: String, _ node: TestNode) async throws -> TransferStatus? {
        try await node.node.enqueue(DownloadRequest(name: name, directory: node.home.path)).first
    }

    private func state(_ name: String, _ node: TestNode) async throws -> TransferStatus.State? {
        try await node.node.transfers().first { $0.name == name }?.state
    }

    private func hasBegun(_ name: String, _ node: TestNode) async throws {
        try await eventually("\(name) begins") {
            try await node.node.transfers().first { $0.name == name }.map { $0.done > 0 } ?? false
        }
    }

    @Test func whatIsQueuedIsFetchedAndTold() async throws {
        try await with { hans, vader, _ in
            let bytes = content(1_000_000, seed: 1)
            try await hans.publish("a", bytes)
            let queued = try #require(try await enqueue("a", vader))
            #expect(queued.name == "a" && queued.path == vader.path("a") && queued.total == 1_000_000)
            try await eventually("it is told") {
                vader.notices.contains(.downloaded(name: "a", path: vader.path("a")))
            }
            #expect(try vader.read("a") == bytes)
            let all = try await vader.node.transfers()
            #expect(all.map(\.state) == [.finished] && all[0].done == 1_000_000)
            // Whoever asks for it then is told that it is done, and the next time that it is there.
            let done = DownloadOutcome.completed(
                name: "a", path: vader.path("a"), size: 1_000_000, files: nil, sources: [])
            #expect(try await vader.get("a") == done)
            #expect(try await vader.get("a") == .alreadyThere(path: vader.path("a")))
            #expect(try await enqueue("a", vader) == nil)
            await #expect(throws: NodeFailure.transferFinished(name: "a")) {
                _ = try await vader.node.change(transfer: "a", .pause)
            }
            _ = try await vader.node.change(transfer: "\(queued.number)", .cancel)
            #expect(try await vader.node.transfers().isEmpty)
            #expect(try vader.read("a") == bytes)
        }
    }

    @Test func whatCannotBeMeantIsSaidAtOnce() async throws {
        try await with { hans, vader, _ in
            try await hans.publish("a", [1, 2])
            try vader.write("a", [3])
            await #expect(throws: NodeFailure.targetExists(path: vader.path("a"))) { try await enqueue("a", vader) }
            await #expect(throws: NodeFailure.notFound(name: "b", absent: [])) { try await enqueue("b", vader) }
            await #expect(throws: NodeFailure.noSuchTransfer("b")) {
                _ = try await vader.node.change(transfer: "b", .resume)
            }
            #expect(try await vader.node.transfers().isEmpty)
        }
    }

    @Test func whatFailsAtOnceIsToldWithItsReason() async throws {
        try await with { hans, vader, _ in
            try await hans.publish("a", [1, 2])
            let name = String(repeating: "n", count: 300)
            // Which is over first, keeping the transfer or its end, is chance.
            for _ in 0..<20 {
                let failure = try await vader.failure("a", output: name)
                guard case .nameTooLong = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
            }
        }
    }

    @Test func whoFetchesWhatItsOwnerReplacesIsToldSo() async throws {
        try await with(slow: true) { hans, vader, _ in
            try await hans.publish("a", content(2_000_000, seed: 2))
            async let failure = vader.failure("a")
            try await hasBegun("a", vader)
            try await hans.publish("a", content(2_000_000, seed: 3))
            guard case .sourcesLost("a", _, _, _, let reasons, _, _, _) = try await failure else {
                Issue.record("what is not there any more was fetched")
                return
            }
            #expect(reasons.contains("hans has something else under this name by now"), "\(reasons)")
        }
    }

    @Test func itIsPausedResumedAndCancelled() async throws {
        try await with(slow: true) { hans, vader, _ in
            try await hans.publish("a", content(2_000_000, seed: 2))
            _ = try await enqueue("a", vader)
            try await hasBegun("a", vader)
            #expect(try await vader.node.change(transfer: "a", .pause).state == .paused)
            try await eventually("it lets go of its file") { try await state("a", vader) == .paused }
            let kept = try #require(try await vader.node.transfers().first).done
            #expect(kept > 0)
            #expect([.active, .queued].contains(try await vader.node.change(transfer: "a", .resume).state))
            try await eventually("it goes on") { try await state("a", vader) == .active }
            try await vader.node.setLimits(NodeLimits())
            try await eventually("it is whole") { try await state("a", vader) == .finished }

            try await vader.node.setLimits(NodeLimits(downward: 200_000))
            try await hans.publish("b", content(2_000_000, seed: 3))
            _ = try await enqueue("b", vader)
            try await hasBegun("b", vader)
            _ = try await vader.node.change(transfer: "b", .cancel)
            #expect(try await state("b", vader) == nil)
            #expect(try partials(in: vader.home).isEmpty)
            // What is asked for once more begins once more.
            _ = try await enqueue("b", vader)
            try await hasBegun("b", vader)
        }
    }

    private func partials(in home: TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: home.path).filter { $0.hasPrefix(".bittrickle") }
    }

    /// Neither what is cancelled right before the end, nor what is as soon as it goes on.
    @Test func whatIsCancelledDoesNotComeBack() async throws {
        try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            try await hans.signedIn {
                for (seed, name) in ["a", "b"].enumerated() {
                    try await hans.publish(name, content(2_000_000, seed: 12 + UInt64(seed)))
                }
                let home = try TemporaryDirectory()
                let first = try TestNode("vader", port: server.port, home: home)
                try await first.signedIn {
                    try await first.node.setLimits(NodeLimits(downward: 200_000))
                    for name in ["a", "b"] { _ = try await enqueue(name, first) }
                    for name in ["a", "b"] { try await hasBegun(name, first) }
                    _ = try await first.node.change(transfer: "a", .cancel)
                }
                #expect(try partials(in: home).count == 2)
                let second = try TestNode("vader", port: server.port, home: home)
                try await second.signedIn {
                    #expect(try await second.node.transfers().map(\.name) == ["b"])
                    _ = try await second.node.change(transfer: "b", .cancel)
                    #expect(try partials(in: home).isEmpty)
                }
                let third = try TestNode("vader", port: server.port, home: home)
                #expect(try await third.signedIn { try await third.node.transfers() }.isEmpty)
            }
        }
    }

    @Test func aFolderGetsAContentOnceAtATime() async throws {
        try await with(slow: true) { hans, vader, _ in
            let bytes = content(2_000_000, seed: 14)
            for name in ["a", "same"] { try await hans.publish(name, bytes) }
            let number = try #require(try await enqueue("a", vader)).number
            try await hasBegun("a", vader)
            let refusal = NodeFailure.queuedAlready(number: number, path: vader.path("a"))
            #expect(try await vader.failure("same") == refusal)
            #expect(try await vader.failure("a", output: "b") == refusal)
            await #expect(throws: refusal) { try await enqueue("same", vader) }
            #expect(try await enqueue("a", vader)?.number == number)
            // What has failed goes on under the new name, with what it has.
            _ = try await vader.node.change(transfer: "a", .pause)
            try vader.write("a", [1])
            _ = try await vader.node.change(transfer: "a", .resume)
            let failure = NodeFailure.targetExists(path: vader.path("a"))
            try await eventually("its place is taken") { try await state("a", vader) == .failed(failure) }
            try await vader.node.setLimits(NodeLimits())
            #expect(
                try await vader.get("same")
                    == .completed(
                        name: "same", path: vader.path("same"), size: 2_000_000, files: nil, sources: ["hans"]))
            #expect(try vader.read("same") == bytes && vader.read("a") == [1])
            #expect(try await vader.node.transfers().map(\.number) == [number])
        }
    }

    /// Records of an earlier version may hold such.
    @Test func whoSharesAPartialFileKeepsItWhenTheOtherIsCancelled() async throws {
        try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            let bytes = content(2_000_000, seed: 15)
            try await hans.signedIn {
                try await hans.publish("a", bytes)
                let home = try TemporaryDirectory()
                let first = try TestNode("vader", port: server.port, home: home)
                try await first.signedIn {
                    try await first.node.setLimits(NodeLimits(downward: 200_000))
                    _ = try await enqueue("a", first)
                    try await hasBegun("a", first)
                    _ = try await first.node.change(transfer: "a", .pause)
                }
                let path = first.path("state/\(server.pin)/user-vader/published.sqlite")
                let records = TransferRecords(beside: try PublishedFiles(path: path))
                var copy = try #require(try await records.all().first)
                let done = copy.verified
                (copy.number, copy.target) = (copy.number + 1, "b")
                try await records.store(copy)
                let second = try TestNode("vader", port: server.port, home: home)
                try await second.signedIn {
                    _ = try await second.node.change(transfer: "\(copy.number)", .cancel)
                    #expect(try partials(in: home).count == 2)
                    _ = try await second.node.change(transfer: "a", .resume)
                    try await hasBegun("a", second)
                    #expect(try await second.node.transfers().map { $0.done >= done } == [true])
                    _ = try await second.node.change(transfer: "a", .cancel)
                    #expect(try partials(in: home).isEmpty)
                }
            }
        }
    }

    @Test func soManyAreActive() async throws {
        try await with(slow: true) { hans, vader, _ in
            var limits = try await vader.node.limits()
            limits.active = 1
            try await vader.node.setLimits(limits)
            for (seed, name) in ["a", "b", "c"].enumerated() {
                try await hans.publish(name, content(600_000, seed: UInt64(seed)))
                _ = try await enqueue(name, vader)
            }
            try await hasBegun("a", vader)
            #expect(try await vader.node.transfers().map(\.state) == [.active, .queued, .queued])
            _ = try await vader.node.change(transfer: "c", .prioritise(.high))
            #expect(try await vader.node.transfers().map(\.name) == ["c", "a", "b"])
            try await vader.node.setLimits(NodeLimits(active: 1))
            try await eventually("all are whole") {
                try await vader.node.transfers().allSatisfy { $0.state == .finished }
            }
            #expect(vader.notices.all.count == 3)
        }
    }

    private func partial(_ node: TestNode, _ suffix: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: node.home.path)
        return try #require(names.first { $0.hasPrefix(".bittrickle") && $0.hasSuffix(suffix) })
    }

    /// Whether they delete it, or write into it, what others do to a partial file is noticed.
    @Test(arguments: ["deleted", "spoiled"]) func whatBecameOfItMeanwhileIsNoticed(how: String) async throws {
        try await with(slow: true) { hans, vader, _ in
            let bytes = content(2_000_000, seed: 9)
            try await hans.publish("a", bytes)
            _ = try await enqueue("a", vader)
            try await hasBegun("a", vader)
            _ = try await vader.node.change(transfer: "a", .pause)
            if how == "deleted" {
                for suffix in [".part", ".have"] { try vader.remove(try partial(vader, suffix)) }
            } else {
                try vader.write(try partial(vader, ".part"), [UInt8](repeating: 0, count: 2_000_000))
            }
            try await vader.node.setLimits(NodeLimits())
            _ = try await vader.node.change(transfer: "a", .resume)
            try await eventually("it is whole") { try await state("a", vader) == .finished }
            #expect(try vader.read("a") == bytes)
        }
    }

    @Test func whatTookItsPlaceMeanwhileIsNotTouched() async throws {
        try await with(slow: true) { hans, vader, _ in
            try await hans.publish("a", content(2_000_000, seed: 10))
            let number = try #require(try await enqueue("a", vader)).number
            try await hasBegun("a", vader)
            _ = try await vader.node.change(transfer: "\(number)", .pause)
            try vader.write("a", [1])
            try await vader.node.setLimits(NodeLimits())
            _ = try await vader.node.change(transfer: "\(number)", .resume)
            let failure = NodeFailure.targetExists(path: vader.path("a"))
            try await eventually("it is told") { vader.notices.contains(.downloadFailed(name: "a", failure: failure)) }
            #expect(try await state("a", vader) == .failed(failure))
            #expect(try vader.read("a") == [1])
            try vader.remove("a")
            _ = try await vader.node.change(transfer: "\(number)", .resume)
            try await eventually("it is whole") { try await state("a", vader) == .finished }
        }
    }

    @Test func whatIsNotServedIsNotToBeHad() async throws {
        try await with { hans, vader, port in
            try await hans.publish("a", content(100_000, seed: 11))
            try await vader.get("a")
            try await vader.publish("b", [1, 2, 3])
            try await vader.node.setLimits(NodeLimits(upward: 0))
            let asker = try await BadPeer("leia", port: port)
            let (one, name) = (try BadSource(content(100_000, seed: 11), .honest).content, try FileName("b"))
            #expect(try await asker.client.holders(one).map(\.user.text) == ["hans"])
            #expect(try await asker.client.lookup(name).allSatisfy { $0.absentSince != nil })
            guard case .notFound(_, let absent) = try await hans.failure("b") else {
                Issue.record("vader serves")
                return
            }
            #expect(absent.map(\.name) == ["vader"] && absent.map(\.isOnline) == [true])
            // What is published meanwhile is published, and not served.
            try await vader.publish("c", [4])
            #expect(try await asker.client.lookup(FileName("c")).allSatisfy { $0.absentSince != nil })
            try await vader.node.setLimits(NodeLimits())
            #expect(Set(try await asker.client.holders(one).map(\.user.text)) == ["hans", "vader"])
            for name in ["b", "c"] { try await hans.get(name) }
            await asker.client.goodbye()
        }
    }

    /// Why a `get` ended whose user did not wait for more than a part.
    private func interruption(of name: String, _ node: TestNode) async -> NodeFailure? {
        let begun = Flag()
        return await withTaskGroup(of: NodeFailure?.self) { group in
            group.addTask {
                do {
                    _ = try await node.node.download(DownloadRequest(name: name, directory: node.home.path)) {
                        if $0.done > 0 { begun.raise() }
                    }
                    return nil
                } catch { return error as? NodeFailure }
            }
            await begun.isRaised()
            group.cancelAll()
            return await group.next() ?? nil
        }
    }

    @Test func whatWentOnBeforeSomebodyWaitedGoesOnWhenHeIsInterrupted() async throws {
        try await with(slow: true) { hans, vader, _ in
            try await hans.publish("a", content(2_000_000, seed: 16))
            let number = try #require(try await enqueue("a", vader)).number
            try await hasBegun("a", vader)
            #expect(await interruption(of: "a", vader) == .leftRunning(name: "a", number: number))
            #expect(try await state("a", vader) == .active)
            try await vader.node.setLimits(NodeLimits())
            try await eventually("it is whole") { try await state("a", vader) == .finished }
        }
    }

    @Test func whoIsInterruptedFindsItPaused() async throws {
        try await with(slow: true) { hans, vader, _ in
            let bytes = content(2_000_000, seed: 4)
            try await hans.publish("a", bytes)
            #expect(await interruption(of: "a", vader) == .cancelled)
            let paused = try #require(try await vader.node.transfers().first)
            #expect(paused.state == .paused && paused.done > 0)
            try await vader.node.setLimits(NodeLimits())
            let outcome = try await vader.get("a")
            #expect(
                outcome
                    == .completed(name: "a", path: vader.path("a"), size: 2_000_000, files: nil, sources: ["hans"]))
            #expect(try vader.read("a") == bytes)
        }
    }

    /// His node ended, and he asks the next one for it, in which it goes on already.
    @Test(arguments: [false, true]) func whoLostHisNodeIsTheOneWhoWaits(wasQueued: Bool) async throws {
        try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            try await hans.signedIn {
                try await hans.publish("a", content(2_000_000, seed: 5))
                let home = try TemporaryDirectory()
                let first = try TestNode("vader", port: server.port, home: home)
                let get = Waiter(DownloadRequest(name: "a", directory: home.path), first)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await first.signedIn {
                        try await first.node.setLimits(NodeLimits(downward: 200_000))
                        if wasQueued {
                            _ = try await enqueue("a", first)
                            try await hasBegun("a", first)
                        }
                        group.addTask { await get.run() }
                        try await hasBegun("a", first)
                        try await eventually("it is watched") { !get.said.isEmpty }
                    }
                    try await group.waitForAll()
                }
                #expect(get.outcome == .failure(.cancelled))
                let second = try TestNode("vader", port: server.port, home: home)
                try await second.signedIn {
                    let before = try await state("a", second)
                    #expect(before == .active)
                    let failure = await interruption(of: "a", second)
                    #expect(failure == (wasQueued ? .leftRunning(name: "a", number: 1) : .cancelled))
                    let after = try await state("a", second)
                    #expect(after == (wasQueued ? .active : .paused))
                }
            }
        }
    }

    @Test func whatIsNotFinishedGoesOnAfterTheNextLogin() async throws {
        try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            let (one, two) = (content(2_000_000, seed: 5), content(2_000_000, seed: 6))
            try await hans.signedIn {
                try await hans.publish("a", one)
                try await hans.publish("b", two)
                try await hans.publish("c", [1])
                let home = try TemporaryDirectory()
                let first = try TestNode("vader", port: server.port, home: home)
                try await first.signedIn {
                    try await first.node.setLimits(NodeLimits(downward: 300_000, slots: 5, active: 2))
                    for name in ["a", "b"] { _ = try await enqueue(name, first) }
                    for name in ["a", "b"] { try await hasBegun(name, first) }
                    _ = try await first.node.change(transfer: "b", .limit(.down, 100_000))
                    _ = try await first.node.change(transfer: "b", .pause)
                }
                let second = try TestNode("vader", port: server.port, home: home)
                try await second.signedIn {
                    #expect(
                        try await second.node.limits() == NodeLimits(downward: 300_000, slots: 5, active: 2))
                    let all = try await second.node.transfers()
                    #expect(all.map(\.name) == ["a", "b"])
                    #expect(all.map(\.downward) == [nil, 100_000])
                    #expect(all.allSatisfy { $0.done > 0 && $0.done < 2_000_000 })
                    #expect(all[1].state == .paused)
                    try await second.node.setLimits(NodeLimits())
                    try await eventually("a is whole") { try await state("a", second) == .finished }
                    #expect(try second.read("a") == one)
                    #expect(try await state("b", second) == .paused)
                    _ = try await second.node.change(transfer: "b", .limit(.down, nil))
                    _ = try await second.node.change(transfer: "b", .resume)
                    try await eventually("b is whole") { try await state("b", second) == .finished }
                    #expect(try second.read("b") == two)
                }
                let third = try TestNode("vader", port: server.port, home: home)
                let rest = try await third.signedIn { try await third.node.transfers() }
                #expect(rest.isEmpty)
            }
        }
    }

    @Test func whoseSourcesGoWaitsForThemAndLetsOthersGoFirst() async throws {
        try await network.running { server in
            let (one, two) = (content(2_000_000, seed: 7), content(1_000_000, seed: 8))
            let vader = try TestNode("vader", port: server.port)
            let hans = try TestNode("hans", port: server.port)
            let leia = try TestNode("leia", port: server.port)
            let home = hans.home
            try await vader.signedIn {
                try await vader.node.setLimits(NodeLimits(downward: 200_000, active: 1))
                try await hans.signedIn {
                    try await hans.publish("a", one)
                    _ = try await enqueue("a", vader)
                    try await hasBegun("a", vader)
                }
                try await leia.signedIn {
                    try await vader.node.setLimits(NodeLimits(active: 1))
                    try await leia.publish("b", two)
                    _ = try await enqueue("b", vader)
                    try await eventually("b goes first", within: .seconds(30)) {
                        try await state("b", vader) == .finished
                    }
                    #expect(try await state("a", vader) == .waiting)
                }
                guard case .waitsInQueue("a", _, _, _, let absent) = try await vader.failure("a") else {
                    Issue.record("nobody has it")
                    return
                }
                #expect(absent.map(\.name) == ["hans"] && absent.map(\.isOnline) == [false])
                let back = try TestNode("hans", port: server.port, home: home)
                try await back.signedIn {
                    try await eventually("a goes on", within: .seconds(60)) {
                        try await state("a", vader) == .finished
                    }
                }
                #expect(try vader.read("a") == one)
            }
        }
    }
}
