import Content
import Wire

/// Who is given of a content that is not there for everybody. A link without a ticket is told nothing, not even what
/// there is; what is fetched may come by it all the same.
extension Swarm {
    func isAdmitted(_ member: UserName, showing ticket: [UInt8]?) -> Bool {
        if gate.isOpen(layout.id) { return true }
        // Looked at each time: for whom a content is may have changed since it was made.
        return ticket.flatMap { gate.expiry($0, member, layout.id) }.map { $0 > gate.now() } ?? false
    }

    /// What comes with a ticket, or behind it, is answered to one who showed it.
    mutating func answer(_ messages: [PeerMessage], of id: LinkID, at now: Duration) {
        let isAdmitted = peers.with(id) { $0.upload.isAdmitted } == true
        let first = isAdmitted ? nil : messages.firstIndex { if case .extended(0, _) = $0 { true } else { false } }
        guard let first else {
            serve(id, [.received(messages)], at: now)
            return readTicket(of: id, at: now)
        }
        serve(id, [.received(Array(messages[...first]))], at: now)
        readTicket(of: id, at: now)
        serve(id, [.received(Array(messages[(first + 1)...]))], at: now)
        readTicket(of: id, at: now)
    }

    /// Looks at the ticket that came with an extension handshake.
    private mutating func readTicket(of id: LinkID, at now: Duration) {
        guard let shown = peers.with(id, { $0.upload.takeTicket() }) ?? nil else { return }
        peers.with(id) { $0.ticket = shown }
        reviewAdmission(of: id, at: now)
    }

    /// Lets in who may have the content by now, and lets go who may not any more.
    mutating func reviewAdmission(of id: LinkID, at now: Duration) {
        guard let peer = peers.with(id, { ($0.member, $0.ticket, $0.upload.isAdmitted, $0.opened) }) else { return }
        let (member, ticket, isIn, since) = peer
        let isDue = isAdmitted(member, showing: ticket)
        switch (isIn, isDue) {
        case (true, false): lose(id, .refused)
        case (false, true): admit(id, at: now)
        case (false, false):
            let gives = download != nil && peers.with(id, { $0.isSource }) == true
            if !gives, now - since >= limits.ticketPatience { lose(id, .refused) }
        case (true, true): break
        }
    }

    private mutating func admit(_ id: LinkID, at now: Duration) {
        let offered = isSpreading() ? PieceSet.none : held
        serve(id, [.admitted(held: held, offered: offered, hashes)], at: now)
        settleLead(id, at: now)
    }

    /// The ticket that is shown to those who are linked, and to those who will be.
    mutating func show(_ ticket: [UInt8], at now: Duration) {
        self.ticket = ticket
        for id in peers.keys { serve(id, [.ticket(ticket)], at: now) }
    }
}
