import Content

extension Publication: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            id: try fields.value("i"), parent: try fields.valueIfPresent("p"), name: try fields.value("n"),
            visibility: try .from(fields), content: try fields.valueIfPresent("c"), isParent: try fields.flag("f"))
    }

    var field: Bencode {
        .dictionary([
            "c": content?.field, "f": .flag(isParent), "i": id.field, "n": name.field, "p": parent?.field,
            "v": visibility.fieldUnlessEverybody,
        ])
    }
}

extension PublicationDraft: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            parent: try fields.valueIfPresent("p"), name: try fields.value("n"),
            visibility: try fields.valueIfPresent("v"), content: try fields.valueIfPresent("c"),
            size: try fields.size("z"), isParent: try fields.flag("f"))
        guard (content == nil ? 0 : 1) + (size == nil ? 0 : 1) + (isParent ? 1 : 0) <= 1,
            parent == nil || visibility == nil
        else { throw MalformedField() }
    }

    var field: Bencode {
        .dictionary([
            "c": content?.field, "f": .flag(isParent), "n": name.field, "p": parent?.field, "v": visibility?.field,
            "z": size.map { .integer($0) },
        ])
    }
}

extension Arrangement: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(id: try fields.value("i"), parent: try fields.value("p"), name: try fields.value("n"))
    }

    var field: Bencode { .dictionary(["i": id.field, "n": name.field, "p": parent.field]) }
}

extension HolderEntry: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            content: try fields.value("c"), origin: try fields.value("o"), isWhole: try fields.flag("w"),
            isRestricted: try fields.flag("r"))
    }

    var field: Bencode {
        .dictionary(["c": content.field, "o": origin.field, "r": .flag(isRestricted), "w": .flag(isWhole)])
    }
}

extension Finding: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            publication: try fields.value("i"), owner: try fields.value("u"), content: try fields.valueIfPresent("c"),
            absentSince: fields["s"] == nil ? nil : try fields.integer("s"), isParent: try fields.flag("f"),
            access: try .from(fields))
    }

    var field: Bencode {
        .dictionary([
            "a": access.field, "c": content?.field, "f": .flag(isParent), "i": publication.field,
            "s": absentSince.map { .integer($0) }, "u": owner.field,
        ])
    }
}

extension ListedPublication: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        let kind: Kind
        if let content: ContentID = try fields.valueIfPresent("c") {
            kind = .content(content)
        } else {
            kind = try fields.flag("f") ? .parent : .unhashed(try fields.size("z"))
        }
        self.init(
            id: try fields.value("i"), owner: try fields.value("u"),
            path: fields["p"] == nil ? "" : try fields.text("p", atMost: Self.pathByteLimit),
            name: try fields.value("n"), kind: kind, access: try .from(fields),
            published: fields["t"] == nil ? nil : try fields.integer("t"),
            holders: fields["h"] == nil ? nil : try fields.integer("h"))
    }

    var field: Bencode {
        var fields: BencodeDictionary = [
            "a": access.field, "h": holders.map { .integer($0) }, "i": id.field, "n": name.field,
            "p": path.isEmpty ? nil : .text(path), "t": published.map { .integer($0) }, "u": owner.field,
        ]
        switch kind {
        case .content(let content): fields["c"] = content.field
        case .unhashed(let size): fields["z"] = size.map { .integer($0) }
        case .parent: fields["f"] = .flag(true)
        }
        return .dictionary(fields)
    }
}

extension Holder: DirectoryField {
    /// More endpoints of one holder are not told.
    package static let endpointLimit = 8

    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            user: try fields.value("u"), endpoints: try fields.list("e", atMost: Self.endpointLimit),
            isWhole: try fields.flag("w"), demandsTicket: try fields.flag("t"),
            infoHash: try fields.valueIfPresent("h"))
    }

    var field: Bencode {
        .dictionary([
            "e": .list(Array(endpoints.prefix(Self.endpointLimit))), "h": infoHash?.field, "t": .flag(demandsTicket),
            "u": user.field, "w": .flag(isWhole),
        ])
    }
}

extension Revocation: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            serial: try fields.integer("s"), user: try fields.value("u"), issuedBefore: try fields.integer("b"))
    }

    var field: Bencode {
        .dictionary(["b": .integer(issuedBefore), "s": .integer(serial), "u": user.field])
    }
}

/// The id, or the refusal's number and value.
extension PublishResult: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        if let id = try? PublicationID(field: field) {
            self = .published(id)
        } else {
            guard let list = field.list, let code = list.first?.integer else { throw MalformedField() }
            self = .refused(DirectoryRefusal(code: code, text: "", value: list.dropFirst().first?.integer))
        }
    }

    var field: Bencode {
        switch self {
        case .published(let id): id.field
        case .refused(let refusal):
            .list([.integer(refusal.code)] + (refusal.value.map { [.integer($0)] } ?? []))
        }
    }
}
