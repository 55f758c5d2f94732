import DirectoryServer
import Foundation
import NodeControl
import PeerNode
import TestKit
import Testing

/// Who asks with `get` for what he has begun and interrupted, while nobody is there who has it.
@Suite(.timeLimit(.minutes(2))) struct AskedAgainTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// Gets of vader that hans gave something of: each was interrupted before the next was begun.
    private func begin(_ requests: [DownloadRequest], _ vader: TestNode) async throws {
        try await vader.node.setLimits(NodeLimits(downward: 200_000))
        for (count, request) in requests.enumerated() {
            try FileManager.default.createDirectory(atPath: request.directory, withIntermediateDirectories: true)
            let get = Waiter(request, vader)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await get.run() }
                do {
                    try await eventually("\(request.name) begins") {
                        let transfers = try await vader.node.transfers()
                        return transfers.count == count + 1
                            && transfers.contains { $0.number == count + 1 && $0.done > 0 }
                    }
                } catch { Issue.record(error) }
                get.interrupt()
            }
            try await eventually("it is over") { get.outcome != nil }
        }
        try await vader.node.setLimits(NodeLimits())
    }

    private func states(_ vader: TestNode) async throws -> [TransferStatus.State] {
        try await vader.node.transfers().sorted { $0.number < $1.number }.map(\.state)
    }

    @Test func theOneOfTheSameFolderGoesOn() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                func request(_ folder: String) -> DownloadRequest {
                    DownloadRequest(name: "a", directory: vader.path(folder))
                }
                let hans = try TestNode("hans", port: server.port)
                try await hans.signedIn {
                    try await hans.publish("a", content(1_000_000, seed: 1))
                    try await begin([request("one"), request("two")], vader)
                }
                try FileManager.default.createDirectory(
                    atPath: vader.path("three"), withIntermediateDirectories: true)
                // What is paused stays so where it is not asked for.
                await #expect {
                    try await vader.node.download(request("three")) { _ in }
                } throws: { failure in
                    guard case NodeFailure.notFound("a", let absent) = failure else { return false }
                    return absent.map(\.name) == ["hans"]
                }
                #expect(try await states(vader) == [.paused, .paused])
                let get = Waiter(request("two"), vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await get.run() }
                    try await eventually("it is said for whom it waits", within: .seconds(30)) {
                        get.said.last?.waitsFor == ["hans"]
                    }
                    #expect(get.outcome == nil)
                    #expect(try await states(vader).first == .paused)
                    // What goes on elsewhere is told.
                    await #expect {
                        try await vader.node.download(request("three")) { _ in }
                    } throws: { failure in
                        guard case NodeFailure.waitsInQueue("a", 2, _, _, _) = failure else { return false }
                        return true
                    }
                    get.interrupt()
                    try await group.waitForAll()
                }
                #expect(try await states(vader) == [.paused, .paused])
            }
        }
    }

    /// Nobody publishes it any more, and whose it was is said all the same.
    @Test func ofWhatIsWithdrawnTheOwnerIsNamed() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                func owners() async throws -> [AbsentOwner]? {
                    let failure = try await vader.failure("a")
                    guard case .waitsInQueue("a", 1, 1..., 1_000_000, let owners) = failure else {
                        Issue.record("\(String(describing: failure))")
                        return nil
                    }
                    return owners
                }
                try await hans.signedIn {
                    try await hans.publish("a", content(1_000_000, seed: 1))
                    try await begin([DownloadRequest(name: "a", directory: vader.home.path)], vader)
                    try await hans.node.unpublish(name: "a")
                    #expect(try await owners() == [AbsentOwner(name: "hans", since: nil, isOnline: true)])
                }
                #expect(try await owners() == [AbsentOwner(name: "hans", since: nil)])
            }
        }
    }

    @Test func howeverItWasAskedForItGoesOn() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                try hans.make("music", [("song", content(1_000_000, seed: 4))])
                try hans.make("photos", [("one", content(1_000_000, seed: 5)), ("two", [1])])
                let requests = try await hans.signedIn {
                    try await hans.publish("a", content(1_000_000, seed: 1))
                    let root = try #require(try await hans.publish("b", content(1_000_000, seed: 2)).root)
                    try await hans.publish("c", content(1_000_000, seed: 3))
                    try await hans.node.share(path: hans.path("music"))
                    _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                    try await eventually("the names") {
                        try await vader.node.listings(matching: "song").listings.count == 1
                    }
                    let names: [(name: String, output: String?)] = [
                        ("a@hans", nil), ("b#\(root.prefix(6))", nil), ("c", "mine"), ("music@hans/song", nil),
                        ("photos@hans/one", nil),
                    ]
                    let requests = names.enumerated().map { number, name in
                        DownloadRequest(name: name.name, output: name.output, directory: vader.path("\(number)"))
                    }
                    try await begin(requests, vader)
                    return requests
                }
                #expect(try await states(vader) == Array(repeating: .paused, count: requests.count))
                // Under another name it would be another one.
                await #expect {
                    try await vader.node.download(
                        DownloadRequest(name: "c", output: "yours", directory: requests[2].directory)
                    ) { _ in }
                } throws: { failure in
                    guard case NodeFailure.notFound("c", _) = failure else { return false }
                    return true
                }
                let gets = requests.map { Waiter($0, vader) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for get in gets { group.addTask { await get.run() } }
                    for get in gets {
                        try await eventually("\(get.name) waits", within: .seconds(30)) {
                            #expect(get.outcome == nil)
                            return get.said.last?.waitsFor == ["hans"] || get.outcome != nil
                        }
                    }
                    let again = try TestNode("hans", port: server.port, home: hans.home)
                    try await again.signedIn { try await group.waitForAll() }
                }
                for get in gets {
                    guard case .success(.completed(_, _, 1_000_000, _, ["hans"])) = get.outcome else {
                        Issue.record("\(get.name): \(String(describing: get.outcome))")
                        continue
                    }
                }
                #expect(try await vader.node.transfers().count == requests.count)
                #expect(try vader.read("2/mine") == content(1_000_000, seed: 3))
            }
        }
    }

    /// Where nothing stays that would have it go on, whoever asks is kept waiting.
    @Test func whereNothingStaysItIsWaitedFor() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                let bytes = content(1_000_000, seed: 1)
                try await hans.signedIn {
                    try await hans.publish("a", bytes)
                    try await vader.node.setLimits(NodeLimits(downward: 200_000))
                    _ = try await vader.node.enqueue(DownloadRequest(name: "a", directory: vader.home.path))
                    try await eventually("it begins") { try await vader.node.transfers().contains { $0.done > 0 } }
                }
                let request = DownloadRequest(name: "a", directory: vader.home.path, waits: true)
                let (given, get) = (Waiter(request, vader), Waiter(request, vader))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for waiter in [given, get] {
                        group.addTask { await waiter.run() }
                        try await eventually("it is said for whom it waits", within: .seconds(30)) {
                            waiter.said.contains { $0.waitsFor == ["hans"] }
                        }
                    }
                    // With him nothing of his goes on.
                    given.interrupt()
                    try await eventually("it is over") { given.outcome == .failure(.cancelled) }
                    try await vader.node.setLimits(NodeLimits())
                    let again = try TestNode("hans", port: server.port, home: hans.home)
                    try await again.signedIn { try await group.waitForAll() }
                }
                guard case .success(.completed) = get.outcome else {
                    Issue.record("\(String(describing: get.outcome))")
                    return
                }
                #expect(try vader.read("a") == bytes)
            }
        }
    }
}
