import Content

/// `k` says which answer it is, so that a datagram can be read without the request.
extension DirectoryAnswer {
    /// What `r` holds. A refusal stands in `e` instead.
    var fields: BencodeDictionary {
        switch self {
        case .network(let network):
            ["c": .text(network.certificatePEM), "k": .text("network"), "t": .integer(network.serverTime)]
        case .welcome(let welcome):
            welcome.pulse.added(
                to: ["c": .string(welcome.certificate), "k": .text("welcome"), "x": .string(welcome.token)])
        case .heartbeat(let pulse): pulse.added(to: ["k": .text("heartbeat")])
        case .done, .refusal: ["k": .text("done")]
        case .attached(let endpoint): ["e": endpoint.field, "k": .text("attached")]
        case .certificate(let leaf): ["c": .string(leaf), "k": .text("certificate")]
        case .revocations(let page): page.fields("revocations")
        case .peers(let page): page.fields("peers")
        case .published(let page): page.fields("published")
        case .publishResults(let results): ["i": .list(results), "k": .text("publish")]
        case .unpublishResults(let results):
            ["i": .string(results.map { $0 ? 1 : 0 }), "k": .text("unpublish")]
        case .wanted(let content): ["c": content?.field, "k": .text("wanted")]
        case .names(let page): page.fields("names")
        case .found(let page): page.fields("found")
        case .holders(let page): page.fields("holders")
        case .listings(let page): page.fields("listings")
        case .ticket(let ticket): ["k": .text("ticket"), "t": .string(ticket)]
        case .tracker(let path): ["k": .text("tracker"), "u": path.map { .text($0) }]
        case .asks(let page): page.fields("asks")
        case .devices(let page): page.fields("devices")
        case .invited(let invite): ["i": invite.field, "k": .text("invited")]
        case .invites(let page): page.fields("invites")
        case .members(let page): page.fields("members")
        case .sessions(let page): page.fields("sessions")
        case .groups(let page): page.fields("groups")
        case .groupMembers(let page): page.fields("group")
        case .whereabouts(let whereabouts): whereabouts.added(to: ["k": .text("whereabouts")])
        case .dialledBack(let dials): ["d": .list(Array(dials.prefix(DialledBack.limit))), "k": .text("dialled-back")]
        case .crossing(let crossing): crossing.fields
        }
    }

    init(fields: BencodeDictionary) throws(MalformedField) {
        switch fields["k"]?.text {
        case "network":
            self = .network(
                NetworkDescription(
                    certificatePEM: try fields.text("c", atMost: DirectoryMessage.maximumPlaintext),
                    serverTime: try fields.integer("t")))
        case "welcome":
            self = .welcome(
                Welcome(
                    certificate: try fields.bytes("c", 1...DirectoryMessage.maximumPlaintext),
                    token: try fields.bytes("x", Login.tokenByteCount...Login.tokenByteCount),
                    pulse: try HeartbeatAnswer(fields: fields)))
        case "heartbeat": self = .heartbeat(try HeartbeatAnswer(fields: fields))
        case "done": self = .done
        case "attached": self = .attached(try fields.value("e"))
        case "certificate": self = .certificate(try fields.bytes("c", 1...DirectoryMessage.maximumPlaintext))
        case "revocations": self = .revocations(try Page(fields: fields))
        case "peers": self = .peers(try Page(fields: fields))
        case "published": self = .published(try Page(fields: fields))
        case "publish": self = .publishResults(try fields.list("i", atMost: Batches.draftLimit))
        case "unpublish":
            self = .unpublishResults(
                try fields.bytes("i", 0...DirectoryMessage.maximumPlaintext).map { $0 == 1 })
        case "wanted": self = .wanted(try fields.valueIfPresent("c"))
        case "names": self = .names(try Page(fields: fields))
        case "found": self = .found(try Page(fields: fields))
        case "holders": self = .holders(try Page(fields: fields))
        case "listings": self = .listings(try Page(fields: fields))
        case "ticket": self = .ticket(try fields.bytes("t", 1...Ticket.byteLimit))
        case "tracker":
            self = .tracker(fields["u"] == nil ? nil : try fields.text("u", atMost: TrackerPath.byteLimit))
        case "asks": self = .asks(try Page(fields: fields))
        case "devices": self = .devices(try Page(fields: fields))
        case "invited": self = .invited(try fields.value("i"))
        case "invites": self = .invites(try Page(fields: fields))
        case "members": self = .members(try Page(fields: fields))
        case "sessions": self = .sessions(try Page(fields: fields))
        case "groups": self = .groups(try Page(fields: fields))
        case "whereabouts": self = .whereabouts(try Whereabouts(fields: fields))
        case "dialled-back": self = .dialledBack(try fields.list("d", atMost: DialledBack.limit))
        case "crossing": self = .crossing(try Crossing(fields: fields))
        case "group": self = .groupMembers(try Page(fields: fields))
        default: throw MalformedField()
        }
    }
}

extension HeartbeatAnswer {
    /// Milliseconds: what a server may ask a client to wait between heartbeats.
    private static let longestInterval: Int64 = 3_600_000

    fileprivate func added(to fields: BencodeDictionary) -> BencodeDictionary {
        var fields = fields
        if askSerial > 0 { fields["a"] = .integer(askSerial) }
        fields["h"] = .integer(interval)
        fields["o"] = .list(Array(servers.prefix(Self.serverLimit)))
        fields["r"] = role.field
        fields["s"] = .integer(silenceLimit)
        fields["t"] = .integer(serverTime)
        fields["v"] = .integer(revocationSerial)
        fields["w"] = .compact(wanted.prefix(Self.wantedLimit).map(\.compact))
        return fields
    }

    fileprivate init(fields: BencodeDictionary) throws(MalformedField) {
        self.init(
            interval: try fields.integer("h", in: 1...Self.longestInterval),
            silenceLimit: try fields.integer("s", in: 1...2 * Self.longestInterval),
            serverTime: try fields.integer("t"), revocationSerial: try fields.integer("v"),
            wanted: try fields.compact("w", each: PublicationID.byteCount) { PublicationID(compact: $0) },
            // One that this program does not know gives nothing that it could do.
            role: (try? fields.role("r")) ?? .member,
            askSerial: fields["a"] == nil ? 0 : try fields.integer("a"),
            servers: try fields.list("o", atMost: Self.serverLimit))
        guard wanted.count <= Self.wantedLimit else { throw MalformedField() }
    }
}

extension Page where Item: DirectoryField {
    fileprivate func fields(_ kind: String) -> BencodeDictionary {
        [
            "a": after.isEmpty ? nil : .string(after), "f": .flag(isFinal), "i": .list(items), "k": .text(kind),
            "n": .integer(Int64(number)), "p": .flag(isSortedInParts), "z": last.isEmpty ? nil : .string(last),
        ]
    }

    fileprivate init(fields: BencodeDictionary) throws(MalformedField) {
        func cursor(_ key: String) throws(MalformedField) -> [UInt8] {
            fields[key] == nil ? [] : try fields.bytes(key, 0...PageWindow.cursorByteLimit)
        }
        self.init(
            number: Int(try fields.integer("n", in: 0...Int64(PageWindow.limit - 1))), after: try cursor("a"),
            last: try cursor("z"), isFinal: try fields.flag("f"), isSortedInParts: try fields.flag("p"),
            items: try fields.list("i"))
    }
}
