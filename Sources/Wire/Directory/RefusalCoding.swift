import Content

/// How a refusal crosses the wire: KRPC's number and text, then a number that some carry.
///
/// 2xx are KRPC's own; 3xx mean "later"; 4xx mean "no".
extension DirectoryRefusal {
    /// A place longer than this is cut, in bytes.
    static let placeByteLimit = 128

    var code: Int64 {
        switch self {
        case .internalError: 202
        case .malformed: 203
        case .unknownRequest: 204
        case .busy: 301
        case .slowDown: 302
        case .storeFull: 303
        case .authenticationFailed: 401
        case .onlineElsewhere: 402
        case .notLoggedIn: 403
        case .noSuchPublication: 404
        case .tokenInvalid: 405
        case .quotaReached: 406
        case .inviteInvalid: 407
        case .nameTaken: 408
        case .notAllowed: 409
        case .noSuchMember: 410
        case .noSuchInvite: 411
        case .noSuchGroup: 412
        case .noSuchDevice: 413
        case .accountOfFile: 414
        case .lastAdmin: 415
        case .noSuchAsk: 416
        case .noSuchReader: 417
        case .askRefused: 418
        case .searchForgotten: 419
        case .memberAbsent: 420
        }
    }

    /// Milliseconds, a count, or a place.
    var value: Int64? {
        switch self {
        case .busy(let retryAfter), .slowDown(let retryAfter): retryAfter
        case .quotaReached(let limit): limit
        case .noSuchReader(let index): index
        default: nil
        }
    }

    /// For who reads a trace; only `onlineElsewhere` gives it a meaning.
    private var text: String {
        switch self {
        case .internalError: "server error"
        case .malformed: "malformed"
        case .unknownRequest: "method unknown"
        case .busy: "busy"
        case .slowDown: "slow down"
        case .storeFull: "disk full"
        case .authenticationFailed: "authentication failed"
        case .onlineElsewhere(let place): place
        case .notLoggedIn: "not logged in"
        case .noSuchPublication: "no such publication"
        case .tokenInvalid: "token invalid"
        case .quotaReached: "quota reached"
        case .inviteInvalid: "invite invalid"
        case .nameTaken: "name taken"
        case .notAllowed: "not allowed"
        case .noSuchMember: "no such member"
        case .noSuchInvite: "no such invite"
        case .noSuchGroup: "no such group"
        case .noSuchDevice: "no such device"
        case .accountOfFile: "account of the credentials file"
        case .lastAdmin: "last admin"
        case .noSuchAsk: "no such ask"
        case .noSuchReader: "no such reader"
        case .askRefused: "refused before"
        case .searchForgotten: "search forgotten"
        case .memberAbsent: "member absent"
        }
    }

    /// A number that this program does not know is taken for one of its family that it does.
    init(code: Int64, text: String, value: Int64?) {
        let wait = max(0, value ?? 1_000)
        self =
            switch code {
            case 202: .internalError
            case 204: .unknownRequest
            case 302: .slowDown(retryAfter: wait)
            case 303: .storeFull
            case 300..<400: .busy(retryAfter: wait)
            case 401: .authenticationFailed
            case 402: .onlineElsewhere(place: text)
            case 403: .notLoggedIn
            case 404: .noSuchPublication
            case 405: .tokenInvalid
            case 406: .quotaReached(limit: max(0, value ?? 0))
            case 407: .inviteInvalid
            case 408: .nameTaken
            case 409: .notAllowed
            case 410: .noSuchMember
            case 411: .noSuchInvite
            case 412: .noSuchGroup
            case 413: .noSuchDevice
            case 414: .accountOfFile
            case 415: .lastAdmin
            case 416: .noSuchAsk
            case 417: .noSuchReader(max(0, value ?? 0))
            case 418: .askRefused
            case 419: .searchForgotten
            case 420: .memberAbsent
            default: .malformed
            }
    }
}

extension DirectoryRefusal: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        guard let list = field.list, list.count >= 2, let code = list[0].integer, let text = list[1].text else {
            throw MalformedField()
        }
        self.init(code: code, text: text, value: list.dropFirst(2).first?.integer)
    }

    var field: Bencode {
        var place = text
        while place.utf8.count > Self.placeByteLimit { place.removeLast() }
        return .list([.integer(code), .text(place)] + (value.map { [.integer($0)] } ?? []))
    }
}
