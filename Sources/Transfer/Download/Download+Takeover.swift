import Content
import Wire

/// Where two links lead to one member for a moment, the better takes the place of the other, without a byte that is lost or comes
/// twice: what was asked for there comes from there, all else from the better one.
extension Download {
    mutating func settleTakeovers(at now: Duration) {
        let twins = Dictionary(grouping: links.keys) { id in links.with(id) { $0.member } }.values.filter {
            $0.count > 1
        }
        for ids in twins {
            let best = ids.filter(mayTakeOver).min { isBetter($0, than: $1) }
            for id in ids {
                let successor = best.flatMap { $0 != id && (isSilent(id) || !isBetter(id, than: $0)) ? $0 : nil }
                links[id]?.successor = successor
                if let successor, isDone(id, for: successor) { close(id, .superseded, at: now) }
            }
        }
    }

    /// What it may be asked for: of a link that gives way, only what its successor has not. (A holder that spreads its pieces tells
    /// each link of others; another device of the member may have fewer.)
    mutating func offered(_ pieces: PieceSet, besides successor: LinkID?) -> PieceSet {
        guard let successor, let better = links.with(successor, { $0.pieces }) else { return pieces }
        return pieces.subtracting(better, pieceCount: geometry.pieceCount)
    }

    /// It has shown that it carries blocks, and may be asked for more.
    private func mayTakeOver(_ id: LinkID) -> Bool {
        guard let source = links[id], source.isReady, source.window.lastDelivery != nil else { return false }
        return source.pieces.hasMore(than: table.unneeded)
    }

    private func isSilent(_ id: LinkID) -> Bool { links[id].map { $0.isDoubted || $0.isSnubbed } ?? false }

    /// By its way; of two alike the one that was there before.
    private func isBetter(_ id: LinkID, than other: LinkID) -> Bool {
        guard let path = links[id]?.path, let others = links[other]?.path else { return false }
        return path.isRelayed == others.isRelayed ? id < other : !path.isRelayed
    }

    private mutating func isDone(_ id: LinkID, for successor: LinkID) -> Bool {
        guard let source = links[id] else { return false }
        if isSilent(id) { return true }
        return source.window.openCount == 0
            && !offered(source.pieces, besides: successor).hasMore(than: table.unneeded)
    }
}
