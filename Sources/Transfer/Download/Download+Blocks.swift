import Content
import NIOCore
import Wire

/// Blocks arrive, are stored, and make pieces.
extension Download {
    mutating func received(_ data: ByteBuffer, piece: UInt32, begin: UInt32, from id: LinkID, at now: Duration) {
        guard let member = links.with(id, { $0.member }) else { return }
        guard let block = geometry.block(piece: Int(piece), begin: Int(begin), length: data.readableBytes) else {
            return violated(.badBlock, id, at: now)
        }
        let answer = links[id]?.window.arrived(block, bytes: data.readableBytes, at: now) ?? .nothing
        if case .nothing = answer { return unrequested(id, at: now) }
        links[id]?.delivered(at: now)
        dirty.insert(id)
        calls.delivered(at: now)
        switch table.state(of: block) {
        case .requested(let count):
            if case .released = answer { cancel(block, elsewhereThan: id) }
            if count > 1 { cancel(block, elsewhereThan: id) }
        case .absent: break
        case .arriving, .stored, nil: return
        }
        table.set(block, to: .arriving(from: member))
        let last = jobs.count - 1
        if last < 0 || !jobs[last].append(block, data) { jobs.append(StoreJob(block, data)) }
    }

    private mutating func unrequested(_ id: LinkID, at now: Duration) {
        links[id]?.unrequested += 1
        if links[id]?.unrequested ?? 0 > Source.unrequestedLimit { violated(.unrequestedBlocks, id, at: now) }
    }

    private mutating func cancel(_ block: BlockIndex, elsewhereThan id: LinkID) {
        for other in links.keys where other != id && links.with(other, { $0.window.release(block) }) == true {
            send(.cancel(geometry.request(for: block)), to: other)
            dirty.insert(other)
        }
    }

    /// Blocks are written; they make their pieces' hashes, or somebody lied.
    mutating func stored(_ first: BlockIndex, _ hashes: [Hash256], at now: Duration) {
        var lastPiece: PieceIndex?
        for (offset, hash) in hashes.enumerated() {
            guard let block = geometry.block(first.value + offset),
                case .arriving(let member) = table.state(of: block)
            else { continue }
            let piece = geometry.piece(of: block)
            if let lastPiece, lastPiece != piece { check(lastPiece, at: now) }
            lastPiece = piece
            if roster.isBanned(member) {
                table.set(block, to: .absent)
                picker.reopened(piece, in: &table)
                offerAll()
            } else {
                table.set(block, to: .stored(hash, from: member))
            }
        }
        if let lastPiece { check(lastPiece, at: now) }
    }

    private mutating func check(_ piece: PieceIndex, at now: Duration) {
        guard table.finish(piece) != nil else { return }
        compare(piece, at: now)
    }

    /// Compares a whole piece with what it must hash to, where that is known.
    mutating func compare(_ piece: PieceIndex, at now: Duration) {
        guard case .whole(_, let hash) = table[piece], let expected = layer[piece] else { return }
        guard hash != expected else {
            for (block, stored) in zip(geometry.blocks(of: piece), table.verify(piece)) {
                roster.credit(stored.sender, bytes: geometry.length(of: block))
            }
            return verified(piece)
        }
        table.suspect(piece)
        if let range = HashRange.blocks(of: piece, in: geometry) {
            inquiries.want(range, of: layout.content(of: piece).root, for: .blame(piece), at: now)
        } else {
            judge(piece, proven: [expected], at: now)
        }
    }

    // MARK: Blame

    /// Convicts whoever sent blocks that do not hash to the proven ones.
    mutating func judge(_ piece: PieceIndex, proven: [Hash256], at now: Duration) {
        guard case .suspect(let partial) = table[piece], let stored = partial.stored else { return }
        let verdict = Blame.judge(piece, stored: stored, proven: proven, geometry: geometry)
        reopen(piece, dropping: Set(verdict.flatMap { $0.blocks.map(\.block) }))
        for lie in verdict {
            guard let first = lie.blocks.first else { continue }
            convict(lie.sender, of: lie.blocks, first: first.block, at: now)
        }
    }

    /// Nobody tells what the blocks of a suspect piece should be: all of it is fetched anew, and whoever sent
    /// all of it is convicted.
    mutating func giveUpJudging(_ piece: PieceIndex, at now: Duration) {
        inquiries.forget(.blame(piece))
        guard case .suspect(let partial) = table[piece], let stored = partial.stored,
            let first = geometry.blocks(of: piece).first
        else { return }
        reopen(piece, dropping: Set(geometry.blocks(of: piece)))
        if let member = Blame.soleSender(of: stored) { convict(member, of: [], first: first, at: now) }
    }

    private mutating func reopen(_ piece: PieceIndex, dropping blocks: Set<BlockIndex>) {
        let blocksOfPiece = geometry.blocks(of: piece)
        _ = table.reopen(piece) { partial in
            for (position, block) in blocksOfPiece.enumerated() where blocks.contains(block) {
                partial.set(position, to: .absent)
            }
            return true
        }
        picker.reopened(piece, in: &table)
        offerAll()
    }

    // MARK: Hashes

    mutating func answered(_ request: HashRequest, _ hashes: [Hash256], _ id: LinkID, at now: Duration) {
        guard settleDebt(id, at: now) else { return }
        for inquiry in inquiries.inquiries(for: request) {
            guard take(hashes, for: inquiry, at: now) else { return violated(.badHashes, id, at: now) }
        }
    }

    /// False where the hashes are not those that were asked for.
    private mutating func take(_ hashes: [Hash256], for inquiry: HashInquiries.Inquiry, at now: Duration) -> Bool {
        switch inquiry.purpose {
        case .layer:
            guard let pieces = layer.take(hashes, for: inquiry.range, of: inquiry.request.root) else { return false }
            inquiries.answered(inquiry.request)
            for piece in pieces { compare(piece, at: now) }
            offerAll()
        case .blame(let piece):
            guard let expected = layer[piece], let proven = inquiry.range.verify(hashes, against: expected) else {
                return false
            }
            inquiries.forget(inquiry.purpose)
            judge(piece, proven: proven, at: now)
        }
        return true
    }

    mutating func rejected(_ request: HashRequest, _ id: LinkID, at now: Duration) {
        guard settleDebt(id, at: now) else { return }
        inquiries.rejected(request, by: id, at: now)
    }

    private mutating func settleDebt(_ id: LinkID, at now: Duration) -> Bool {
        guard let source = links[id] else { return false }
        guard source.hashDebts > 0 else {
            violated(.unrequestedHashes, id, at: now)
            return false
        }
        links[id]?.hashDebts -= 1
        return true
    }
}
