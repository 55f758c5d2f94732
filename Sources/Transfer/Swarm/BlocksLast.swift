package import Wire

extension [PeerMessage] {
    /// The same messages, those that somebody waits for ahead of the first block.
    ///
    /// A link that gives much would let its own requests wait behind what it gives: for a peer whose uplink is full that
    /// is long enough that others run out of what to send him. And what it tells of hashes others need before they can
    /// give anything. The order among these stays, and so does all in front of the first block, where the bitfield
    /// has to come first (BEP 3). Where an ``Upload`` counts messages, it counts them in the order before this: an answer
    /// that overtook counts as unsent a little longer.
    package var blocksLast: [PeerMessage] {
        guard let first = firstIndex(where: \.isBlock), self[first...].contains(where: \.overtakes) else { return self }
        let behind = self[first...]
        return self[..<first] + behind.filter(\.overtakes) + behind.filter { !$0.overtakes }
    }

    /// Divides them into portions of so many bytes of blocks, or a block more. What precedes the first block is one of its
    /// own, which need not wait until blocks may pass.
    package func portions(of limit: Int) -> [ArraySlice<PeerMessage>] {
        guard limit < .max else { return [self[...]] }
        var portions: [ArraySlice<PeerMessage>] = []
        var start = 0
        var size = 0
        for (position, message) in enumerated() {
            if portions.isEmpty, size == 0, start < position, message.isBlock {
                portions.append(self[start..<position])
                start = position
            }
            size += message.payloadSize
            guard size >= limit else { continue }
            portions.append(self[start...position])
            (start, size) = (position + 1, 0)
        }
        if start < count { portions.append(self[start...]) }
        return portions
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
