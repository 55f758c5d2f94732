import DirectoryClient
import NodeControl
package import Wire

extension NodeFailure {
    init(_ failure: DirectoryClientFailure, user: UserName) {
        self =
            switch failure {
            case .away(let address), .proxyFailed(let address, _): .serverAway(address: address)
            case .unresolvable(let host): .serverAway(address: host)
            case .replaced(let address, let network):
                .networkReplaced(
                    address: address, expected: network.expected.description, found: network.found.description)
            case .pinMismatch, .clockFarOff: .serverMisbehaved(detail: failure.sentence)
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
            // There were too many to keep.
            case .searchForgotten: .serverBusy(retryAfterMilliseconds: 1_000)
            case .slowDown(let retryAfter): .slowDown(retryAfterMilliseconds: retryAfter)
            case .quotaReached(let limit): .quotaReached(limit: limit)
            case .inviteInvalid: .inviteInvalid
            case .nameTaken: .nameTaken(user: user.text)
            case .notAllowed: .notAllowed
            case .noSuchMember: .noSuchMember(user.text)
            case .noSuchInvite: .noSuchInvite
            case .noSuchGroup: .noSuchGroup("")
            case .noSuchDevice: .noSuchDevice("")
            case .accountOfFile: .accountOfFile(user.text)
            case .lastAdmin: .lastAdmin
            case .noSuchAsk: .noSuchAsk(0)
            case .noSuchReader: .noSuchReader("")
            case .askRefused: .askRefused(name: "")
            case .internalError: .serverFailed
            case .storeFull: .serverDiskFull
            case .malformed, .unknownRequest, .noSuchPublication, .memberAbsent:
                .serverMisbehaved(detail: "it refused because \(refusal.sentence)")
            }
    }
}

extension DirectoryClientFailure {
    /// What happened, as part of a sentence.
    var sentence: String {
        switch self {
        case .away, .unresolvable, .proxyFailed: "the server is away"
        case .pinMismatch, .replaced: "another network answers at the server's address"
        case .clockFarOff: "this computer's clock and the server's are far apart"
        case .refused(let refusal): refusal.sentence
        case .misbehaved(let detail): "the server answered something that makes no sense: \(detail)"
        case .cancelled: "it was interrupted"
        case .notSignedIn: DirectoryRefusal.notLoggedIn.sentence
        }
    }
}

extension DirectoryRefusal {
    /// What happened, as part of a sentence.
    package var sentence: String {
        switch self {
        case .authenticationFailed, .tokenInvalid: "the server no longer takes this login"
        case .onlineElsewhere: "this user is online elsewhere"
        case .notLoggedIn: "nobody is logged in any more"
        case .busy: "the server has too much to do just now"
        case .slowDown: "there were too many failed logins"
        case .quotaReached(let limit): "the server's limit of \(limit) is reached"
        case .inviteInvalid: "the invitation is not valid any more"
        case .nameTaken: "somebody has this name already"
        case .notAllowed: "this is for administrators alone"
        case .noSuchMember: "there is no such member"
        case .noSuchInvite: "there is no such invitation"
        case .noSuchGroup: "there is no such group"
        case .noSuchDevice: "there is no such device"
        case .accountOfFile: "the account stands in the server's credentials.txt"
        case .lastAdmin: "nobody could administer the network any more"
        case .noSuchAsk: "nobody asks that any more"
        case .noSuchReader: "it is to be for somebody who is neither a member nor a group"
        case .askRefused: "its owner refused it"
        case .searchForgotten: "the server has more searches than it can keep"
        case .memberAbsent: "the member is not online"
        case .internalError: "the server failed"
        case .storeFull: "the server's disk is full"
        case .malformed: "this request makes no sense to the server"
        case .unknownRequest: "this request is unknown to the server"
        case .noSuchPublication: "this publication is unknown to the server"
        }
    }
}
