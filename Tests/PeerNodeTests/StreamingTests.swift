import Content
import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing
import Transfer

/// Files that are read while they come.
@Suite(.timeLimit(.minutes(2))) struct StreamingTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// - Parameter slow: vader gets a MB a second, so that what comes first is told from what comes last.
    private func with(
        slow: Bool = false, _ body: (_ hans: TestNode, _ vader: TestNode) async throws -> Void
    ) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                if slow { try await nodes[1].node.setLimits(NodeLimits(downward: 1_000_000)) }
                try await body(nodes[0], nodes[1])
            }
        }
    }

    private func open(_ name: String, _ node: TestNode) async throws -> any FileStream {
        try await node.node.open(name: name, directory: node.home.path)
    }

    private func failure(_ body: () async throws -> Void) async throws -> NodeFailure? {
        do { try await body() } catch let failure as NodeFailure { return failure }
        return nil
    }

    /// So many bytes, in as many reads as it takes.
    private func read(_ stream: any FileStream, at offset: Int, _ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try await stream.read(at: Int64(offset + bytes.count), upTo: count - bytes.count)
            guard !more.isEmpty else { break }
            bytes += more
        }
        return bytes
    }

    private func isFinished(_ node: TestNode) async throws -> Bool {
        try await node.node.transfers().map(\.state) == [.finished]
    }

    // MARK: What comes

    @Test func whatIsReadComesLongBeforeTheWhole() async throws {
        try await with(slow: true) { hans, vader in
            let bytes = content(32 << 20, seed: 1)
            try await hans.publish("film", bytes)
            let stream = try await open("film", vader)
            #expect(stream.name == "film" && stream.size == Int64(bytes.count))
            for offset in [0, bytes.count / 2 + 12_345, bytes.count - 50_000] {
                #expect(try await read(stream, at: offset, 50_000) == Array(bytes[offset..<offset + 50_000]))
            }
            // Another reader of the same transfer.
            let other = try await open("film", vader)
            let offset = bytes.count / 4
            async let more = read(other, at: offset, 50_000)
            #expect(try await read(stream, at: 50_000, 50_000) == Array(bytes[50_000..<100_000]))
            #expect(try await more == Array(bytes[offset..<offset + 50_000]))
            let status = try #require(try await vader.node.transfers().first)
            #expect(status.done < Int64(bytes.count) / 2)
            #expect(status.name == "film" && status.state == .active && status.path == vader.path("film"))
            #expect(try await stream.read(at: stream.size, upTo: 1) == [])
            #expect(try await stream.read(at: -1, upTo: 1) == [])
            #expect(try await stream.read(at: 0, upTo: 0) == [])

            // Who stops reading stops nothing.
            await stream.close()
            await other.close()
            #expect(try await failure { _ = try await stream.read(at: 0, upTo: 1) } == .cancelled)
            try await vader.node.setLimits(NodeLimits())
            try await eventually("it is told") {
                vader.notices.contains(.downloaded(name: "film", path: vader.path("film")))
            }
            #expect(try vader.read("film") == bytes)
        }
    }

    @Test func itIsReadThroughWhileItGetsItsNameAndAfterwards() async throws {
        try await with { hans, vader in
            let bytes = content(5_000_000, seed: 2)
            try await hans.publish("film", bytes)
            let stream = try await open("film", vader)
            #expect(try await read(stream, at: 0, bytes.count + 1) == bytes)
            try await eventually("it is whole") { try await isFinished(vader) }
            #expect(try await read(stream, at: 4_000_000, 2_000_000) == Array(bytes[4_000_000...]))
            // What is here is read from where it is.
            let again = try await open("film", vader)
            #expect(try await read(again, at: 0, bytes.count) == bytes)
            #expect(try await vader.node.transfers().count == 1)
            try vader.write("film", [1, 2, 3])
            let path = vader.path("film")
            for one in [stream, again] {
                #expect(
                    try await failure { _ = try await one.read(at: 0, upTo: 10) } == .changedWhileReading(path: path))
            }
            #expect(try await failure { _ = try await open("film", vader) } == .targetExists(path: path))
        }
    }

    @Test func whenNobodyGivesAnythingItSaysSo() async throws {
        try await network.running { server in
            let isImpatient: (inout NodeConfiguration) -> Void = { $0.downloads.patience = .seconds(1) }
            try await withNodes(["vader"], port: server.port, change: isImpatient) { nodes in
                let vader = nodes[0]
                try await vader.node.setLimits(NodeLimits(downward: 500_000))
                let hans = try TestNode("hans", port: server.port)
                let bytes = content(8 << 20, seed: 3)
                let stream = try await hans.signedIn {
                    try await hans.publish("film", bytes)
                    let stream = try await open("film", vader)
                    #expect(try await read(stream, at: 0, 20_000) == Array(bytes[..<20_000]))
                    return stream
                }
                guard
                    case .sourcesLost("film", _, let done, 8_388_608, [], ["hans"], .some(["hans"]), nil) =
                        try await failure(
                            {
                                _ = try await read(stream, at: bytes.count - 20_000, 20_000)
                            })
                else {
                    Issue.record("what nobody gives was read")
                    return
                }
                #expect(done > 0)
                // What came is still there, and the transfer waits for somebody.
                #expect(try await read(stream, at: 0, 20_000) == Array(bytes[..<20_000]))
                #expect(try await vader.node.transfers().count == 1)
                await stream.close()
            }
        }
    }

    @Test func whoPausesTheTransferEndsTheReading() async throws {
        try await with(slow: true) { hans, vader in
            let bytes = content(8 << 20, seed: 4)
            try await hans.publish("film", bytes)
            let stream = try await open("film", vader)
            _ = try await read(stream, at: 0, 20_000)
            async let ending = failure { _ = try await read(stream, at: 6_000_000, 2_000_000) }
            _ = try await vader.node.change(transfer: "film", .pause)
            #expect(try await ending == .cancelled)
            // When it goes on, so does the stream.
            _ = try await vader.node.change(transfer: "film", .resume)
            try await eventually("it goes on") { try await vader.node.transfers().first?.state == .active }
            #expect(try await read(stream, at: 7_000_000, 20_000) == Array(bytes[7_000_000..<7_020_000]))
            // Who opens it again resumes it himself.
            _ = try await vader.node.change(transfer: "film", .pause)
            let other = try await open("film", vader)
            #expect(try await read(other, at: 4_000_000, 20_000) == Array(bytes[4_000_000..<4_020_000]))
            #expect(try await vader.node.transfers().count == 1)
            _ = try await vader.node.change(transfer: "film", .cancel)
            #expect(try await failure { _ = try await read(other, at: 8_000_000, 20_000) } == .cancelled)
        }
    }

    @Test func whoIsCancelledWaitsNoLonger() async throws {
        try await with(slow: true) { hans, vader in
            try await hans.publish("film", content(8 << 20, seed: 5))
            let stream = try await open("film", vader)
            let failure = await withTaskGroup(of: NodeFailure?.self) { group in
                group.addTask { try? await self.failure { _ = try await self.read(stream, at: 4 << 20, 4 << 20) } }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(failure == .cancelled)
            #expect(try await vader.node.transfers().map(\.state) == [.active])
        }
    }

    // MARK: What is here

    @Test func onesOwnIsReadFromWhereItLies() async throws {
        try await with { hans, vader in
            let bytes = content(3_000_000, seed: 6)
            try await vader.publish("mine", bytes)
            try await hans.publish("mine", [1])
            let stream = try await open("mine", vader)
            #expect(try await read(stream, at: 0, bytes.count + 1) == bytes)
            #expect(try await stream.read(at: 0, upTo: .max).count == 1 << 20)
            try await vader.publish("nothing", [])
            #expect(try await open("nothing", vader).read(at: 0, upTo: 1) == [])
            #expect(try await vader.node.transfers().isEmpty)
            await stream.close()
            #expect(try await failure { _ = try await stream.read(at: 0, upTo: 1) } == .cancelled)
        }
    }

    @Test func whatStandsThereAlreadyIsReadThroughOnce() async throws {
        try await with { hans, vader in
            let bytes = content(100_000, seed: 7)
            try await hans.publish("a", bytes)
            try vader.write("a", bytes)
            for _ in 0..<2 {
                let stream = try await open("a", vader)
                #expect(try await read(stream, at: 0, bytes.count) == bytes)
            }
            #expect(try await vader.node.transfers().isEmpty)
            #expect(try await failure { _ = try await open("a/b", vader) } == .notInFolder(name: "a", path: "b"))
            for name in ["b", "/etc/passwd", "../a", ""] {
                #expect(try await failure { _ = try await open(name, vader) } == .notFound(name: name, absent: []))
            }
        }
    }

    @Test func filesInFoldersAreReadByThemselves() async throws {
        try await with { hans, vader in
            let film = content(6_000_000, seed: 8)
            let small = content(40_000, seed: 9)
            try hans.make("films", [("a/film", film), ("b/small", small), ("b/empty", [])])
            _ = try await hans.node.publish(path: hans.path("films")) { _ in }
            for (node, place) in [(hans, "own"), (vader, "another's")] {
                let stream = try await open("films/a/film", node)
                #expect(stream.name == "film" && stream.size == 6_000_000)
                #expect(try await read(stream, at: 5_000_000, 20_000) == Array(film[5_000_000..<5_020_000]), "\(place)")
                #expect(try await read(stream, at: 0, film.count + 1) == film, "\(place)")
                #expect(try await read(open("films/b/small", node), at: 0, 50_000) == small, "\(place)")
                #expect(try await read(open("films/b/empty", node), at: 0, 1) == [], "\(place)")
                #expect(try await failure { _ = try await open("films/b", node) } == .isDirectory(path: "films/b"))
                #expect(
                    try await failure { _ = try await open("films/c", node) } == .notInFolder(name: "films", path: "c"))
            }
            #expect(try await hans.node.transfers().isEmpty)
            try await eventually("they are whole") {
                try await vader.node.transfers().map(\.state) == [.finished, .finished]
            }
            #expect(try vader.read("film") == film && vader.read("small") == small)
        }
    }
}
