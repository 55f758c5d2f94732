import Directory
package import Wire

/// A request that the directory is asked, and where its answers go.
package struct Question: Sendable {
    package let session: SessionID
    package let transaction: TransactionID
    package let request: DirectoryRequest
    package let remote: Remote
    /// When it came, of a clock that never jumps: nanoseconds.
    let began = Nanoseconds.now

    package init(session: SessionID, transaction: TransactionID, request: DirectoryRequest, remote: Remote) {
        self.session = session
        self.transaction = transaction
        self.request = request
        self.remote = remote
    }

    var caller: Caller { Caller(session: session, address: remote.address, port: remote.port) }
}

extension DirectoryRequest {
    /// Its answer is kept for a while, so that a repetition is not done again: what changes something, or
    /// costs much.
    var changesSomething: Bool {
        switch self {
        case .login, .join, .goodbye, .renew, .publish, .unpublish, .serve, .hold, .arrange, .withdraw, .ask,
            .answerAsk, .locate, .probe, .report:
            true
        case .account(.changePassword), .account(.signOut), .account(.signOutOthers), .administer(.change): true
        case .network, .heartbeat, .attach, .revocations, .peers, .published, .search, .lookup, .holders, .listings,
            .descend,
            .want, .ticket, .tracker, .asks, .asked, .readers, .reach, .account(.devices), .administer(.list):
            false
        }
    }

    /// It waits for nothing but a look into the database.
    var onlyReads: Bool {
        switch self {
        case .published, .search, .lookup, .holders, .listings, .descend, .want, .ticket, .tracker, .asks, .asked,
            .readers, .account(.devices), .administer(.list):
            true
        case .network, .login, .join, .heartbeat, .goodbye, .attach, .renew, .revocations, .peers, .publish, .unpublish,
            .serve, .hold, .arrange, .withdraw, .ask, .answerAsk, .reach, .locate, .probe, .report, .account,
            .administer:
            false
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
