import Content
import Wire

/// Time passes: whoever stalls is noticed, and what is verified is recorded.
extension Download {
    mutating func tick(canRead: Bool, heldBack: Set<LinkID>, at now: Duration) {
        if !canRead || !heldBack.isEmpty || links.values.contains(where: isQueued) { calls.waits(at: now) }
        for id in links.keys {
            if heldBack.contains(id) { links[id]?.window.holdBack(until: now) }
            if !canRead { links[id]?.window.pause(until: now) }
            watch(id, at: now)
        }
        settleTakeovers(at: now)
        reviewSought()
        watchInquiries(at: now)
        watchHeads(at: now)
        reviewInterest(at: now)
        recordIfDue(at: now)
        offerAll()
    }

    /// Asks for more sources, or gives up.
    mutating func callForSources(at now: Duration) {
        guard !table.isComplete else { return }
        if !limits.isPatient { giveUpIfHopeless(at: now) }
        guard !isOver, calls.shouldAsk(at: now) else { return }
        let firm = links.values.filter { !$0.isDoubted }
        actions.append(
            .askForSources(SourceRequest(linked: Set(firm.map { roster.name(of: $0.member) }), banned: roster.banned)))
    }

    mutating func giveUpIfHopeless(at now: Duration) {
        guard isHopeless(at: now) else { return }
        end()
        actions.append(.failed(roster.ends))
    }

    /// Whether nothing can be hoped for of those who are linked.
    func isHopeless(at now: Duration) -> Bool { !isOver && !table.isComplete && calls.isHopeless(at: now) }

    /// Has those dialled anew whom only a relay links, by a dial from here: the other end leaves it to this one.
    mutating func lookForBetterWays(at now: Duration) {
        guard calls.shouldLook(isRelayed: isRelayed && !table.isComplete, at: now) else { return }
        let firm = links.values.filter { !$0.isDoubted }
        let direct = Set(firm.filter { !$0.path.isRelayed }.map(\.member))
        let members = Set(firm.filter(\.isImprovable).map(\.member)).subtracting(direct)
        guard !members.isEmpty else { return }
        actions.append(.lookForBetterWays(Set(members.map { roster.name(of: $0) })))
    }

    /// To be called where links came or went, or are thought of otherwise.
    mutating func reviewSought() {
        let firm = links.values.filter { !$0.isDoubted }
        calls.sought =
            if firm.isEmpty, !links.isEmpty {
                .replacement
            } else {
                firm.count < limits.enoughLinks ? .more : .none
            }
        isRelayed = firm.contains(where: \.isImprovable)
    }

    private mutating func watch(_ id: LinkID, at now: Duration) {
        guard let source = links[id] else { return }
        guard source.isAnnounced else {
            if now - source.opened >= limits.stallAfter { close(id, .stalled, at: now) }
            return
        }
        guard source.window.openCount > 0 || source.isSnubbed else {
            let patience = isQueued(source) ? limits.queuedAfter : limits.idleAfter
            if !source.isLeeching, now - source.idleSince >= patience { close(id, .stalled, at: now) }
            return
        }
        let silent = now - source.window.lastSign
        if source.isLeeching, source.isSnubbed {
            if silent >= limits.retryAfter { links[id]?.giveAnotherChance(at: now) }
        } else if silent >= limits.stallAfter, !source.isLeeching {
            close(id, .stalled, at: now)
        } else if silent >= limits.handOnAfter || isLast(source, at: now), !source.isSnubbed,
            links.contains(where: { $1.member != source.member && $1.isReady })
        {
            handOn(id)
        } else if source.window.openCount > 0, source.silence(at: now) >= limits.handOnAfter {
            links[id]?.isDoubted = true
        }
    }

    /// It gives what it was asked for slowly, and others could give it.
    private func isLast(_ source: Source, at now: Duration) -> Bool {
        guard picker.isNothingLeft, let oldest = source.window.oldest else { return false }
        return now - oldest >= limits.lastAfter
    }

    /// The peer has what is missing, and others have their turn: that may take as long as many of them need.
    private func isQueued(_ source: Source) -> Bool {
        source.isAnnounced && source.isChoking && source.pieces.hasMore(than: table.unneeded)
    }

    /// Others are asked for what the link lets lie.
    private mutating func handOn(_ id: LinkID) {
        takeBack(id, cancelling: true)
        picker.disown(id, in: &table)
        links[id]?.isSnubbed = true
        links[id]?.window.collapse()
    }

    private mutating func watchInquiries(at now: Duration) {
        guard !inquiries.isEmpty else { return }
        inquiries.expire(after: limits.hashesAfter, at: now)
        for inquiry in inquiries.hopeless(among: links.keys) {
            switch inquiry.purpose {
            case .layer:
                inquiries.retry(.layer, at: now)
            case .blame(let piece):
                if now - inquiry.since >= limits.blameFor || !links.isEmpty { giveUpJudging(piece, at: now) }
            }
        }
    }
}
