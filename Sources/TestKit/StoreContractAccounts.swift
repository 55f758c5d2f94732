import Content
import Directory
import Wire

extension StoreContract {
    static let accountCases = [
        Case("sightings never go back and are asked for by time", run: sightings),
        Case("tokens are kept for each device, and only when the change gives some", run: tokens),
        Case("revoking ends tokens and numbers those whom the store knows", run: revoking),
        Case("serials are not given twice, even after pruning", run: serials),
        Case("the seal of a sighting holds until another is noted", run: seals),
        Case("a member keeps a bounded number of devices", run: devices),
        Case("pruning removes devices whose tokens expired, with what they hold", run: pruning),
    ]

    private static func pair(_ seed: Int, expires: Int64 = 1_000) -> TokenPair {
        TokenPair(
            current: Hash256(hashing: [UInt8(seed), 0]), previous: Hash256(hashing: [UInt8(seed), 1]), expires: expires)
    }

    @Sendable private static func sightings(_ subject: Subject) async throws {
        let (hans, vader) = (try Sample.user("hans"), try Sample.user("vader"))
        try await subject.store.note([Sighting(user: vader, time: 50), Sighting(user: hans, time: 100)])
        try await subject.store.note([Sighting(user: hans, time: 70)])
        let all = try await subject.store.sightings(since: 0)
        try expect(all, is: [Sighting(user: hans, time: 100), Sighting(user: vader, time: 50)])
        let late = try await subject.store.sightings(since: 100)
        try expect(late, is: [Sighting(user: hans, time: 100)])
    }

    private static func tokens(of user: String, _ device: UInt8, in subject: Subject) async throws -> TokenPair? {
        let seen = Seen<TokenPair?>(nil)
        _ = try await subject.store.changeTokens(
            of: Sample.device(device), labelled: "", noting: Sighting(user: Sample.user(user), time: 0)
        ) {
            seen.set($0)
            return nil
        }
        return seen.value
    }

    @Sendable private static func tokens(_ subject: Subject) async throws {
        let hans = try Sample.user("hans")
        try expect(try await tokens(of: "hans", 1, in: subject), is: nil)
        try expect(try await subject.store.sightings(since: 0), is: [])
        let isChanged = try await subject.store.changeTokens(
            of: Sample.device(1), labelled: "", noting: Sighting(user: hans, time: 7)
        ) { _ in pair(1) }
        try expect(isChanged, "a change was refused")
        let bare = TokenPair(current: .zero, previous: nil, expires: 5)
        _ = try await subject.store.changeTokens(
            of: Sample.device(2), labelled: "", noting: Sighting(user: hans, time: 8)
        ) { _ in
            bare
        }
        let isRefused = try await subject.store.changeTokens(
            of: Sample.device(1), labelled: "", noting: Sighting(user: hans, time: 9)
        ) { _ in nil }
        try expect(!isRefused, "nothing counted as a change")
        try expect(try await tokens(of: "hans", 1, in: subject), is: pair(1))
        try expect(try await tokens(of: "hans", 2, in: subject), is: bare)
        try expect(try await tokens(of: "vader", 1, in: subject), is: nil)
        try expect(try await subject.store.sightings(since: 0), is: [Sighting(user: hans, time: 8)])
    }

    @Sendable private static func seals(_ subject: Subject) async throws {
        let store = subject.store
        let hans = try Sample.user("hans")
        func seal() async throws -> Hash256? { try await store.sightings(since: 0).first?.seal }
        try await store.note([Sighting(user: hans, time: 1)])
        try expect(try await seal(), is: nil)
        let first = Hash256(hashing: [1])
        _ = try await store.changeTokens(
            of: Sample.device(1), labelled: "", noting: Sighting(user: hans, time: 2, seal: first)
        ) { _ in pair(1) }
        try await store.note([Sighting(user: hans, time: 3)])
        _ = try await store.publish([Sample.draft("a")], by: hans, limit: 9)
        _ = try await store.revoke([hans], issuedBefore: 4)
        try expect(try await seal(), is: first)
        let refused = Sighting(user: hans, time: 5, seal: .zero)
        _ = try await store.changeTokens(of: Sample.device(1), labelled: "", noting: refused) { _ in nil }
        try expect(try await seal(), is: first)
        try await store.note([Sighting(user: hans, time: 1, seal: .zero)])
        try expect(try await store.sightings(since: 0), is: [Sighting(user: hans, time: 3, seal: .zero)])
    }

    @Sendable private static func devices(_ subject: Subject) async throws {
        let hans = Sighting(user: try Sample.user("hans"), time: 1)
        let vader = Sighting(user: try Sample.user("vader"), time: 1)
        _ = try await subject.store.changeTokens(of: Sample.device(0), labelled: "", noting: vader) { _ in pair(0) }
        // The last one's tokens expire first, and it is kept all the same: it just signed in.
        let count = TokenPair.devicesPerMember + 2
        for number in 1...count {
            _ = try await subject.store.changeTokens(of: Sample.device(UInt8(number)), labelled: "", noting: hans) {
                _ in
                pair(number, expires: Int64(number == count ? 0 : number))
            }
        }
        var kept: [Int] = []
        for number in 0...count where try await tokens(of: "hans", UInt8(number), in: subject) != nil {
            kept.append(number)
        }
        try expect(kept, is: Array(3...count))
        try expect(try await tokens(of: "vader", 0, in: subject), is: pair(0))
    }

    @Sendable private static func revoking(_ subject: Subject) async throws {
        let store = subject.store
        let (hans, vader, leia) = (try Sample.user("hans"), try Sample.user("vader"), try Sample.user("leia"))
        for user in [hans, vader] {
            _ = try await store.changeTokens(of: Sample.device(1), labelled: "", noting: Sighting(user: user, time: 1))
            { _ in pair(1)
            }
        }
        try expect(try await store.revocations(since: 0).serial, is: 0)
        let first = try await store.revoke([hans, leia], issuedBefore: 2_000)
        try expect(first, is: [Revocation(serial: 1, user: hans, issuedBefore: 2_000)])
        let second = try await store.revoke([vader, hans], issuedBefore: 3_000)
        try expect(second.map(\.serial), is: [2, 3])
        try expect(try await tokens(of: "hans", 1, in: subject), is: nil)
        try expect(try await tokens(of: "vader", 1, in: subject), is: nil)
        let (serial, kept) = try await store.revocations(since: 3_000)
        try expect(serial, is: 3)
        try expect(kept, is: second)
    }

    @Sendable private static func serials(_ subject: Subject) async throws {
        let store = subject.store
        let hans = try Sample.user("hans")
        try await store.note([Sighting(user: hans, time: 1)])
        _ = try await store.revoke([hans], issuedBefore: 1_000)
        try await store.prune(revocationsBefore: 2_000, expiredBefore: 0)
        let (serial, kept) = try await store.revocations(since: 0)
        try expect(serial, is: 1)
        try expect(kept, is: [])
        try expect(try await store.revoke([hans], issuedBefore: 3_000).map(\.serial), is: [2])
    }

    @Sendable private static func pruning(_ subject: Subject) async throws {
        let store = subject.store
        let hans = try Sample.user("hans")
        let content = try Sample.content(1)
        let entry = HolderEntry(content: content, origin: PublicationID(rawValue: 1), isWhole: true)
        for (device, expires) in [(UInt8(1), Int64(500)), (2, 1_500)] {
            _ = try await store.changeTokens(
                of: Sample.device(device), labelled: "", noting: Sighting(user: hans, time: 1)
            ) { _ in
                pair(Int(device), expires: expires)
            }
            let isTaken = try await store.hold(
                add: [entry], remove: [], user: hans, device: Sample.device(device), limit: 9)
            try expect(isTaken, "an entry was refused")
        }
        try await store.prune(revocationsBefore: 0, expiredBefore: 1_000)
        try expect(try await tokens(of: "hans", 1, in: subject), is: nil)
        try expect(try await tokens(of: "hans", 2, in: subject), is: pair(2, expires: 1_500))
        let leia = try Sample.user("leia")
        subject.presence.enter(PresentDevice(hans, try Sample.device(1)), serving: [])
        try expect(try await store.sources(of: content, for: Viewer(leia, at: 0), after: nil, limit: 9), is: [])
        subject.presence.enter(PresentDevice(hans, try Sample.device(2)), serving: [])
        try expect(
            try await store.sources(of: content, for: Viewer(leia, at: 0), after: nil, limit: 9).map(\.user), is: [hans]
        )
    }
}
