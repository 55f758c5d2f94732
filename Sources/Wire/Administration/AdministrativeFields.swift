import Content

extension InviteEntry: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            id: try fields.integer("i"), role: try fields.role("r"), usesLeft: try fields.integer("n"),
            created: try fields.integer("b"), expires: try fields.integer("e"))
    }

    var field: Bencode {
        .dictionary([
            "b": .integer(created), "e": .integer(expires), "i": .integer(id), "n": .integer(usesLeft),
            "r": role.field,
        ])
    }
}

extension MemberEntry: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        let standing = try fields.text("s", atMost: 16)
        guard let standing = Standing(rawValue: standing) else { throw MalformedField() }
        self.init(
            user: try fields.value("u"), standing: standing, role: try fields.role("r"),
            isOnline: try fields.flag("o"), lastSeen: fields["t"] == nil ? nil : try fields.integer("t"),
            publications: try fields.integer("n"))
    }

    var field: Bencode {
        .dictionary([
            "n": .integer(publications), "o": .flag(isOnline), "r": role.field, "s": .text(standing.rawValue),
            "t": lastSeen.map { .integer($0) }, "u": user.field,
        ])
    }
}

extension SessionEntry: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            user: try fields.value("u"), label: try fields.text("l", atMost: Login.labelByteLimit),
            address: try fields.text("a", atMost: Login.labelByteLimit), since: try fields.integer("b"),
            lastHeard: try fields.integer("t"))
    }

    var field: Bencode {
        .dictionary([
            "a": .text(address), "b": .integer(since), "l": .text(label), "t": .integer(lastHeard), "u": user.field,
        ])
    }
}

extension GroupEntry: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(name: try fields.value("g"), memberCount: try fields.integer("n"))
    }

    var field: Bencode { .dictionary(["g": name.field, "n": .integer(memberCount)]) }
}

extension DeviceEntry: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            id: try fields.value("d"), label: try fields.text("l", atMost: Login.labelByteLimit),
            lastSignIn: try fields.integer("t"), expires: try fields.integer("e"), isOnline: try fields.flag("o"),
            isThis: try fields.flag("m"))
    }

    var field: Bencode {
        .dictionary([
            "d": id.field, "e": .integer(expires), "l": .text(label), "m": .flag(isThis), "o": .flag(isOnline),
            "t": .integer(lastSignIn),
        ])
    }
}
