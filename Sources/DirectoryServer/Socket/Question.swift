import Directory
import Wire

/// A request that the directory is asked, and where its answers go.
struct Question: Sendable {
    let session: SessionID
    let transaction: TransactionID
    let request: DirectoryRequest
    let remote: Remote

    var caller: Caller { Caller(session: session, address: remote.address, port: remote.port) }
}

extension DirectoryRequest {
    /// Its answer is kept for a while, so that a repetition is not done again: what changes something, or
    /// costs much.
    var changesSomething: Bool {
        switch self {
        case .login, .goodbye, .renew, .publish, .unpublish, .serve, .hold: true
        case .network, .heartbeat, .revocations, .peers, .published, .search, .lookup, .holders: false
        }
    }

    var signsInOrOut: Bool {
        switch self {
        case .login, .goodbye: true
        default: false
        }
    }
}

extension DirectoryOutcome {
    /// Asked again, it may come out otherwise: not to be kept.
    var isTransient: Bool {
        if case .refusal(let refusal)? = answers.first { refusal.isTransient } else { false }
    }

    /// The directory knows nobody in that session: its member was silent for too long, or never signed in.
    var isNotLoggedIn: Bool {
        if case .refusal(.notLoggedIn)? = answers.first { true } else { false }
    }
}
