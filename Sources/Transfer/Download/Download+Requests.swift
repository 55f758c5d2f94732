import Content
import Wire

/// Links are asked: once for all that happened together.
extension Download {
    /// Those that reject come last: two of them would else take the last block back again and again, in both its
    /// copies, before a link is asked that would send it.
    mutating func askAll(at now: Duration) {
        // A new source is dirty, so that hashes are asked of it; who was asked before is asked again when time passes.
        guard !dirty.isEmpty else { return }
        askForLayers(at: now)
        let order = dirty.compactMap { id in links.with(id) { (rejects: $0.rejects, id: id) } }
        for (_, id) in order.sorted(by: { ($0.rejects, $0.id) < ($1.rejects, $1.id) }) {
            askHashes(id, at: now)
            guard links.with(id, { $0.isReady }) == true else { continue }
            dirty.remove(id)
            askBlocks(id, at: now)
        }
    }

    /// A bounded number of runs at a time.
    private mutating func askForLayers(at now: Duration) {
        while inquiries.count < limits.openInquiries, let run = layer.next() {
            inquiries.want(run.range, of: run.root, for: .layer, at: now)
        }
    }

    private mutating func askHashes(_ id: LinkID, at now: Duration) {
        guard !inquiries.isEmpty, links[id]?.isAnnounced == true else { return }
        for request in inquiries.take(for: id, at: now) {
            links[id]?.hashDebts += 1
            send(.hashRequest(request), to: id)
        }
    }

    private mutating func askBlocks(_ id: LinkID, at now: Duration) {
        let linkCount = links.count
        let asked = links.with(id) { source in
            source.window.isOne(of: linkCount)
            return (space: source.window.space, pieces: source.pieces, successor: source.successor)
        }
        guard let (space, having, successor) = asked, space > 0 else { return }
        let pieces = offered(having, besides: successor)
        let mayStartUnproven = table.unverifiedSize < limits.unprovenBudget
        let layer = layer
        var blocks = takeLate(space, for: id, having: pieces)
        if blocks.count < space {
            blocks += picker.pick(space - blocks.count, for: id, having: pieces, of: having, from: &table) {
                mayStartUnproven || layer[$0] != nil
            }
        }
        if blocks.isEmpty, picker.isNothingLeft {
            blocks = endgame(id, having: pieces)
            for block in blocks { table.set(block, to: .requested(links: Endgame.copies)) }
        }
        links.with(id) { source in
            for block in blocks { source.window.sent(block, at: now) }
            if source.window.openCount != 0 { source.idleSince = now }
        }
        for block in blocks { send(.request(geometry.request(for: block)), to: id) }
    }

    private func endgame(_ id: LinkID, having pieces: PieceSet) -> [BlockIndex] {
        guard let window = links[id]?.window, window.openCount * 4 <= window.limit else { return [] }
        let others = links.lazy.filter { $0.key != id }.map(\.value.window)
        return Endgame.pick(window.space, secondsLeft: window.secondsLeft, from: others) { block in
            // One link at most has it open, so that this makes two.
            guard case .requested(1) = table.state(of: block) else { return false }
            return pieces.contains(geometry.piece(of: block)) && !window.contains(block)
        }
    }

    mutating func rejected(_ request: BlockRequest, _ id: LinkID, at now: Duration) {
        guard let abilities = links[id]?.abilities else { return }
        guard abilities.fast, let block = geometry.block(for: request) else {
            return violated(.unexpectedMessage, id, at: now)
        }
        links[id]?.rejects += 1
        if links[id]?.rejects ?? 0 > Source.rejectLimit { return close(id, .stalled, at: now) }
        if links[id]?.window.rejected(block) == true {
            picker.released(block, in: &table)
            offerAll()
        }
    }

    /// Makes all that a link has open available to others.
    mutating func takeBack(_ id: LinkID, cancelling: Bool) {
        for block in links[id]?.window.releaseAll() ?? [] {
            picker.released(block, in: &table)
            if cancelling { send(.cancel(geometry.request(for: block)), to: id) }
        }
    }
}
