import Content

/// `c` says what is asked for.
extension Administration {
    var arguments: BencodeDictionary {
        switch self {
        case .change(let change): change.arguments
        case .list(let list, let window): window.added(to: list.arguments)
        }
    }

    init(arguments: BencodeDictionary) throws(MalformedField) {
        if let list = try AdministrativeList(arguments: arguments) {
            self = .list(list, try .from(arguments))
        } else {
            self = .change(try AdministrativeChange(arguments: arguments))
        }
    }
}

extension AdministrativeList {
    fileprivate var arguments: BencodeDictionary {
        switch self {
        case .invites: ["c": .text("invites")]
        case .members: ["c": .text("members")]
        case .sessions: ["c": .text("sessions")]
        case .publications(let user): ["c": .text("publications"), "u": user.field]
        case .groups: ["c": .text("groups")]
        case .groupMembers(let group): ["c": .text("group"), "g": group.field]
        }
    }

    /// Nil where it is none.
    fileprivate init?(arguments: BencodeDictionary) throws(MalformedField) {
        switch arguments["c"]?.text {
        case "invites": self = .invites
        case "members": self = .members
        case "sessions": self = .sessions
        case "publications": self = .publications(of: try arguments.value("u"))
        case "groups": self = .groups
        case "group": self = .groupMembers(try arguments.value("g"))
        default: return nil
        }
    }
}

extension AdministrativeChange {
    fileprivate var arguments: BencodeDictionary {
        switch self {
        case .invite(let secret, let uses, let role, let lifetime):
            [
                "c": .text("invite"), "i": .string(secret.bytes), "l": .integer(lifetime), "n": .integer(uses),
                "r": role.field,
            ]
        case .withdrawInvite(let id): ["c": .text("withdraw"), "i": .integer(id)]
        case .disable(let user): ["c": .text("disable"), "u": user.field]
        case .enable(let user): ["c": .text("enable"), "u": user.field]
        case .remove(let user): ["c": .text("remove"), "u": user.field]
        case .setRole(let user, let role): ["c": .text("role"), "r": role.field, "u": user.field]
        case .setPassword(let user, let password):
            ["c": .text("password"), "p": .string(password), "u": user.field]
        case .signOut(let user): ["c": .text("sign-out"), "u": user.field]
        case .takeDown(let names, let user): ["c": .text("take-down"), "f": .list(names), "u": user.field]
        case .addGroup(let group): ["c": .text("add-group"), "g": group.field]
        case .removeGroup(let group): ["c": .text("remove-group"), "g": group.field]
        case .addMembers(let users, let group):
            ["c": .text("add-members"), "g": group.field, "m": .list(users)]
        case .removeMembers(let users, let group):
            ["c": .text("remove-members"), "g": group.field, "m": .list(users)]
        }
    }

    fileprivate init(arguments: BencodeDictionary) throws(MalformedField) {
        switch arguments["c"]?.text {
        case "invite":
            guard let secret = InviteSecret(try arguments.bytes("i", InviteSecret.byteCount...InviteSecret.byteCount))
            else { throw MalformedField() }
            self = .invite(
                secret, uses: try arguments.integer("n", in: Administration.uses), role: try arguments.role("r"),
                lifetime: try arguments.integer("l", in: Administration.lifetime))
        case "withdraw": self = .withdrawInvite(try arguments.integer("i"))
        case "disable": self = .disable(try arguments.value("u"))
        case "enable": self = .enable(try arguments.value("u"))
        case "remove": self = .remove(try arguments.value("u"))
        case "role": self = .setRole(try arguments.value("u"), try arguments.role("r"))
        case "password": self = .setPassword(try arguments.value("u"), try arguments.newPassword("p"))
        case "sign-out": self = .signOut(try arguments.value("u"))
        case "take-down": self = .takeDown(try arguments.list("f"), of: try arguments.value("u"))
        case "add-group": self = .addGroup(try arguments.value("g"))
        case "remove-group": self = .removeGroup(try arguments.value("g"))
        case "add-members": self = .addMembers(try arguments.list("m"), to: try arguments.value("g"))
        case "remove-members": self = .removeMembers(try arguments.list("m"), from: try arguments.value("g"))
        default: throw MalformedField()
        }
    }
}

extension AccountRequest {
    var arguments: BencodeDictionary {
        switch self {
        case .changePassword(let old, let new): ["c": .text("password"), "o": .string(old), "p": .string(new)]
        case .devices(let window): window.added(to: ["c": .text("devices")])
        case .signOut(let device): ["c": .text("sign-out"), "d": device.field]
        case .signOutOthers: ["c": .text("sign-out")]
        }
    }

    init(arguments: BencodeDictionary) throws(MalformedField) {
        switch arguments["c"]?.text {
        case "password":
            self = .changePassword(
                old: try arguments.bytes("o", 0...Login.passwordByteLimit), new: try arguments.newPassword("p"))
        case "devices": self = .devices(try .from(arguments))
        case "sign-out":
            let device: DeviceID? = try arguments.valueIfPresent("d")
            self = device.map(AccountRequest.signOut) ?? .signOutOthers
        default: throw MalformedField()
        }
    }
}

extension Role {
    /// Left out for a member.
    var field: Bencode? { self == .member ? nil : .integer(rawValue) }
}

extension BencodeDictionary {
    /// Absent: a member.
    func role(_ key: String) throws(MalformedField) -> Role {
        guard self[key] != nil else { return .member }
        guard let role = Role(rawValue: try integer(key)) else { throw MalformedField() }
        return role
    }

    fileprivate func newPassword(_ key: String) throws(MalformedField) -> [UInt8] {
        try bytes(key, Login.leastPasswordByteCount...Login.passwordByteLimit)
    }
}
