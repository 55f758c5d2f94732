import Wire

/// A better way to a member takes the place of a relay, without a byte that is lost or comes twice: what was asked for over the
/// relay comes by it, all else over the new link.
extension Download {
    mutating func settleTakeovers(at now: Duration) {
        for id in links.keys {
            guard let source = links[id], source.path.isRelayed else { continue }
            if source.isLeaving {
                if source.window.openCount == 0 { close(id, .superseded, at: now) }
            } else if hasSuccessor(source.member) {
                links[id]?.isLeaving = true
                picker.disown(id, in: &table)
            }
        }
    }

    /// One that may be asked for something. A holder that spreads its pieces does not tell of all at once.
    private func hasSuccessor(_ member: MemberID) -> Bool {
        links.contains { _, other in
            other.member == member && !other.path.isRelayed && other.isReady
                && other.pieces.hasMore(than: table.unneeded)
        }
    }
}
