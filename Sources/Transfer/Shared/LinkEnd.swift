package import Content

/// Why a link was given up.
package enum LinkEnd: Hashable, Sendable {
    /// The peer closed it: expected at any time.
    case closedByPeer
    /// The transport failed; in words, for the log.
    case transportFailed(String)
    /// The peer broke the protocol.
    case violation(Violation)
    /// Requests stayed unanswered, or the peer offered nothing, for longer than the limits allow.
    case stalled
    /// Bytes that are not the content's, proven against its root: the first such block.
    case lied(BlockIndex)
    /// A better way to the same member took its place.
    case superseded
    /// A link of a member who lied before, or who is connected already.
    case refused
    /// The work is done, withdrawn or cancelled.
    case ended

    /// What a peer that keeps to BEP 3, 6, 10 and 52 never does.
    package enum Violation: Hashable, Sendable {
        case malformedMessage(String)
        /// A bitfield of the wrong length, with spare bits set, or after other messages.
        case badBitfield
        /// A piece number that the content does not have.
        case pieceOutOfRange
        /// A block that does not exist, or has another length.
        case badBlock
        /// More blocks that nobody asked for than cancelled requests explain.
        case unrequestedBlocks
        /// A request that the geometry does not know.
        case badRequest
        /// More requests than the announced queue holds.
        case requestFlood
        /// More messages without use than patience.
        case messageFlood
        /// Hashes that nobody asked for.
        case unrequestedHashes
        /// Hashes that do not lead to the root.
        case badHashes
        /// A message that only peers with BEP 6 may send, or one without meaning in its direction.
        case unexpectedMessage
    }
}
