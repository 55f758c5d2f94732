import Content

extension Publication: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            id: try fields.value("i"), parent: try fields.valueIfPresent("p"), name: try fields.value("n"),
            visibility: try .from(fields), content: try fields.valueIfPresent("c"))
    }

    var field: Bencode {
        .dictionary([
            "c": content?.field, "i": id.field, "n": name.field, "p": parent?.field,
            "v": visibility.fieldUnlessEverybody,
        ])
    }
}

extension PublicationDraft: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            parent: try fields.valueIfPresent("p"), name: try fields.value("n"), visibility: try .from(fields),
            content: try fields.valueIfPresent("c"))
    }

    var field: Bencode {
        .dictionary([
            "c": content?.field, "n": name.field, "p": parent?.field, "v": visibility.fieldUnlessEverybody,
        ])
    }
}

extension HolderEntry: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(content: try fields.value("c"), origin: try fields.value("o"), isWhole: try fields.flag("w"))
    }

    var field: Bencode { .dictionary(["c": content.field, "o": origin.field, "w": .flag(isWhole)]) }
}

extension Finding: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            publication: try fields.value("i"), owner: try fields.value("u"), content: try fields.valueIfPresent("c"),
            absentSince: fields["s"] == nil ? nil : try fields.integer("s"))
    }

    var field: Bencode {
        .dictionary([
            "c": content?.field, "i": publication.field, "s": absentSince.map { .integer($0) }, "u": owner.field,
        ])
    }
}

extension Holder: DirectoryField {
    /// More endpoints of one holder are not told.
    package static let endpointLimit = 8

    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        self.init(
            user: try fields.value("u"), endpoints: try fields.list("e", atMost: Self.endpointLimit),
            isWhole: try fields.flag("w"))
    }

    var field: Bencode {
        .dictionary([
            "e": .list(Array(endpoints.prefix(Self.endpointLimit))), "u": user.field, "w": .flag(isWhole),
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
