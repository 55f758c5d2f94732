import Wire

/// What kinds of requests are counted apart: each a number, so that counting one is an index into an array.
enum RequestKind: Int, CaseIterable {
    case network, login, join, heartbeat, goodbye, renew, revocations, peers, published, publish, unpublish, serve,
        hold,
        search, lookup, holders, listings, descend, want, ticket, ask, asks, answerAsk, readers, arrange, withdraw,
        account, administer, tracker, reach, locate, attach, probe, report
    /// Of standard clients, not sealed (BEP 15).
    case connect, announce, scrape

    init(_ request: DirectoryRequest) {
        self =
            switch request {
            case .network: .network
            case .login: .login
            case .join: .join
            case .heartbeat: .heartbeat
            case .goodbye: .goodbye
            case .attach: .attach
            case .renew: .renew
            case .revocations: .revocations
            case .peers: .peers
            case .published: .published
            case .publish: .publish
            case .unpublish: .unpublish
            case .serve: .serve
            case .hold: .hold
            case .search: .search
            case .lookup: .lookup
            case .holders: .holders
            case .listings: .listings
            case .descend: .descend
            case .want: .want
            case .ticket: .ticket
            case .tracker: .tracker
            case .ask: .ask
            case .asks, .asked: .asks
            case .answerAsk: .answerAsk
            case .readers: .readers
            case .arrange: .arrange
            case .withdraw: .withdraw
            case .reach: .reach
            case .locate: .locate
            case .probe: .probe
            case .report: .report
            case .account: .account
            case .administer: .administer
            }
    }

    var label: String { SnakeCase.of("\(self)") }
}

/// What became of a request.
enum RequestOutcome: Int, CaseIterable {
    case ok
    /// The server says no: whoever asked cannot have that.
    case refused
    /// The server has too much to do, or whoever asked asks too much.
    case busy
    /// The server could not, though it should.
    case failed

    /// - Parameter answer: The first of its answers; nil where it has none.
    init(_ answer: DirectoryAnswer?) {
        self =
            switch answer {
            case .refusal(.busy), .refusal(.slowDown): .busy
            case .refusal(.internalError), .refusal(.storeFull): .failed
            case .refusal: .refused
            default: .ok
            }
    }

    var label: String { "\(self)" }
}

/// Why a datagram that came in was answered with nothing, or one that should have gone out did not.
enum DropReason: Int, CaseIterable {
    /// Its first byte is that of no kind of datagram.
    case unknown
    /// A greeting, or an opening, that is malformed, too late, or being worked on already.
    case hello, opening
    /// Not authentic, seen before, or being worked on already.
    case sealed
    /// A standard client's: malformed, or more than can be answered.
    case tracker
    /// It came from no internet address.
    case address
    /// An answer: the network takes no more.
    case unsent

    init(_ datagram: some Collection<UInt8>) {
        self =
            switch DatagramKind(of: datagram) {
            case .hello: .hello
            case .open: .opening
            case .sealed: .sealed
            default: .unknown
            }
    }

    var label: String { "\(self)" }
}

/// What became of a session that a stranger wanted to open.
enum OpeningOutcome: Int, CaseIterable {
    case opened
    /// Its encapsulation was none.
    case invalid
    /// It gave way to somebody from where fewer came.
    case displaced

    var label: String { "\(self)" }
}
