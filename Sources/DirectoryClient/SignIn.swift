package import Wire

/// What the client keeps to sign in again by itself: the login as it was given, and the newest token.
package struct Account: Sendable {
    package let login: Login
    package var token: [UInt8]

    /// The token proves that what is left of an earlier session on this device was this program's.
    var withToken: Login {
        var login = login
        login.proof = .token(token)
        login.takesOver = true
        return login
    }
}

/// One login that the client does by itself: with the token, then with the password where the token is
/// refused and the password is known.
struct SignIn: Sendable {
    enum Step: Equatable, Sendable {
        case again
        case givenUp(DirectoryRefusal)
    }

    /// Another one for each proof: a server answers a repeated one as it did the first time.
    private(set) var transaction: Transaction
    let account: Account
    private(set) var login: Login
    var retransmission: Retransmission

    init(_ account: Account, transaction: Transaction, retransmission: Retransmission) {
        self.account = account
        self.transaction = transaction
        self.retransmission = retransmission
        login = account.withToken
    }

    /// Takes a refusal; `next` is the transaction of what is sent then.
    mutating func refused(_ refusal: DirectoryRefusal, now: Int64, next: Transaction) -> Step {
        switch refusal {
        case .busy(let retryAfter), .slowDown(let retryAfter):
            retransmission.postpone(to: now + min(max(retryAfter, Retransmission.eagerCap), 60_000))
            return .again
        case .internalError, .storeFull:
            retransmission.postpone(to: now + 1_000)
            return .again
        default:
            guard case .token = login.proof, case .password = account.login.proof else { return .givenUp(refusal) }
            login = account.login
            transaction = next
            retransmission.postpone(to: now)
            return .again
        }
    }
}
