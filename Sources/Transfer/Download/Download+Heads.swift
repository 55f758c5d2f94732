import Content
import Wire

/// Somebody reads what is being fetched: what he comes to next is asked for first, and of a second link where the first
/// one is late with it.
extension Download {
    /// Blocks that are asked for a second time at once, at most.
    private static let lateLimit = 64

    /// These pieces are read next, until this is said anew.
    ///
    /// - Parameter ranges: Of each reader the numbers of the pieces from his place on.
    mutating func prefer(_ ranges: [Range<Int>]) {
        let heads = PlayHeads(ranges, in: table)
        let isJump = heads.isJump(from: picker.heads)
        picker.heads = heads
        late = []
        layer.prefer(heads.next, in: layout)
        if isJump { for id in links.keys { takeBackOthers(id) } }
        offerAll()
    }

    /// What a link gives in the order in which it was asked would come to the reader's place late.
    private mutating func takeBackOthers(_ id: LinkID) {
        guard let window = links[id]?.window, window.secondsLeft > limits.lateAfter.seconds else { return }
        let wanted = Set(picker.heads.pieces)
        for block in window.openFromLast.reversed() where !wanted.contains(geometry.piece(of: block)) {
            guard links.with(id, { $0.window.release(block) }) == true else { continue }
            picker.released(block, in: &table)
            send(.cancel(geometry.request(for: block)), to: id)
        }
    }

    /// Looks which blocks of what is read next are late.
    mutating func watchHeads(at now: Duration) {
        late = []
        guard !picker.heads.isEmpty, links.count > 1, now >= limits.lateAfter else { return }
        for block in picker.heads.next.flatMap({ geometry.blocks(of: $0) }) where late.count < Self.lateLimit {
            guard case .requested(1) = table.state(of: block),
                links.values.contains(where: { $0.window.isOpen(block, since: now - limits.lateAfter) })
            else { continue }
            late.append(block)
        }
    }

    /// Late blocks that a link could bring sooner than whoever was asked for them.
    mutating func takeLate(_ count: Int, for id: LinkID, having pieces: PieceSet) -> [BlockIndex] {
        guard !late.isEmpty, let window = links[id]?.window, window.secondsLeft < limits.lateAfter.seconds else {
            return []
        }
        let chosen = late.filter { block in
            guard case .requested(1) = table.state(of: block) else { return false }
            return pieces.contains(geometry.piece(of: block)) && !window.contains(block)
        }
        .prefix(count)
        late.removeAll(where: chosen.contains)
        for block in chosen { table.set(block, to: .requested(links: Endgame.copies)) }
        return Array(chosen)
    }
}
