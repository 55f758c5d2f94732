import Content
import TestKit
import Testing
import Wire

/// What the message blocks of Docs/protocol.md mean.
enum MessageVectors {
    static let all = Result { try requests().merging(try answers()) { first, _ in first } }

    private static let transaction = TransactionID(rawValue: 0x6161_6262)
    private static let id = PublicationID(rawValue: 258)
    private static let other = PublicationID(rawValue: 4_660)
    private static let pulse = HeartbeatAnswer(
        interval: 2_000, silenceLimit: 3_000, serverTime: 1_800_000_000_000, revocationSerial: 4)

    private static let wantingPulse = HeartbeatAnswer(
        interval: 2_000, silenceLimit: 3_000, serverTime: 1_800_000_000_000, revocationSerial: 4, wanted: [id])

    private static func listed() throws -> [ListedPublication] {
        let (file, folder) = (try FileName("a.pdf"), try FileName("Album"))
        return [
            ListedPublication(id: id, owner: try hans(), path: "Album", name: file, kind: .content(try content())),
            ListedPublication(id: other, owner: try hans(), path: "", name: folder, kind: .parent),
            ListedPublication(id: other, owner: try hans(), path: "", name: file, kind: .unhashed(5)),
        ]
    }

    private static func content() throws -> ContentID {
        let root = try #require(Hash256([UInt8](repeating: UInt8(ascii: "R"), count: 32)))
        return try #require(ContentID(root: root, size: 5))
    }

    private static func endpoint() throws -> Endpoint {
        try #require(Endpoint(address: Array("IPv4".utf8), port: 0x5054))
    }
    private static func attempt() throws -> AttemptID {
        try #require(AttemptID([UInt8](repeating: UInt8(ascii: "A"), count: AttemptID.byteCount)))
    }

    private static func whereabouts() throws -> Whereabouts {
        Whereabouts(
            endpoints: [try endpoint()], reflexive: [try endpoint()],
            relay: RelayOffer(host: "relay.example.org", port: 7_001, ticket: Array("ticket".utf8)))
    }

    private static func report() throws -> TrialReport {
        TrialReport(
            attempt: try attempt(), user: try hans(),
            ways: [
                WayReport(.dialled, try endpoint(), .silent, milliseconds: 4_000),
                WayReport(.relayed, nil, .linked, milliseconds: 31),
            ])
    }

    private static func hans() throws -> UserName { try #require(UserName("hans")) }

    private static func login(_ proof: Login.Proof, takesOver: Bool, _ addresses: [Endpoint]) throws -> Login {
        let device = try #require(DeviceID(Array("sixteen bytes id".utf8)))
        return Login(
            user: try hans(), proof: proof, device: device,
            deviceLabel: "laptop", takesOver: takesOver, devicePublicKey: Array("SPKI".utf8), listeningPort: 6_881,
            localAddresses: addresses)
    }

    private static func requests() throws -> [String: DirectoryMessage] {
        let name = try FileName("a.pdf")
        let token = [UInt8](repeating: UInt8(ascii: "T"), count: 32)
        let requests: [String: DirectoryRequest] = [
            "network": .network, "heartbeat": .heartbeat, "goodbye": .goodbye, "attach": .attach,
            "login": .login(
                try login(.password(Array("falcon*solo".utf8)), takesOver: true, [try endpoint()])),
            "login with token": .login(try login(.token(token), takesOver: false, [])),
            "join": .join(
                Join(
                    invite: try #require(InviteSecret([UInt8](repeating: UInt8(ascii: "I"), count: 16))),
                    user: try hans(), password: Array("falcon*solo".utf8),
                    attempt: [UInt8](repeating: UInt8(ascii: "N"), count: 16))),
            "join asked for": .join(
                Join(
                    invite: try #require(InviteSecret([UInt8](repeating: UInt8(ascii: "I"), count: 16))),
                    user: try hans(), password: nil, attempt: [UInt8](repeating: UInt8(ascii: "N"), count: 16))),
            "renew": .renew(devicePublicKey: Array("SPKI".utf8)),
            "renew for longer": .renew(devicePublicKey: Array("SPKI".utf8), days: 30),
            "revocations": .revocations(since: 3, window: PageWindow()),
            "peers": .peers(PageWindow()),
            "published": .published(PageWindow(after: Array("a.pdf".utf8), wanted: 5)),
            "publish": .publish([
                PublicationDraft(name: name, content: try content()),
                PublicationDraft(parent: id, name: name, content: nil),
            ]),
            "unpublish": .unpublish([name, try FileName("b")]),
            "serve": .serve(add: [id], remove: [other]),
            "hold": .hold(
                add: [HolderEntry(content: try content(), origin: id, isWhole: true)], remove: [try content()]),
            "search": .search(Sample.search("pdf"), PageWindow()),
            "lookup": .lookup(name: name, PageWindow()),
            "holders": .holders(try content(), PageWindow()),
            "publish in a shared folder": .publish([
                PublicationDraft(name: try FileName("Album"), content: nil, isParent: true),
                PublicationDraft(parent: id, name: name, content: nil, size: 5),
            ]),
            "ticket": .ticket(try content()), "tracker": .tracker(try content()), "ask": .ask(id),
            "asks": .asks(PageWindow()),
            "asked": .asked(PageWindow()),
            "answer-ask": .answerAsk(7, .always), "readers": .readers([try hans(), try #require(UserName("team"))]),
            "publish for some": .publish([
                PublicationDraft(
                    name: name, visibility: .restricted(try #require(Readers([try hans()], isListed: true))),
                    content: try content())
            ]),
            "listings": .listings(
                .matching(
                    Search(
                        SearchQuery(
                            words: ["pdf", "a"].map { Array($0.utf8) }, ignoresCase: true, sizes: 1...1_000,
                            times: 5...9, extensions: ["pdf", "ps"], owner: try hans(), order: .size, isReversed: true),
                        number: 7)), PageWindow()),
            "listings of a member": .listings(.of(try hans(), below: id), PageWindow()),
            "descend": .descend(id, [try FileName("Album"), name]),
            "want": .want(id),
            "arrange": .arrange([Arrangement(id: other, parent: id, name: name)]),
            "withdraw": .withdraw([id, other]),
            "reach": .reach(Reach(attempt: try attempt(), user: try hans(), endpoints: [try endpoint()])),
            "locate": .locate([try endpoint()], telling: [try hans()]),
            "reach for a trial": .reach(Reach(attempt: try attempt(), user: try hans(), isTrial: true)),
            "report": .report(try report()),
            "probe": .probe(.listening),
            "probe from another port": .probe(.crossing(try #require(KnockID(Array("8 bytes!".utf8))))),
        ]
        return try requests.merging(administration()) { first, _ in first }.mapValues { .request(transaction, $0) }
    }

    private static let invite = InviteEntry(
        id: 7, role: .admin, usesLeft: 2, created: 1_800_000_000_000, expires: 1_800_604_800_000)

    private static func administration() throws -> [String: DirectoryRequest] {
        let secret = try #require(InviteSecret([UInt8](repeating: UInt8(ascii: "I"), count: 16)))
        let (user, group) = (try hans(), try #require(UserName("jedi")))
        let password = Array("falcon*solo".utf8)
        return [
            "account password": .account(.changePassword(old: password, new: Array("kessel run".utf8))),
            "account devices": .account(.devices(PageWindow())),
            "account sign-out": .account(.signOut(try #require(DeviceID(Array("sixteen bytes id".utf8))))),
            "account sign-out of others": .account(.signOutOthers),
            "administer invite": .administer(
                .change(.invite(secret, uses: 2, role: .admin, lifetime: 604_800_000))),
            "administer withdraw": .administer(.change(.withdrawInvite(7))),
            "administer role": .administer(.change(.setRole(user, .admin))),
            "administer password": .administer(.change(.setPassword(user, password))),
            "administer disable": .administer(.change(.disable(user))),
            "administer take-down": .administer(.change(.takeDown([try FileName("a.pdf")], of: user))),
            "administer add-members": .administer(.change(.addMembers([user], to: group))),
            "administer members": .administer(.list(.members, PageWindow())),
            "administer publications": .administer(.list(.publications(of: user), PageWindow())),
            "administer group": .administer(.list(.groupMembers(group), PageWindow())),
        ]
    }

    private static func answers() throws -> [String: DirectoryMessage] {
        let name = try FileName("a.pdf")
        func page<Item>(_ items: [Item], key: String) -> Page<Item> {
            Page(number: 1, after: Array("A".utf8), last: Array(key.utf8), isFinal: true, items: items)
        }
        let answers: [String: DirectoryAnswer] = [
            "answer network": .network(NetworkDescription(certificatePEM: "PEM\n", serverTime: 1_800_000_000_000)),
            "answer welcome": .welcome(
                Welcome(
                    certificate: Array("LEAF".utf8), token: [UInt8](repeating: UInt8(ascii: "T"), count: 32),
                    pulse: pulse)),
            "answer heartbeat": .heartbeat(pulse),
            "answer done": .done, "answer attached": .attached(try endpoint()),
            "answer certificate": .certificate(Array("LEAF".utf8)),
            "answer revocations": .revocations(
                page([Revocation(serial: 4, user: try hans(), issuedBefore: 1_800_000_000_000)], key: "4")),
            "answer peers": .peers(page([try hans()], key: "hans")),
            "answer peers, empty": .peers(Page(number: 0, after: [], last: [], isFinal: true, items: [])),
            "answer published": .published(
                page([Publication(id: id, name: name, content: try content())], key: "a.pdf")),
            "answer publish": .publishResults([
                .published(id), .refused(.quotaReached(limit: 10)), .refused(.malformed),
            ]),
            "answer unpublish": .unpublishResults([true, false]),
            "answer names": .names(page([FoundName(name)], key: "a.pdf")),
            "answer found": .found(
                page(
                    [
                        Finding(publication: id, owner: try hans(), content: try content(), absentSince: nil),
                        Finding(publication: other, owner: try hans(), content: nil, absentSince: 0),
                    ], key: "hans")),
            "answer wanted": .wanted(try content()),
            "answer heartbeat with what is wanted": .heartbeat(wantingPulse),
            "answer listings": .listings(page(try listed(), key: "hans")),
            "answer holders": .holders(
                page([Holder(user: try hans(), endpoints: [try endpoint()], isWhole: true)], key: "hans")),
            "answer holders, a standard client": .holders(
                page(
                    [
                        Holder(
                            user: try hans(), endpoints: [try endpoint()], isWhole: true,
                            infoHash: TruncatedInfoHash(Array("HHHHHHHHHHHHHHHHHHHH".utf8)))
                    ], key: "hans")),
            "answer tracker": .tracker("/announce?passkey=00&content=00"), "answer tracker, none": .tracker(nil),
            "answer ticket": .ticket(Array("sealed".utf8)),
            "answer asks": .asks(
                page(
                    [
                        AskEntry(
                            id: 7, publication: id, name: try FileName("a.pdf"), member: try hans(),
                            time: 1_800_000_000_000, state: .open)
                    ], key: "7")),
            "answer devices": .devices(
                page(
                    [
                        DeviceEntry(
                            id: try #require(DeviceID(Array("sixteen bytes id".utf8))), label: "laptop",
                            lastSignIn: 1_800_000_000_000, expires: 1_802_592_000_000, isOnline: true, isThis: true)
                    ], key: "sixteen bytes id")),
            "answer invited": .invited(invite),
            "answer invites": .invites(page([invite], key: "7")),
            "answer members": .members(
                page(
                    [
                        MemberEntry(
                            user: try hans(), standing: .invited, role: .admin, isOnline: true,
                            lastSeen: 1_800_000_000_000, publications: 3)
                    ], key: "hans")),
            "answer sessions": .sessions(
                page(
                    [
                        SessionEntry(
                            user: try hans(), label: "laptop", address: "192.0.2.7", since: 1_800_000_000_000,
                            lastHeard: 1_800_000_001_000)
                    ], key: "hans")),
            "answer groups": .groups(page([GroupEntry(name: try hans(), memberCount: 2)], key: "hans")),
            "answer group": .groupMembers(page([try hans()], key: "hans")),
            "answer whereabouts": .whereabouts(try whereabouts()),
            "answer dialled back": .dialledBack([DialledBack(try endpoint(), .refused)]),
            "answer crossing": .crossing(Crossing(seen: try endpoint(), port: 40_001)),
            "refusal": .refusal(.authenticationFailed),
            "refusal with a place": .refusal(.onlineElsewhere(place: "laptop")),
            "refusal with a number": .refusal(.busy(retryAfter: 500)),
        ]
        return answers.mapValues { DirectoryMessage.answer(transaction, $0) }.merging([
            "call": .call(Call(attempt: try attempt(), user: try hans(), whereabouts: try whereabouts())),
            "moved": .moved(try hans()),
            "call for a trial": .call(
                Call(
                    attempt: try attempt(), user: try hans(), whereabouts: Whereabouts(endpoints: [try endpoint()]),
                    isTrial: true)),
            "report passed on": .report(try report()),
            "challenge": .challenge(Array("8 bytes!".utf8)),
            "challenge answer": .challengeAnswer(Array("8 bytes!".utf8)),
        ]) { first, _ in first }
    }
}
