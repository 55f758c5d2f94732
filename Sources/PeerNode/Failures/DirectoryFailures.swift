import DirectoryClient
import NodeControl
import Wire

extension NodeFailure {
    init(_ failure: DirectoryClientFailure, user: UserName) {
        self =
            switch failure {
            case .away(let address): .serverAway(address: address)
            case .unresolvable(let host): .serverAway(address: host)
            case .pinMismatch, .clockFarOff: .serverMisbehaved(detail: "\(failure)")
            case .refused(let refusal): NodeFailure(refusal, user: user)
            case .misbehaved(let detail): .serverMisbehaved(detail: detail)
            case .cancelled: .cancelled
            case .notSignedIn: .notSignedIn
            }
    }

    init(_ refusal: DirectoryRefusal, user: UserName) {
        self =
            switch refusal {
            case .authenticationFailed, .tokenInvalid: .authenticationFailed
            case .onlineElsewhere(let place): .onlineElsewhere(user: user.text, place: place)
            case .notLoggedIn: .notSignedIn
            case .busy(let retryAfter): .serverBusy(retryAfterMilliseconds: retryAfter)
            case .slowDown(let retryAfter): .slowDown(retryAfterMilliseconds: retryAfter)
            case .quotaReached(let limit): .quotaReached(limit: limit)
            case .internalError: .serverFailed
            case .storeFull: .serverDiskFull
            case .malformed, .unknownRequest, .noSuchPublication: .serverMisbehaved(detail: "it refused: \(refusal)")
            }
    }
}
