import Directory
import Wire

/// What is refused, without whom or how much.
enum RefusalReason: Int, CaseIterable {
    case authenticationFailed, onlineElsewhere, tokenInvalid, notLoggedIn, busy, slowDown, malformed, unknownRequest,
        quotaReached, noSuchPublication, inviteInvalid, nameTaken, notAllowed, noSuchMember, noSuchInvite, noSuchGroup,
        noSuchDevice, noSuchAsk, askRefused, noSuchReader, accountOfFile, lastAdmin, internalError, storeFull,
        searchForgotten, memberAbsent

    init(_ refusal: DirectoryRefusal) {
        self =
            switch refusal {
            case .authenticationFailed: .authenticationFailed
            case .onlineElsewhere: .onlineElsewhere
            case .tokenInvalid: .tokenInvalid
            case .notLoggedIn: .notLoggedIn
            case .busy: .busy
            case .slowDown: .slowDown
            case .malformed: .malformed
            case .unknownRequest: .unknownRequest
            case .quotaReached: .quotaReached
            case .noSuchPublication: .noSuchPublication
            case .inviteInvalid: .inviteInvalid
            case .nameTaken: .nameTaken
            case .notAllowed: .notAllowed
            case .noSuchMember: .noSuchMember
            case .noSuchInvite: .noSuchInvite
            case .noSuchGroup: .noSuchGroup
            case .noSuchDevice: .noSuchDevice
            case .noSuchAsk: .noSuchAsk
            case .askRefused: .askRefused
            case .noSuchReader: .noSuchReader
            case .accountOfFile: .accountOfFile
            case .lastAdmin: .lastAdmin
            case .internalError: .internalError
            case .storeFull: .storeFull
            case .searchForgotten: .searchForgotten
            case .memberAbsent: .memberAbsent
            }
    }

    var label: String { SnakeCase.of("\(self)") }
}

/// What ``DirectoryNotice`` tells, without of whom.
enum ServerEvent: Int, CaseIterable {
    case signedIn, loginRefused, joined, administered, passwordChanged, devicesSignedOut, left, returned, published,
        unpublished, storeFailed, storeWorks, certificateIssued, certificateRefused

    init(_ notice: DirectoryNotice) {
        self =
            switch notice {
            case .signedIn: .signedIn
            case .loginRefused: .loginRefused
            case .joined: .joined
            case .administered: .administered
            case .passwordChanged: .passwordChanged
            case .signedOutDevices: .devicesSignedOut
            case .left: .left
            case .returned: .returned
            case .published: .published
            case .unpublished: .unpublished
            case .storeFailed: .storeFailed
            case .storeWorks: .storeWorks
            case .certificateIssued: .certificateIssued
            case .certificateRefused: .certificateRefused
            }
    }

    var label: String { SnakeCase.of("\(self)") }
}

/// `storeFailed` as Prometheus writes values: `store_failed`.
enum SnakeCase {
    static func of(_ name: String) -> String {
        name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    }
}
