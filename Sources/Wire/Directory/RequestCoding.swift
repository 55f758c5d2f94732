import Content

extension DirectoryRequest {
    /// What `q` says.
    var name: String {
        switch self {
        case .network: "network"
        case .login: "login"
        case .join: "join"
        case .heartbeat: "heartbeat"
        case .goodbye: "goodbye"
        case .attach: "attach"
        case .renew: "renew"
        case .revocations: "revocations"
        case .peers: "peers"
        case .published: "published"
        case .publish: "publish"
        case .unpublish: "unpublish"
        case .serve: "serve"
        case .hold: "hold"
        case .search: "search"
        case .lookup: "lookup"
        case .holders: "holders"
        case .listings: "listings"
        case .descend: "descend"
        case .want: "want"
        case .ticket: "ticket"
        case .tracker: "tracker"
        case .ask: "ask"
        case .asks: "asks"
        case .asked: "asked"
        case .answerAsk: "answer-ask"
        case .readers: "readers"
        case .arrange: "arrange"
        case .withdraw: "withdraw"
        case .reach: "reach"
        case .locate: "locate"
        case .probe: "probe"
        case .report: "report"
        case .account: "account"
        case .administer: "administer"
        }
    }

    /// What `a` holds.
    var arguments: BencodeDictionary {
        switch self {
        case .network, .heartbeat, .goodbye, .attach: [:]
        case .login(let login): login.arguments
        case .join(let join):
            [
                "i": .string(join.invite.bytes), "n": .string(join.attempt), "u": join.user.field,
                "w": join.password.map { .string($0) },
            ]
        case .renew(let key, let days): ["d": days == 1 ? nil : .integer(Int64(days)), "x": .string(key)]
        case .revocations(let since, let window): window.added(to: ["s": .integer(since)])
        case .peers(let window), .published(let window), .asks(let window), .asked(let window): window.added(to: [:])
        case .publish(let drafts): ["d": .list(drafts)]
        case .unpublish(let names): ["n": .list(names)]
        case .serve(let add, let remove):
            ["i": .compact(add.map(\.compact)), "j": .compact(remove.map(\.compact))]
        case .hold(let add, let remove): ["e": .list(add), "r": .compact(remove.map(\.compact))]
        case .search(let search, let window): window.added(to: search.arguments)
        case .lookup(let name, let window): window.added(to: ["n": name.field])
        case .holders(let content, let window): window.added(to: ["c": content.field])
        case .listings(.matching(let search), let window): window.added(to: search.arguments)
        case .listings(.of(let user, let parent), let window):
            window.added(to: ["m": user.field, "p": parent?.field])
        case .descend(let parent, let path): ["i": parent.field, "n": .list(path)]
        case .want(let id), .ask(let id): ["i": id.field]
        case .ticket(let content), .tracker(let content): ["c": content.field]
        case .answerAsk(let id, let verdict): ["i": .integer(id), "v": .integer(verdict.rawValue)]
        case .readers(let names): ["n": .list(names)]
        case .arrange(let arrangements): ["c": .list(arrangements)]
        case .withdraw(let ids): ["i": .compact(ids.map(\.compact))]
        case .reach(let reach): reach.arguments
        case .locate(let endpoints, let told):
            [
                "l": .list(Array(endpoints.prefix(Login.localAddressLimit))),
                "m": told.isEmpty ? nil : .list(Array(told.prefix(DirectoryMessage.toldOfMoveLimit))),
            ]
        case .probe(let probe): probe.arguments
        case .report(let report): report.arguments
        case .account(let request): request.arguments
        case .administer(let administration): administration.arguments
        }
    }

    /// Nil where there is no request of that name.
    init?(name: String, arguments: BencodeDictionary) throws(MalformedField) {
        switch name {
        case "network": self = .network
        case "login": self = .login(try Login(arguments: arguments))
        case "join":
            guard let invite = InviteSecret(try arguments.bytes("i", InviteSecret.byteCount...InviteSecret.byteCount))
            else { throw MalformedField() }
            self = .join(
                Join(
                    invite: invite, user: try arguments.value("u"),
                    password: arguments["w"] == nil
                        ? nil : try arguments.bytes("w", Login.leastPasswordByteCount...Login.passwordByteLimit),
                    attempt: try arguments.bytes("n", Join.attemptByteCount...Join.attemptByteCount)))
        case "heartbeat": self = .heartbeat
        case "goodbye": self = .goodbye
        case "attach": self = .attach
        case "renew":
            let longest = Int64(MemberCertificateTerms.longestDays)
            self = .renew(
                devicePublicKey: try arguments.bytes("x", 1...Login.publicKeyByteLimit),
                days: arguments["d"] == nil ? 1 : Int(try arguments.integer("d", in: 1...longest)))
        case "revocations": self = .revocations(since: try arguments.integer("s"), window: try .from(arguments))
        case "peers": self = .peers(try .from(arguments))
        case "published": self = .published(try .from(arguments))
        case "publish": self = .publish(try arguments.list("d", atMost: Batches.draftLimit))
        case "unpublish": self = .unpublish(try arguments.list("n"))
        case "serve":
            self = .serve(
                add: try arguments.compact("i", each: PublicationID.byteCount) { PublicationID(compact: $0) },
                remove: try arguments.compact("j", each: PublicationID.byteCount) { PublicationID(compact: $0) })
        case "hold":
            self = .hold(
                add: try arguments.list("e"),
                remove: try arguments.compact("r", each: ContentID.compactByteCount) { ContentID(compact: $0) })
        case "search":
            self = .search(try Search(arguments: arguments), try .from(arguments))
        case "lookup": self = .lookup(name: try arguments.value("n"), try .from(arguments))
        case "holders": self = .holders(try arguments.value("c"), try .from(arguments))
        case "listings":
            let query: ListingQuery =
                arguments["m"] == nil
                ? .matching(try Search(arguments: arguments))
                : .of(try arguments.value("m"), below: try arguments.valueIfPresent("p"))
            self = .listings(query, try .from(arguments))
        case "descend":
            self = .descend(try arguments.value("i"), try arguments.list("n", atMost: FileTreeEntry.maximumDepth))
        case "want": self = .want(try arguments.value("i"))
        case "ticket": self = .ticket(try arguments.value("c"))
        case "tracker": self = .tracker(try arguments.value("c"))
        case "ask": self = .ask(try arguments.value("i"))
        case "asks": self = .asks(try .from(arguments))
        case "asked": self = .asked(try .from(arguments))
        case "answer-ask":
            guard let verdict = Verdict(rawValue: try arguments.integer("v")) else { throw MalformedField() }
            self = .answerAsk(try arguments.integer("i", in: 1...Int64.max), verdict)
        case "readers": self = .readers(try arguments.list("n", atMost: Readers.limit))
        case "arrange": self = .arrange(try arguments.list("c"))
        case "withdraw":
            self = .withdraw(
                try arguments.compact("i", each: PublicationID.byteCount) { PublicationID(compact: $0) })
        case "reach": self = .reach(try Reach(arguments: arguments))
        case "locate":
            self = .locate(
                try arguments.list("l", atMost: Login.localAddressLimit),
                telling: try arguments.list("m", atMost: DirectoryMessage.toldOfMoveLimit))
        case "probe": self = .probe(try Probe(arguments: arguments))
        case "report": self = .report(try TrialReport(arguments: arguments))
        case "account": self = .account(try AccountRequest(arguments: arguments))
        case "administer": self = .administer(try Administration(arguments: arguments))
        default: return nil
        }
    }
}

extension Login {
    /// In bytes.
    package static let passwordByteLimit = 256
    /// Of passwords that members choose; those of the credentials file may be shorter.
    package static let leastPasswordByteCount = 8
    package static func canBeChosen(_ password: some Collection<UInt8>) -> Bool {
        (leastPasswordByteCount...passwordByteLimit).contains(password.count)
    }
    package static let tokenByteCount = 32
    package static let labelByteLimit = 64
    package static let localAddressLimit = 4
    static let publicKeyByteLimit = 256

    fileprivate var arguments: BencodeDictionary {
        var arguments: BencodeDictionary = [
            "d": device.field, "l": .list(Array(localAddresses.prefix(Self.localAddressLimit))),
            "n": .text(deviceLabel), "o": .flag(takesOver), "p": .integer(Int64(listeningPort)), "u": user.field,
            "x": .string(devicePublicKey),
        ]
        switch proof {
        case .password(let password): arguments["w"] = .string(password)
        case .token(let token): arguments["k"] = .string(token)
        }
        return arguments
    }

    fileprivate init(arguments: BencodeDictionary) throws(MalformedField) {
        let proof: Proof
        if arguments["k"] != nil {
            proof = .token(try arguments.bytes("k", Self.tokenByteCount...Self.tokenByteCount))
        } else {
            proof = .password(try arguments.bytes("w", 0...Self.passwordByteLimit))
        }
        self.init(
            user: try arguments.value("u"), proof: proof, device: try arguments.value("d"),
            deviceLabel: try arguments.text("n", atMost: Self.labelByteLimit), takesOver: try arguments.flag("o"),
            devicePublicKey: try arguments.bytes("x", 1...Self.publicKeyByteLimit),
            listeningPort: UInt16(truncatingIfNeeded: try arguments.integer("p", in: 0...65_535)),
            localAddresses: try arguments.list("l", atMost: Self.localAddressLimit))
    }
}

extension PageWindow {
    /// In bytes.
    package static let cursorByteLimit = 300

    func added(to arguments: BencodeDictionary) -> BencodeDictionary {
        var arguments = arguments
        if !after.isEmpty { arguments["a"] = .string(after) }
        if wanted != .max { arguments["w"] = .integer(Int64(wanted)) }
        return arguments
    }

    static func from(_ arguments: BencodeDictionary) throws(MalformedField) -> PageWindow {
        let after = arguments["a"] == nil ? [] : try arguments.bytes("a", 0...cursorByteLimit)
        let wanted = arguments["w"] == nil ? Int64(UInt32.max) : try arguments.integer("w", in: 0...Int64(UInt32.max))
        return PageWindow(after: after, wanted: UInt32(truncatingIfNeeded: wanted))
    }
}
