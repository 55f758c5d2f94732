import Content
import Wire

/// Who spoiled a piece: compares what its blocks hash to with the proven hashes of its blocks.
enum Blame {
    /// Blocks that are not the content's, by who sent them, the first block first.
    typealias Verdict = [(sender: MemberID, blocks: [FalseBlock])]

    /// - Parameters:
    ///   - stored: All blocks of the piece.
    ///   - proven: As many hashes, that lead to the hash of the piece.
    static func judge(
        _ piece: PieceIndex, stored: [(hash: Hash256, sender: MemberID)], proven: [Hash256], geometry: Geometry
    ) -> Verdict {
        var verdict: Verdict = []
        for (block, (received, expected)) in zip(geometry.blocks(of: piece), zip(stored, proven))
        where received.hash != expected {
            let lie = FalseBlock(block: block, received: received.hash, expected: expected)
            if let position = verdict.firstIndex(where: { $0.sender == received.sender }) {
                verdict[position].blocks.append(lie)
            } else {
                verdict.append((received.sender, [lie]))
            }
        }
        return verdict
    }

    /// The one who sent all blocks of a piece; nil where there are several.
    static func soleSender(of stored: [(hash: Hash256, sender: MemberID)]) -> MemberID? {
        guard let first = stored.first?.sender, stored.allSatisfy({ $0.sender == first }) else { return nil }
        return first
    }
}
