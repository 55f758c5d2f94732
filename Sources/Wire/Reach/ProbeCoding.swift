import Content

extension Probe {
    var arguments: BencodeDictionary {
        switch self {
        case .listening: [:]
        case .crossing(let id): ["n": .string(id.bytes)]
        }
    }

    init(arguments: BencodeDictionary) throws(MalformedField) {
        guard let field = arguments["n"] else {
            self = .listening
            return
        }
        guard let id = field.string.flatMap({ KnockID($0) }) else { throw MalformedField() }
        self = .crossing(id)
    }
}

extension DialledBack: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        guard let outcome = Outcome(rawValue: try fields.integer("o")) else { throw MalformedField() }
        self.init(try fields.value("e"), outcome)
    }

    var field: Bencode { .dictionary(["e": endpoint.field, "o": .integer(outcome.rawValue)]) }
}

extension Crossing {
    var fields: BencodeDictionary { ["e": seen.field, "k": .text("crossing"), "p": .integer(Int64(port))] }

    init(fields: BencodeDictionary) throws(MalformedField) {
        self.init(
            seen: try fields.value("e"), port: UInt16(truncatingIfNeeded: try fields.integer("p", in: 1...65_535)))
    }
}

extension WayReport: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        let fields = try field.fields()
        guard let kind = Kind(rawValue: try fields.integer("k")) else { throw MalformedField() }
        self.init(
            kind, try fields.valueIfPresent("e"),
            // One that a later version knows.
            Outcome(rawValue: try fields.integer("o")) ?? .failed,
            milliseconds: try fields.integer("t", in: 0...Self.longest))
    }

    var field: Bencode {
        .dictionary([
            "e": endpoint?.field, "k": .integer(kind.rawValue), "o": .integer(outcome.rawValue),
            "t": .integer(min(max(milliseconds, 0), Self.longest)),
        ])
    }
}

extension TrialReport {
    var arguments: BencodeDictionary {
        ["n": attempt.field, "u": user.field, "w": .list(Array(ways.prefix(Self.limit)))]
    }

    init(arguments: BencodeDictionary) throws(MalformedField) {
        guard let fields = (arguments["w"] ?? .list([])).list, fields.count <= Self.limit else {
            throw MalformedField()
        }
        var ways: [WayReport] = []
        for field in fields {
            // Of a kind that a later version knows.
            guard WayReport.Kind(rawValue: try field.fields().integer("k")) != nil else { continue }
            ways.append(try WayReport(field: field))
        }
        self.init(attempt: try arguments.value("n"), user: try arguments.value("u"), ways: ways)
    }
}
