import Content
import TestKit
import Testing
import Transfer
import Wire

/// What the answers to hash requests may take of memory and of the disk.
struct HashAnswerTests {
    private func upload(of content: SimulatedContent) -> Upload {
        var upload = Upload(
            of: content.layout, holding: .all, offering: .all, hashes: content.hashes,
            abilities: PeerAbilities())
        let first = sent(upload.take([], at: .zero))
        _ = upload.take([.sent(messages: first.count, bytes: 0)], at: .zero)
        return upload
    }

    private func sent(_ actions: [UploadAction]) -> [PeerMessage] {
        actions.flatMap { action -> [PeerMessage] in if case .send(let messages) = action { messages } else { [] } }
    }

    private func jobs(_ actions: [UploadAction]) -> [HashJob] {
        actions.compactMap { if case .hash(let job) = $0 { job } else { nil } }
    }

    @Test("A peer that takes no answers is made none beyond what may wait")
    func unsentAnswers() throws {
        var random = SeededRandom.fresh()
        let content = try SimulatedContent(size: 16 << 20, pieceLength: 1 << 15, using: &random)
        var upload = upload(of: content)
        let range = try #require(HashRange.pieceLayer(of: content.geometry).first)
        let request = HashRequest(
            root: content.content.root, baseLayer: UInt32(range.baseLayer), index: UInt32(range.index),
            length: UInt32(range.length), proofLayers: UInt32(range.proofLayers))
        let size = range.answerCount * Hash256.byteCount
        var answers = sent(upload.take([.received(Array(repeating: .hashRequest(request), count: 64))], at: .zero))
        #expect(answers.count * size >= 512 << 10)
        #expect((answers.count - 1) * size < 512 << 10)
        var count = answers.count
        // Each that was taken makes room for the next, until all have come.
        while !answers.isEmpty, count < 100 {
            answers = sent(upload.take([.sent(messages: 1, bytes: 0)], at: .zero))
            #expect(answers.count <= 1)
            count += answers.count
        }
        #expect(count == 64)
    }

    @Test("A link gets a bounded number of bytes hashed, and its other requests do not wait for that")
    func hashedBytes() throws {
        var random = SeededRandom.fresh()
        let content = try SimulatedContent(size: 5_000_001, pieceLength: 1 << 18, using: &random)
        let geometry = content.geometry
        var upload = upload(of: content)
        let piece = try #require(geometry.piece(3))
        let leaves = geometry.blocks(of: piece).map { Hash256(hashing: content.bytes(of: $0)) }
        let blocks = try #require(HashRange.blocks(of: piece, in: geometry))
        let request = HashRequest(
            root: content.content.root, baseLayer: 0, index: UInt32(blocks.index), length: UInt32(blocks.length),
            proofLayers: UInt32(blocks.proofLayers))
        var hashed = 0
        var actions = upload.take([.received([.hashRequest(request)])], at: .zero)
        while let job = jobs(actions).first {
            hashed += 1
            let answered = sent(actions).count
            actions = upload.take(
                [.sent(messages: answered, bytes: 0), .hashed(job, leaves), .received([.hashRequest(request)])],
                at: .zero)
        }
        #expect(hashed == (64 << 20) / geometry.pieceLength)
        let layer = try #require(HashRange.pieceLayer(of: geometry).first)
        let known = HashRequest(
            root: content.content.root, baseLayer: UInt32(layer.baseLayer), index: UInt32(layer.index),
            length: UInt32(layer.length), proofLayers: UInt32(layer.proofLayers))
        guard case .hashes(known, _) = sent(upload.take([.received([.hashRequest(known)])], at: .zero)).last else {
            Issue.record("it waits behind the dear one")
            return
        }
        #expect(jobs(upload.take([.tick], at: .seconds(1))).count == 1)
    }
}
