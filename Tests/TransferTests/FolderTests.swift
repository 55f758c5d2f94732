import Content
import NIOCore
import TestKit
import Testing
import Transfer
import Wire

/// Folders as one swarm, whole downloads on virtual time.
struct FolderTests {
    private var random = SeededRandom.fresh()

    private static let pieceLength = 65_536
    /// At the borders of blocks and pieces.
    private static let sizes = [
        0, 1, 16_383, 16_384, 16_385, 0, 32_768, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 81_920, 7, 0,
    ]

    private mutating func folder() throws -> SimulatedContent {
        try SimulatedContent(fileSizes: Self.sizes, pieceLength: Self.pieceLength, using: &random)
    }

    @Test("One source gives a folder of files of every size, byte for byte, and what is needed to serve it")
    mutating func whole() throws {
        let content = try folder()
        var swarm = try SingleDownload(content, from: [try SimulatedPeer("hans")], seed: random.next())
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        #expect(swarm.isRight, "seed \(random.seed)")
        #expect(swarm.sent == content.bytes.count)
        #expect(swarm.me.summary?.hashes == content.hashes)
        #expect(swarm.me.summary?.size == Int64(content.bytes.count))
    }

    @Test("Every block of the last pieces, spoiled, is found and its sender convicted: also in files that are smaller")
    mutating func liar() throws {
        let content = try folder()
        for block in 0..<content.geometry.blockCount {
            var swarm = try SingleDownload(
                content,
                from: [try SimulatedPeer("liar", .lies([block])), try SimulatedPeer("hans", joins: .seconds(2))],
                seed: random.next())
            swarm.redials = true
            #expect(swarm.run() == .finished, "seed \(random.seed)")
            #expect(swarm.isRight, "seed \(random.seed)")
            #expect(swarm.me.liars == [try #require(UserName("liar")): [block]], "block \(block), seed \(random.seed)")
        }
    }

    @Test("Blocks of small files that follow each other are asked for, read and stored together")
    mutating func smallFiles() throws {
        let content = try SimulatedContent(
            fileSizes: Array(repeating: 4_096, count: 2_000), pieceLength: Self.pieceLength, using: &random)
        var download = Download(layout: content.layout, seed: 1)
        let hans = try #require(UserName("hans"))
        let id = LinkID(0)
        let actions = download.take(
            [.opened(id, member: hans, abilities: PeerAbilities()), .received(id, [.haveAll, .unchoke])], at: .zero)
        var upload = Upload(
            of: content.layout, holding: .all, offering: .all, hashes: content.hashes, abilities: PeerAbilities())
        _ = upload.take([.received([.interested]), .slotGranted(wish: 1)], at: .zero)
        var requests: [PeerMessage] = []
        for case .send(id, let messages) in actions {
            requests += messages.filter { if case .request = $0 { true } else { false } }
        }
        #expect(requests.count == DownloadLimits().initialWindow)
        var runs: [BlockRun] = []
        for case .read(let run) in upload.take([.received(requests)], at: .zero) { runs.append(run) }
        let run = try #require(runs.first)
        // As many as are read at the beginning.
        let count = run.length / 4_096
        #expect(count > 1)
        #expect(run.length == count * 4_096)
        let parts = content.geometry.parts(offset: run.offset, length: run.length)
        #expect(parts.map(\.length) == Array(repeating: 4_096, count: count))
        let data = ByteBuffer(bytes: content.bytes[Int(run.offset)..<Int(run.offset) + run.length])
        var pieces: [PeerMessage] = []
        for case .send(let messages) in upload.take([.read(run, data)], at: .zero) { pieces += messages }
        var jobs: [StoreJob] = []
        for case .store(let job) in download.take([.received(id, pieces)], at: .zero) { jobs.append(job) }
        #expect(jobs.map(\.size) == [count * 4_096])
    }

    @Test("A folder of a hundred thousand files comes from two sources, or a part of it")
    mutating func manyFiles() throws {
        let count = Scale.count(100_000)
        let content = try SimulatedContent(fileSizes: Array(repeating: 100, count: count), using: &random)
        for wanted in [nil, Array(content.geometry.pieces.prefix(count / 3))] {
            var swarm = try SingleDownload(
                content, from: [try SimulatedPeer("hans"), try SimulatedPeer("yoda")], wanted: wanted,
                seed: random.next())
            #expect(swarm.run() == .finished, "seed \(random.seed)")
            #expect(swarm.isRight, "seed \(random.seed)")
        }
    }

    @Test("A chosen part comes, and nothing else is asked for or counted")
    mutating func part() throws {
        let content = try folder()
        let files = content.layout.files(below: [Array("b".utf8)])
        #expect(files == 8..<16)
        let wanted = Array(content.geometry.pieces(ofFiles: files))
        var swarm = try SingleDownload(
            content, from: [try SimulatedPeer("hans")], wanted: wanted, seed: random.next())
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        let start = Self.sizes[..<8].reduce(0, +)
        #expect(swarm.isRight)
        #expect(content.geometry.pieces(ofFiles: 0..<8).allSatisfy { !swarm.isRight($0) })
        #expect(swarm.sent == content.bytes.count - start)
        #expect(swarm.me.summary?.size == Int64(content.bytes.count - start))
        let asked = Set(try #require(swarm.sources.first).asked.map { Int($0.piece) })
        #expect(asked == Set(wanted.map(\.value)))
        let hashes = try #require(swarm.me.summary?.hashes)
        #expect(wanted.allSatisfy { hashes[$0] == content.hashes[$0] })
    }

    @Test("What was verified before counts where it is wanted, and where all wanted is there nothing is fetched")
    mutating func resumedPart() throws {
        let content = try folder()
        let pieces = Array(content.geometry.pieces)
        var swarm = try SingleDownload(
            content, from: [try SimulatedPeer("hans")], verified: Array(pieces.prefix(6)), wanted: Array(pieces[4..<8]),
            seed: random.next())
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        func size(_ pieces: ArraySlice<PieceIndex>) -> Int64 {
            pieces.reduce(0) { $0 + Int64(content.geometry.length(of: $1)) }
        }
        #expect(swarm.me.summary?.resumed == size(pieces[4..<6]))
        #expect(swarm.me.summary?.size == size(pieces[4..<8]))
        #expect(swarm.sent == Int(size(pieces[6..<8])))
        var there = try SingleDownload(
            content, from: [], verified: Array(pieces[4..<8]), wanted: Array(pieces[4..<8]), seed: random.next())
        #expect(there.run() == .finished)
        var nothing = try SingleDownload(content, from: [], wanted: [], seed: random.next())
        #expect(nothing.run() == .finished)
    }

    @Test("Files that are the same have their hashes asked for once")
    mutating func twins() throws {
        let content = try folder()
        let twin = content.layout.content(of: 9)
        let files = try (0..<5).map { number in
            try #require(FileTreeEntry(path: [Array("\(number)".utf8)], content: twin))
        }
        let info = try InfoDictionary.folder(files, pieceLength: Self.pieceLength, certificate: [])
        let layout = try #require(ContentLayout(info))
        var download = Download(layout: layout, seed: 1)
        let actions = download.take(
            [
                .opened(LinkID(0), member: try #require(UserName("hans")), abilities: PeerAbilities()),
                .received(LinkID(0), [.haveAll]),
            ], at: .zero)
        var asked: [HashRequest] = []
        for case .send(_, let messages) in actions {
            for case .hashRequest(let request) in messages { asked.append(request) }
        }
        #expect(asked.count == 1)
        let layer = try #require(content.hashes.layer(ofFile: 9))
        let range = try #require(HashRange.pieceLayer(of: layer.geometry).first)
        let answer = try #require(HashProver(layer)?.answer(to: range, blockHashes: []))
        _ = download.take([.received(LinkID(0), [.hashes(asked[0], answer)])], at: .zero)
        #expect(download.summary.hashes.isComplete)
    }

    @Test("Folders of many files of several pieces have a bounded number of runs asked for at the same time")
    mutating func manyLayers() throws {
        let content = try SimulatedContent(
            fileSizes: Array(repeating: 40_000, count: 500), pieceLength: 16_384, using: &random)
        var swarm = try SingleDownload(
            content, from: [try SimulatedPeer("hans"), try SimulatedPeer("yoda")], seed: random.next())
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        #expect(swarm.isRight)
        #expect(swarm.me.summary?.hashes == content.hashes)
    }

    @Test("Two who have no hashes yet ask each other with patience, until somebody comes who has them")
    mutating func patience() throws {
        let content = try SimulatedContent(
            fileSizes: Array(repeating: 40_000, count: 20), pieceLength: 16_384, using: &random)
        var seeder = try SimulatedPeer("seeder")
        seeder.joins = .seconds(25)
        let peers = try ["a", "b"].map { try SimulatedPeer($0, holding: .nothing) } + [seeder]
        var swarm = SwarmSimulator(content, peers, seed: random.next())
        let isDone = swarm.run()
        #expect(isDone && swarm.nodes.allSatisfy { $0.isWhole }, "seed \(random.seed)")
        for node in swarm.nodes {
            #expect(!node.ends.contains { if case .violation = $0 { true } else { false } }, "seed \(random.seed)")
        }
    }

    @Test("Random folders come whole from random sources of whom one is honest")
    mutating func randomFolders() throws {
        for _ in 0..<Scale.count(200) {
            let pieceLength = 16_384 << Int.random(in: 0...3, using: &random)
            let sizes = (0..<Int.random(in: 2...30, using: &random)).map { _ in
                let border = [0, 16_384, pieceLength, 3 * pieceLength].randomElement(using: &random) ?? 0
                return max(0, border + Int.random(in: -1...1, using: &random))
            }
            let content = try SimulatedContent(fileSizes: sizes + [1], pieceLength: pieceLength, using: &random)
            let blocks = content.geometry.blockCount
            let lies = Set((0..<3).map { _ in Int.random(in: 0..<blocks, using: &random) })
            let wanted = content.geometry.pieces.filter { _ in Bool.random(using: &random) }
            var swarm = try SingleDownload(
                content,
                from: [
                    try SimulatedPeer("honest", uplink: 1_000_000), try SimulatedPeer("liar", .lies(lies)),
                    try SimulatedPeer("leaver", .vanishes(afterBlocks: Int.random(in: 0...blocks, using: &random))),
                ], wanted: wanted, seed: random.next())
            swarm.redials = true
            #expect(swarm.run() == .finished, "seed \(random.seed), \(sizes)")
            #expect(swarm.isRight, "seed \(random.seed), \(sizes)")
            for (name, blocks) in swarm.me.liars {
                #expect(name.description == "liar" && blocks.isSubset(of: lies), "seed \(random.seed), \(sizes)")
            }
        }
    }
}
