import Directory
package import Wire

/// Streams that are bound to sessions, and what came on them.
extension Gate {
    /// Binds a stream to a session, in place of an earlier one. False where nobody is signed in there.
    package mutating func attach(_ remote: Remote, to id: SessionID) -> Bool {
        guard sessions[id]?.isSignedIn == true else { return false }
        attachments[id] = remote
        return true
    }

    /// The stream is closed, or, where none is named, whichever there was is of no use any more.
    package mutating func detach(_ id: SessionID, from stream: StreamNumber? = nil) {
        guard !attachments.isEmpty, let attached = attachments[id] else { return }
        if stream == nil || attached.stream == stream { attachments[id] = nil }
    }

    /// Of streams that brought something authentic since this was asked last.
    package mutating func takeProofs() -> [StreamProof] {
        guard !proofs.isEmpty else { return [] }
        defer { proofs = [] }
        return proofs
    }
}
