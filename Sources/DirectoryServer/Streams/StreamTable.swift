package import Directory
package import Wire

/// Something authentic came on a stream.
package struct StreamProof: Hashable, Sendable {
    package let stream: StreamNumber
    package let session: SessionID
    /// A member's session lives on that stream, so that it is answered there.
    package let carries: Bool

    package init(stream: StreamNumber, session: SessionID, carries: Bool) {
        self.stream = stream
        self.session = session
        self.carries = carries
    }
}

/// The streams that are open, and which of them go first where there are too many. Times in milliseconds.
///
/// Those of members, who each have one on which their session lives and one that is attached to it, yield to nobody. All others
/// are strangers', which are bounded for each network and yield to newcomers as ``SessionTable``'s do: so a flood of connections
/// costs no member his.
package struct StreamTable: Sendable {
    package enum Admission: Hashable, Sendable {
        /// All are members'.
        case refused
        case admitted(StreamNumber, insteadOf: StreamNumber?)
    }

    /// Why a stream is closed.
    package enum End: Hashable, Sendable {
        /// No byte came for too long.
        case idle
        /// Nothing authentic came in time, or nobody signed in.
        case unproven
    }

    private struct Entry: Sendable {
        let origin: Origin
        /// When it became a stranger's.
        var since: Int64
        var lastHeard: Int64
        /// Something authentic came.
        var isProven = false
        /// The members' sessions that live there, and that it is attached to.
        var carried: SessionID?
        var attached: SessionID?

        var isStranger: Bool { carried == nil && attached == nil }
    }

    private let limits: SessionLimits
    private var entries: [StreamNumber: Entry] = [:]
    private var strangers = Strangers<StreamNumber>()
    private var carrying: [SessionID: StreamNumber] = [:]
    private var attachments: [SessionID: StreamNumber] = [:]
    private var last: UInt32 = 0

    package init(limits: SessionLimits) { self.limits = limits }

    package var count: Int { entries.count }
    package func isProven(_ stream: StreamNumber) -> Bool { entries[stream]?.isProven == true }
    package func contains(_ stream: StreamNumber) -> Bool { entries[stream] != nil }
    package func stream(attachedTo session: SessionID) -> StreamNumber? { attachments[session] }

    /// Takes a new one in.
    package mutating func admit(from origin: Origin, now: Int64) -> Admission {
        var yielding: StreamNumber?
        if strangers.count(of: origin.prefix) >= limits.strangerStreamsPerPrefix {
            yielding = strangers.first(in: origin.prefix)
        } else if strangers.count >= limits.strangerStreams || entries.count >= limits.streams {
            yielding = strangers.first
            guard yielding != nil else { return .refused }
        }
        if let yielding { _ = remove(yielding) }
        repeat { last &+= 1 } while entries[StreamNumber(rawValue: last)] != nil
        let number = StreamNumber(rawValue: last)
        entries[number] = Entry(origin: origin, since: now, lastHeard: now)
        strangers.insert(number, from: origin)
        return .admitted(number, insteadOf: yielding)
    }

    /// Bytes came.
    package mutating func heard(_ stream: StreamNumber, now: Int64) { entries[stream]?.lastHeard = now }

    package mutating func prove(_ proof: StreamProof, now: Int64) {
        guard var entry = entries[proof.stream] else { return }
        entry.isProven = true
        if proof.carries, entry.carried != proof.session {
            if let former = entry.carried { carrying[former] = nil }
            entry.carried = proof.session
            let former = carrying.updateValue(proof.stream, forKey: proof.session)
            entries[proof.stream] = entry
            if let former { change(former, now: now) { $0.carried = nil } }
            strangers.remove(proof.stream)
        } else {
            entries[proof.stream] = entry
        }
    }

    /// Binds it to a session, in place of an earlier one. False where it is closed.
    package mutating func attach(_ stream: StreamNumber, to session: SessionID, now: Int64) -> Bool {
        guard let entry = entries[stream] else { return false }
        guard entry.attached != session else { return true }
        if let other = entry.attached { attachments[other] = nil }
        let former = attachments.updateValue(stream, forKey: session)
        entries[stream]?.attached = session
        entries[stream]?.isProven = true
        strangers.remove(stream)
        if let former { change(former, now: now) { $0.attached = nil } }
        return true
    }

    /// It has nobody to serve as long as it is not proven anew.
    package mutating func ended(_ session: SessionID, now: Int64) {
        if let stream = carrying.removeValue(forKey: session) { change(stream, now: now) { $0.carried = nil } }
        if let stream = attachments.removeValue(forKey: session) { change(stream, now: now) { $0.attached = nil } }
    }

    private mutating func change(_ stream: StreamNumber, now: Int64, _ body: (inout Entry) -> Void) {
        guard var entry = entries[stream] else { return }
        body(&entry)
        if entry.isStranger {
            entry.isProven = false
            entry.since = now
            strangers.insert(stream, from: entry.origin)
        }
        entries[stream] = entry
    }

    /// It is closed.
    ///
    /// - Returns: The session to which it was attached.
    package mutating func remove(_ stream: StreamNumber) -> SessionID? {
        guard let entry = entries.removeValue(forKey: stream) else { return nil }
        strangers.remove(stream)
        if let carried = entry.carried { carrying[carried] = nil }
        if let attached = entry.attached { attachments[attached] = nil }
        return entry.attached
    }

    /// Those that are to be closed now.
    ///
    /// - Parameter idle: For how long no byte may come; at least that of the limits.
    package func overdue(now: Int64, idle: Int64) -> [(StreamNumber, End)] {
        let idle = max(idle, limits.streamIdle)
        return entries.compactMap { stream, entry in
            if now - entry.lastHeard > idle { return (stream, .idle) }
            guard entry.isStranger else { return nil }
            return now - entry.since > (entry.isProven ? limits.strangerLifetime : limits.unprovenIdle)
                ? (stream, .unproven) : nil
        }
    }
}
