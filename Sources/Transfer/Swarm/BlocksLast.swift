package import Wire

extension [PeerMessage] {
    /// The same messages, those that somebody waits for ahead of the first block.
    ///
    /// A link that gives much would let its own requests wait behind what it gives: for a peer whose uplink is full that
    /// is long enough that others run out of what to send him. And what it tells of hashes others need before they can
    /// give anything. The order among these stays, and so does all in front of the first block, where the bitfield
    /// has to come first (BEP 3).
    package var blocksLast: [PeerMessage] {
        guard let first = firstIndex(where: \.isBlock), self[first...].contains(where: \.overtakes) else { return self }
        let behind = self[first...]
        return self[..<first] + behind.filter(\.overtakes) + behind.filter { !$0.overtakes }
    }
}

extension PeerMessage {
    fileprivate var isBlock: Bool { if case .piece = self { true } else { false } }

    fileprivate var overtakes: Bool {
        switch self {
        case .interested, .notInterested, .request, .cancel, .hashRequest, .hashes, .hashReject: true
        case .keepAlive, .choke, .unchoke, .have, .haveAll, .haveNone, .bitfield, .piece, .reject, .extended: false
        }
    }
}
