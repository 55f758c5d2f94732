import Content

extension AttemptID: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        guard let attempt = field.string.flatMap({ AttemptID($0) }) else { throw MalformedField() }
        self = attempt
    }

    var field: Bencode { .string(bytes) }
}

extension Reach {
    var arguments: BencodeDictionary {
        [
            "b": .flag(isTrial), "d": .flag(avoidsRelay),
            "e": .list(Array(endpoints.prefix(Whereabouts.endpointLimit))), "n": attempt.field, "u": user.field,
        ]
    }

    init(arguments: BencodeDictionary) throws(MalformedField) {
        self.init(
            attempt: try arguments.value("n"), user: try arguments.value("u"),
            endpoints: try arguments.list("e", atMost: Whereabouts.endpointLimit),
            avoidsRelay: try arguments.flag("d"), isTrial: try arguments.flag("b"))
    }
}

extension Whereabouts {
    func added(to fields: BencodeDictionary) -> BencodeDictionary {
        var fields = fields
        fields["e"] = .list(Array(endpoints.prefix(Self.endpointLimit)))
        fields["f"] = .list(Array(reflexive.prefix(Self.reflexiveLimit)))
        guard let relay else { return fields }
        fields["h"] = relay.host.map { .text($0) }
        fields["p"] = .integer(Int64(relay.port))
        fields["x"] = .string(relay.ticket)
        return fields
    }

    init(fields: BencodeDictionary) throws(MalformedField) {
        self.init(
            endpoints: try fields.list("e", atMost: Self.endpointLimit),
            reflexive: try fields.list("f", atMost: Self.reflexiveLimit))
        guard fields["x"] != nil else { return }
        relay = RelayOffer(
            host: fields["h"] == nil ? nil : try fields.text("h", atMost: RelayOffer.hostByteLimit),
            port: UInt16(truncatingIfNeeded: try fields.integer("p", in: 1...65_535)),
            ticket: try fields.bytes("x", 1...RelayOffer.ticketByteLimit))
    }
}

extension Call {
    var fields: BencodeDictionary {
        whereabouts.added(
            to: ["b": .flag(isTrial), "d": .flag(avoidsRelay), "n": attempt.field, "u": user.field])
    }

    init(fields: BencodeDictionary) throws(MalformedField) {
        self.init(
            attempt: try fields.value("n"), user: try fields.value("u"), whereabouts: try Whereabouts(fields: fields),
            avoidsRelay: try fields.flag("d"), isTrial: try fields.flag("b"))
    }
}
