import Content
import PeerNode
import Testing
import Transfer

/// What people read of why a source was given up.
struct LinkEndTests {
    static let ends: [LinkEnd] =
        [.closedByPeer, .transportFailed("errno: 104"), .stalled, .refused, .ended]
        + [
            LinkEnd.Violation.malformedMessage("tooLong(kind: Optional(9))"), .badBitfield, .pieceOutOfRange, .badBlock,
            .unrequestedBlocks, .badRequest, .requestFlood, .messageFlood, .unrequestedHashes, .badHashes,
            .unexpectedMessage,
        ].map { .violation($0) }

    @Test(arguments: ends)
    func isWordsOnly(end: LinkEnd) {
        #expect(end.sentence.allSatisfy { $0 == " " || $0 == "'" || $0 == "," || $0.isLowercase }, "\(end.sentence)")
        #expect(end.sentence.contains(" ") || end.sentence == "ended")
    }
}
