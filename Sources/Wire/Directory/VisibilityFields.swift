import Content

/// 0 for everybody; otherwise a dictionary with the names.
extension Visibility: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        if field.integer == 0 {
            self = .everybody
            return
        }
        let fields = try field.fields()
        let names: [UserName] = try fields.list("r", atMost: Readers.limit)
        guard let readers = Readers(names, isListed: try fields.flag("l")) else { throw MalformedField() }
        self = .restricted(readers)
    }

    var field: Bencode {
        switch self {
        case .everybody: .integer(0)
        case .restricted(let readers):
            .dictionary(["l": .flag(readers.isListed), "r": .list(readers.names)])
        }
    }

    /// To be kept; ``init(decoding:)`` reads it again.
    package var encoded: [UInt8] { field.encoded }

    package init?(decoding bytes: [UInt8]) {
        guard let field = try? Bencode(decoding: bytes), let visibility = try? Visibility(field: field) else {
            return nil
        }
        self = visibility
    }

    /// Absent where everybody sees it.
    static func from(_ fields: BencodeDictionary) throws(MalformedField) -> Visibility {
        try fields.valueIfPresent("v") ?? .everybody
    }

    var fieldUnlessEverybody: Bencode? { self == .everybody ? nil : field }
}

extension Access {
    /// Absent where it is there for everybody.
    static func from(_ fields: BencodeDictionary) throws(MalformedField) -> Access {
        guard fields["a"] != nil else { return .everybody }
        guard let access = Access(rawValue: try fields.integer("a")) else { throw MalformedField() }
        return access
    }

    var field: Bencode? { self == .everybody ? nil : .integer(rawValue) }
}

extension AskEntry: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        guard let state = State(rawValue: try fields.integer("s")) else { throw MalformedField() }
        self.init(
            id: try fields.integer("i", in: 1...Int64.max), publication: try fields.value("p"),
            name: try fields.value("n"), member: try fields.value("u"), time: try fields.integer("b"), state: state)
    }

    var field: Bencode {
        .dictionary([
            "b": .integer(time), "i": .integer(id), "n": name.field, "p": publication.field,
            "s": .integer(state.rawValue), "u": member.field,
        ])
    }
}
