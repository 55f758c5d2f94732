import Content
import TestKit
import Wire

/// Values of every kind, from shortest to longest.
extension SeededRandom {
    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self) == 0 }

    mutating func list<Item>(_ range: ClosedRange<Int>, _ make: (inout SeededRandom) -> Item) -> [Item] {
        (0..<Int.random(in: range, using: &self)).map { _ in make(&self) }
    }

    /// Of small and large numbers alike.
    mutating func number() -> Int64 { Int64(next() >> UInt64.random(in: 1...63, using: &self)) }

    mutating func user() -> UserName {
        let text = String(decoding: list(1...16) { UInt8.random(in: 0x21...0x7E, using: &$0) }, as: UTF8.self)
        return UserName(text) ?? self.user()
    }

    mutating func fileName() -> FileName {
        let length = chance(4) ? 255 : Int.random(in: 1...40, using: &self)
        var text = ""
        let letters: [Character] = ["a", "Z", "0", ".", " ", "é", "ß", "\n", "漢", "\u{1B}"]
        while let letter = letters.randomElement(using: &self), text.utf8.count + letter.utf8.count <= length {
            text.append(letter)
        }
        return (try? FileName(text)) ?? fileName()
    }

    mutating func hash() -> Hash256 { Hash256(hashing: bytes(8)) }
    mutating func content() -> ContentID {
        let kind = chance(4) ? ContentID.Kind.folder : .file
        return chance(10)
            ? .empty : ContentID(root: hash(), size: 1 + number() % ContentID.maximumSize, kind: kind) ?? .empty
    }
    mutating func optional<Value>(_ make: (inout SeededRandom) -> Value) -> Value? { chance(3) ? nil : make(&self) }
    mutating func publicationID() -> PublicationID { PublicationID(rawValue: max(1, number())) }

    mutating func visibility() -> Visibility {
        guard !chance(3), let readers = Readers(list(0...Readers.limit) { $0.user() }, isListed: chance(2)) else {
            return .everybody
        }
        return .restricted(readers)
    }

    mutating func access() -> Access { [.everybody, .granted, .locked].randomElement(using: &self) ?? .everybody }

    mutating func askEntry() -> AskEntry {
        AskEntry(
            id: max(1, number()), publication: publicationID(), name: fileName(), member: user(), time: number(),
            state: [.open, .granted, .refused].randomElement(using: &self) ?? .open)
    }

    mutating func publication() -> Publication {
        Publication(
            id: publicationID(), parent: optional { $0.publicationID() }, name: fileName(), visibility: visibility(),
            content: optional { $0.content() })
    }

    mutating func draft() -> PublicationDraft {
        let parent = optional { $0.publicationID() }
        return PublicationDraft(
            parent: parent, name: fileName(), visibility: parent == nil ? optional { $0.visibility() } : nil,
            content: optional { $0.content() })
    }

    mutating func unhashedDraft() -> PublicationDraft {
        var draft = draft()
        draft.content = nil
        if chance(2) { draft.isParent = true } else { draft.size = optional { $0.number() % ContentID.maximumSize } }
        return draft
    }

    mutating func listed() -> ListedPublication {
        let kinds: [ListedPublication.Kind] = [
            .content(content()), .parent, .unhashed(nil), .unhashed(number() % ContentID.maximumSize),
        ]
        return ListedPublication(
            id: publicationID(), owner: user(), path: chance(3) ? "" : fileName().text, name: fileName(),
            kind: kinds.randomElement(using: &self) ?? .parent,
            access: access())
    }

    mutating func arrangement() -> Arrangement {
        Arrangement(id: publicationID(), parent: publicationID(), name: fileName())
    }

    mutating func holderEntry() -> HolderEntry {
        HolderEntry(
            content: content(), origin: publicationID(), isWhole: Bool.random(using: &self), isRestricted: chance(2))
    }

    mutating func endpoint() -> Endpoint {
        Endpoint(
            address: bytes(chance(2) ? 4 : 16), port: UInt16.random(in: 1...65_535, using: &self), isMapped: chance(4))
            ?? endpoint()
    }

    mutating func holder() -> Holder {
        Holder(
            user: user(), endpoints: list(0...8) { $0.endpoint() }, isWhole: Bool.random(using: &self),
            demandsTicket: chance(2), infoHash: optional { $0.infoHash() })
    }

    mutating func infoHash() -> TruncatedInfoHash { TruncatedInfoHash(InfoHash(Hash256(hashing: bytes(8)))) }

    mutating func finding() -> Finding {
        Finding(
            publication: publicationID(), owner: user(), content: optional { $0.content() },
            absentSince: optional { $0.number() }, isParent: chance(4), access: access())
    }

    mutating func revocation() -> Revocation {
        Revocation(serial: number(), user: user(), issuedBefore: number())
    }

    mutating func window() -> PageWindow {
        PageWindow(
            after: chance(2) ? [] : bytes(Int.random(in: 0...300, using: &self)),
            wanted: chance(2) ? .max : UInt32(truncatingIfNeeded: next()))
    }

    mutating func login() -> Login {
        Login(
            user: user(),
            proof: chance(2) ? .token(bytes(32)) : .password(bytes(Int.random(in: 0...256, using: &self))),
            device: DeviceID(bytes(16)) ?? login().device, deviceLabel: String(fileName().text.prefix(16)),
            takesOver: Bool.random(using: &self), devicePublicKey: bytes(91),
            listeningPort: UInt16(truncatingIfNeeded: next()), localAddresses: list(0...4) { $0.endpoint() })
    }

    mutating func join() -> Join {
        Join(
            invite: InviteSecret(bytes(InviteSecret.byteCount)) ?? join().invite, user: user(),
            password: Bool.random(using: &self) ? nil : bytes(Int.random(in: 8...256, using: &self)),
            attempt: bytes(Join.attemptByteCount))
    }

    mutating func refusal() -> DirectoryRefusal {
        let place = String(fileName().text.prefix(30))
        let all: [DirectoryRefusal] = [
            .notAllowed, .noSuchMember, .noSuchInvite, .noSuchGroup, .noSuchDevice, .accountOfFile, .lastAdmin,
            .authenticationFailed, .onlineElsewhere(place: place), .tokenInvalid, .notLoggedIn,
            .busy(retryAfter: number()), .slowDown(retryAfter: number()), .malformed, .unknownRequest,
            .quotaReached(limit: number()), .noSuchPublication, .internalError, .storeFull, .inviteInvalid, .nameTaken,
            .noSuchAsk, .askRefused, .noSuchReader(number()),
        ]
        return all.randomElement(using: &self) ?? .malformed
    }

    mutating func search() -> Search {
        func range() -> ClosedRange<Int64> {
            let (one, other) = (number(), number())
            return min(one, other)...max(one, other)
        }
        return Search(
            SearchQuery(
                words: list(0...3) { $0.bytes(Int.random(in: 0...85, using: &$0)) }, ignoresCase: chance(2),
                sizes: chance(2) ? range() : nil, times: chance(2) ? range() : nil,
                extensions: ["mp3", "ä", "tar.gz"].filter { _ in chance(3) }, owner: optional { $0.user() },
                order: SearchQuery.Order.allCases.randomElement(using: &self) ?? .name, isReversed: chance(2)),
            number: number())
    }

    mutating func request() -> DirectoryRequest {
        switch Int.random(in: 0..<37, using: &self) {
        case 33: .attach
        case 34: .probe(.listening)
        case 35: .probe(.crossing(.random(using: &self)))
        case 36: .report(report())
        case 31:
            .reach(
                Reach(
                    attempt: .random(using: &self), user: user(),
                    endpoints: list(0...Whereabouts.endpointLimit) { $0.endpoint() }, avoidsRelay: chance(2),
                    isTrial: chance(2)))
        case 32:
            .locate(
                list(0...Login.localAddressLimit) { $0.endpoint() },
                telling: list(0...DirectoryMessage.toldOfMoveLimit) { $0.user() })
        case 0: .network
        case 16: .listings(.matching(search()), window())
        case 17: .listings(.of(user(), below: optional { $0.publicationID() }), window())
        case 18: .descend(publicationID(), list(0...3) { $0.fileName() })
        case 19: .want(publicationID())
        case 20: .arrange(list(0...3) { $0.arrangement() })
        case 21: .withdraw(list(0...100) { $0.publicationID() })
        case 24: .ticket(content())
        case 30: .tracker(content())
        case 25: .ask(publicationID())
        case 26: .asks(window())
        case 27: .asked(window())
        case 28: .answerAsk(max(1, number()), [.refuse, .once, .always].randomElement(using: &self) ?? .once)
        case 29: .readers(list(0...3) { $0.user() })
        case 22: .account(accountRequest())
        case 23: .administer(administration())
        case 15: .join(join())
        case 1: .login(login())
        case 2: .heartbeat
        case 3: .goodbye
        case 4:
            .renew(
                devicePublicKey: bytes(91), days: Int.random(in: 1...MemberCertificateTerms.longestDays, using: &self))
        case 5: .revocations(since: number(), window: window())
        case 6: .peers(window())
        case 7: .published(window())
        case 8: .publish(list(0...1) { $0.chance(2) ? $0.draft() : $0.unhashedDraft() })
        case 9: .unpublish(list(0...3) { $0.fileName() })
        case 10:
            .serve(add: list(0...50) { $0.publicationID() }, remove: list(0...50) { $0.publicationID() })
        case 11: .hold(add: list(0...5) { $0.holderEntry() }, remove: list(0...5) { $0.content() })
        case 12: .search(search(), window())
        case 13: .lookup(name: fileName(), window())
        default: .holders(content(), window())
        }
    }

    mutating func pulse() -> HeartbeatAnswer {
        HeartbeatAnswer(
            interval: Int64.random(in: 1...3_600_000, using: &self),
            silenceLimit: Int64.random(in: 1...7_200_000, using: &self), serverTime: number(),
            revocationSerial: number(), wanted: chance(2) ? [] : list(0...32) { $0.publicationID() },
            role: chance(2) ? .admin : .member, askSerial: chance(2) ? 0 : number(),
            servers: list(0...HeartbeatAnswer.serverLimit) { $0.endpoint() })
    }

    mutating func page<Item>(_ items: ClosedRange<Int>, _ make: (inout SeededRandom) -> Item) -> Page<Item> {
        Page(
            number: Int.random(in: 0...31, using: &self), after: bytes(Int.random(in: 0...20, using: &self)),
            last: bytes(Int.random(in: 0...20, using: &self)), isFinal: Bool.random(using: &self),
            items: list(items, make))
    }

    mutating func whereabouts() -> Whereabouts {
        Whereabouts(
            endpoints: list(0...Whereabouts.endpointLimit) { $0.endpoint() },
            reflexive: list(0...Whereabouts.reflexiveLimit) { $0.endpoint() },
            relay: optional {
                RelayOffer(
                    host: $0.optional { $0.user().text }, port: UInt16.random(in: 1...65_535, using: &$0),
                    ticket: $0.bytes(RelayTicket.byteLimit))
            })
    }

    mutating func report() -> TrialReport {
        TrialReport(
            attempt: .random(using: &self), user: user(),
            ways: list(0...TrialReport.limit) { random in
                WayReport(
                    WayReport.Kind.allCases.randomElement(using: &random) ?? .dialled,
                    random.optional { $0.endpoint() },
                    WayReport.Outcome.allCases.randomElement(using: &random) ?? .failed,
                    milliseconds: Int64.random(in: 0...WayReport.longest, using: &random))
            })
    }

    mutating func dialledBack() -> DialledBack {
        DialledBack(endpoint(), DialledBack.Outcome.allCases.randomElement(using: &self) ?? .open)
    }

    mutating func answer() -> DirectoryAnswer {
        switch Int.random(in: 0..<29, using: &self) {
        case 27: .dialledBack(list(0...DialledBack.limit) { $0.dialledBack() })
        case 28: .crossing(Crossing(seen: endpoint(), port: UInt16.random(in: 1...65_535, using: &self)))
        case 26: .whereabouts(whereabouts())
        case 14: .listings(page(0...1) { $0.listed() })
        case 15: .wanted(optional { $0.content() })
        case 22: .ticket(bytes(Ticket.byteLimit))
        case 25: .attached(endpoint())
        case 24: .tracker(optional { $0.fileName().text })
        case 23: .asks(page(0...3) { $0.askEntry() })
        case 16: .devices(page(0...4) { $0.deviceEntry() })
        case 17: .invited(inviteEntry())
        case 18: .invites(page(0...10) { $0.inviteEntry() })
        case 19: .members(page(0...10) { $0.memberEntry() })
        case 20: .sessions(page(0...4) { $0.sessionEntry() })
        case 21:
            chance(2)
                ? .groupMembers(page(0...40) { $0.user() })
                : .groups(page(0...20) { GroupEntry(name: $0.user(), memberCount: $0.number()) })
        case 0: .network(NetworkDescription(certificatePEM: bytes(300).hex, serverTime: number()))
        case 1: .welcome(Welcome(certificate: bytes(380), token: bytes(32), pulse: pulse()))
        case 2: .heartbeat(pulse())
        case 3: .done
        case 4: .certificate(bytes(380))
        case 5: .revocations(page(0...10) { $0.revocation() })
        case 6: .peers(page(0...40) { $0.user() })
        case 7: .published(page(0...1) { $0.publication() })
        case 8:
            .publishResults(
                list(0...24) { random in
                    // A place is not told of a publication.
                    switch random.refusal() {
                    case .onlineElsewhere: .published(random.publicationID())
                    case let refusal: random.chance(2) ? .refused(refusal) : .published(random.publicationID())
                    }
                })
        case 9: .unpublishResults(list(0...300) { Bool.random(using: &$0) })
        case 10: .names(page(0...3) { FoundName($0.fileName(), isFolder: $0.chance(3)) })
        case 11: .found(page(0...8) { $0.finding() })
        case 12: .holders(page(0...4) { $0.holder() })
        default: .refusal(refusal())
        }
    }

    mutating func message() -> DirectoryMessage {
        let transaction = TransactionID(rawValue: UInt32(truncatingIfNeeded: next()))
        return switch Int.random(in: 0..<23, using: &self) {
        case 22: .report(report())
        case 21: .moved(user())
        case 20:
            .call(
                Call(
                    attempt: .random(using: &self), user: user(), whereabouts: whereabouts(), avoidsRelay: chance(2),
                    isTrial: chance(2)))
        case 0: .challenge(bytes(8))
        case 1: .challengeAnswer(bytes(8))
        case 2...10: .request(transaction, request())
        default: .answer(transaction, answer())
        }
    }
}
