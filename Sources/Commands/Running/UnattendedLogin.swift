import Connectivity
import NodeControl
import PeerNode
import Terminal
import Wire

/// Signs a node in where nobody can be asked for anything, attempt after attempt.
struct UnattendedLogin: Sendable {
    enum Outcome: Sendable {
        case signedIn
        /// The server is away, or busy, or somebody else is this member: it may go better another time.
        case later(Message)
        /// There is no sense in trying again.
        case refused(Message)
    }

    /// Between attempts.
    private static let pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(5), .seconds(15), .seconds(30)]

    let server: HostPort
    let user: UserName
    /// What is said where the server asks for the password.
    let passwordNeeded: Message
    /// The password, where it need not be asked for; tried once.
    var given: String?
    private var isContacted = false

    init(at server: HostPort, as user: UserName, passwordNeeded: Message, given: String?) {
        self.server = server
        self.user = user
        self.passwordNeeded = passwordNeeded
        self.given = given
    }

    /// - Parameter attempts: that were made.
    static func pause(after attempts: Int) -> Duration { pauses[min(max(attempts, 1), pauses.count) - 1] }

    /// - Parameter node: The same at each attempt.
    mutating func attempt(_ node: Node) async -> Outcome {
        do throws(ContactFailure) {
            if !isContacted, let refusal = Self.refusal(try await node.connect(), at: server) {
                return .refused(refusal)
            }
            isContacted = true
        } catch {
            let message = Message(error, at: server)
            return Self.passes(error) ? .later(message) : .refused(message)
        }
        do throws(NodeFailure) {
            do throws(NodeFailure) {
                try await node.signInAgain(user: user.text)
            } catch .authenticationFailed where given != nil {
                let password = given ?? ""
                given = nil
                try await node.signIn(user: user.text, password: password)
            }
            return .signedIn
        } catch {
            let message = error == .authenticationFailed ? passwordNeeded : Message(error, now: Environment.now)
            return Self.passes(error) ? .later(message) : .refused(message)
        }
    }

    private static func passes(_ failure: NodeFailure) -> Bool {
        switch failure {
        case .serverAway, .serverBusy, .slowDown, .serverFailed, .serverDiskFull, .onlineElsewhere: true
        default: false
        }
    }

    private static func passes(_ failure: ContactFailure) -> Bool {
        switch failure {
        case .away, .proxyFailed, .unknownHost, .busy, .clockFarOff: true
        case .misbehaved, .stateUnusable, .cancelled: false
        }
    }

    /// It was joined, so it is known; another one must not take its place.
    private static func refusal(_ contact: NetworkContact, at server: HostPort) -> Message? {
        switch contact {
        case .known, .pinned: nil
        case .replaced(let before, let now): .networkChanged(server, known: before, found: now)
        case .changed(let expected, let found, remembered: true):
            .networkChanged(server, known: expected, found: found)
        case .changed(let expected, let found, remembered: false):
            .fingerprintMismatch(server, expected: expected, found: found)
        case .unknown(let pin): .trustNeedsTerminal(server, found: pin)
        }
    }
}
