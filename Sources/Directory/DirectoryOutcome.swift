package import Wire

/// What came of a request, or of time passing: for the shell to perform.
package struct DirectoryOutcome: Hashable, Sendable {
    /// For the caller; several where pages were asked for, each with the transaction of the request.
    package var answers: [DirectoryAnswer]
    /// The same, in place of answers, where others got them too.
    package var ready: [ReadyAnswer]
    /// Sessions whose login another one replaced, or whose member was expelled: the shell drops them.
    package var endedSessions: [SessionID]
    /// Sessions whose next heartbeat is answered otherwise than the one before.
    package var news: [SessionID]
    /// What others are told, unasked.
    package var pushes: [DirectoryPush]
    /// For the log.
    package var notices: [DirectoryNotice]

    package init(
        answers: [DirectoryAnswer] = [], ready: [ReadyAnswer] = [], endedSessions: [SessionID] = [],
        news: [SessionID] = [], pushes: [DirectoryPush] = [], notices: [DirectoryNotice] = []
    ) {
        self.answers = answers
        self.ready = ready
        self.endedSessions = endedSessions
        self.news = news
        self.pushes = pushes
        self.notices = notices
    }

    /// There is something to do besides answering.
    package var hasMore: Bool { !endedSessions.isEmpty || !news.isEmpty || !pushes.isEmpty || !notices.isEmpty }

    static func refusal(_ refusal: DirectoryRefusal) -> DirectoryOutcome {
        DirectoryOutcome(answers: [.refusal(refusal)])
    }
}

/// A message that nobody asked for, for whoever is signed in in a session: over the stream that is attached to it,
/// otherwise to where it lives. It may get lost.
package struct DirectoryPush: Hashable, Sendable {
    package var session: SessionID
    package var message: DirectoryMessage

    package init(session: SessionID, message: DirectoryMessage) {
        self.session = session
        self.message = message
    }
}

/// What a person who reads the log wants to know, beyond the messages themselves.
package enum DirectoryNotice: Hashable, Sendable {
    package enum Departure: Hashable, Sendable {
        case goodbye
        case silence
        /// Another login of the same device came in its place.
        case replaced
        /// The shell gave the session up, see ``Directory/ended(_:)``, or another member signed in there.
        case sessionEnded
        case expelled
    }

    case signedIn(UserName, place: String, byToken: Bool)
    /// Of an address of 4 or 16 bytes.
    case loginRefused(UserName, address: [UInt8], DirectoryRefusal)
    /// An account was made for somebody who was invited.
    case joined(UserName, Role)
    /// An administrator did something; nil is whoever may use the server's state folder.
    case administered(by: UserName?, AdministrativeDeed)
    /// A member did something about his own account.
    case passwordChanged(UserName)
    case signedOutDevices(UserName)
    case left(UserName, Departure)
    /// Heard again after a silence.
    case returned(UserName)
    case published(UserName, [FileName])
    case unpublished(UserName, [FileName])
    /// A request was refused, or something was not written yet, for this reason: told at once, and again every
    /// minute while it lasts.
    case storeFailed(DirectoryStoreError)
    case storeWorks
    /// A member took a certificate for longer than a day, which other programs may use in his name.
    case certificateIssued(UserName, days: Int)
    /// The device key of a login or renewal got no certificate.
    case certificateRefused(UserName, reason: String)
}
