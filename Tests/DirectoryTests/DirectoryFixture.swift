import Content
import Directory
import DirectorySQLite
import TestKit
import Wire

/// A directory with a store, clocks that a test moves, and password checks that only count.
final class DirectoryFixture: Sendable {
    struct Times: Sendable {
        var wall: Int64 = 1_800_000_000_123
        var monotonic: Int64 = 5_000
    }

    let folder: TemporaryDirectory
    let key = AccountsKey(secret: Array("a network's secret".utf8))
    let presence = PresenceView()
    let store: DirectorySQLite
    let times = Seen(Times())
    let payments = Seen<[[UInt8]]>([])
    let directory: Directory

    init(
        _ credentials: String = "hans falcon*solo\nvader darkside\nleia alderaan\n",
        in folder: TemporaryDirectory? = nil, settings: DirectorySettings = .standard, parallelism: Int = 4,
        queue: Int = 64, later: Int64 = 0, pages: Int? = nil, others: (any OtherServers)? = nil,
        tracker: TrackerSwarms? = nil, relays: [RelayPlace] = [],
        prober: (any Probing)? = nil,
        behind front: (DirectorySQLite) -> any DirectoryStore = { $0 }
    ) async throws {
        let (times, payments) = (times, payments)
        times.change { $0.wall += later }
        self.folder = try folder ?? TemporaryDirectory()
        store = try DirectorySQLite(
            path: self.folder.file("directory.sqlite"), presence: presence, largestPageCount: pages)
        let passwords = PasswordChecks(parallelism: parallelism, capacity: queue) { password, salt in
            payments.change { $0.append(password) }
            return Hash256(hashing: salt + password)
        }
        let surroundings = Surroundings(
            store: front(store), others: others, tracker: tracker, certificates: PlainIssuer(), passwords: passwords,
            relays: relays, prober: prober, certificatePEM: "the network's",
            clock: DirectoryClock(wall: { times.value.wall }, monotonic: { times.value.monotonic }))
        directory = try await Directory(
            credentials: CredentialsFile(parsing: Array(credentials.utf8), key: key), key: key, view: presence,
            settings: settings, surroundings: surroundings)
    }

    /// Lets time pass, and the directory notice it.
    @discardableResult
    func pass(_ milliseconds: Int64) async -> DirectoryOutcome {
        times.change {
            $0.wall += milliseconds
            $0.monotonic += milliseconds
        }
        return await directory.tick()
    }

    func file(_ text: String) -> CredentialsFile { CredentialsFile(parsing: Array(text.utf8), key: key) }

    static func caller(_ session: UInt64, address: [UInt8] = [192, 0, 2, 7]) -> Caller {
        Caller(session: SessionID(rawValue: session), address: address, port: 40_000)
    }

    static func login(
        _ user: String, _ proof: Login.Proof, device: UInt8 = 1, takesOver: Bool = true, label: String = "laptop",
        key: [UInt8] = [1, 2, 3], port: UInt16 = 6_881, local: [Endpoint] = []
    ) throws -> Login {
        Login(
            user: try Sample.user(user), proof: proof, device: try Sample.device(device), deviceLabel: label,
            takesOver: takesOver, devicePublicKey: key, listeningPort: port, localAddresses: local)
    }

    func join(
        _ secret: InviteSecret, _ user: String, _ password: String?, session: UInt64 = 90, attempt: UInt8 = 1
    ) async throws -> DirectoryOutcome {
        let join = Join(
            invite: secret, user: try Sample.user(user), password: password.map { Array($0.utf8) },
            attempt: [UInt8](repeating: attempt, count: Join.attemptByteCount))
        return await directory.answer(.join(join), from: Self.caller(session))
    }

    static let passwords = ["hans": "falcon*solo", "vader": "darkside", "leia": "alderaan"]

    /// Signs in with the right password.
    @discardableResult
    func signIn(_ user: String, _ session: UInt64, device: UInt8 = 1, address: [UInt8] = [192, 0, 2, 7]) async throws
        -> Welcome
    {
        let password = Array((Self.passwords[user] ?? "secret").utf8)
        let outcome = await directory.answer(
            .login(try Self.login(user, .password(password), device: device)),
            from: Self.caller(session, address: address))
        guard case .welcome(let welcome)? = outcome.answers.first else {
            throw TestKitError.invalid("\(user) got \(outcome.answers)")
        }
        return welcome
    }

    func ask(_ request: DirectoryRequest, _ session: UInt64) async -> [DirectoryAnswer] {
        let outcome = await directory.answer(request, from: Self.caller(session))
        return outcome.ready.compactMap(\.answer) + outcome.answers
    }

    func publish(_ drafts: [PublicationDraft], _ session: UInt64) async throws -> [PublicationID] {
        guard case .publishResults(let results)? = await ask(.publish(drafts), session).first else {
            throw TestKitError.invalid("no results")
        }
        return try results.map {
            guard case .published(let id) = $0 else { throw TestKitError.invalid("\($0)") }
            return id
        }
    }

    /// All items of a list, window by window.
    func all<Item>(
        _ session: UInt64, _ request: (PageWindow) -> DirectoryRequest, _ unwrap: (DirectoryAnswer) -> Page<Item>?
    ) async throws -> [Item] {
        var items: [Item] = []
        var after: [UInt8] = []
        for _ in 0..<10_000 {
            let answers = await ask(request(PageWindow(after: after)), session)
            guard !answers.isEmpty else { throw TestKitError.invalid("no page") }
            for (number, answer) in answers.enumerated() {
                guard let page = unwrap(answer) else { throw TestKitError.invalid("\(answer)") }
                let message = DirectoryMessage.answer(TransactionID(rawValue: .max), answer).encoded
                guard page.number == number, page.after == after, message.count <= DirectoryMessage.maximumPlaintext
                else { throw TestKitError.invalid("page \(page.number) of \(message.count) bytes") }
                items += page.items
                after = page.last
                if page.isFinal { return items }
            }
        }
        throw TestKitError.timedOut("the end of a list")
    }

    func peers(_ session: UInt64) async throws -> [String] {
        try await all(session, DirectoryRequest.peers, { if case .peers(let page) = $0 { page } else { nil } })
            .map(\.text)
    }

    func search(_ text: String, _ session: UInt64) async throws -> [String] {
        let search = Search(SearchQuery(words: [Array(text.utf8)]), number: Int64.random(in: 0...Int64.max))
        return try await all(
            session, { .search(search, $0) },
            { if case .names(let page) = $0 { page } else { nil } }
        ).map(\.name.text)
    }

    func holders(_ content: ContentID, _ session: UInt64) async throws -> [Holder] {
        try await all(session, { .holders(content, $0) }, { if case .holders(let page) = $0 { page } else { nil } })
    }

    func findings(_ name: String, _ session: UInt64) async throws -> [Finding] {
        let name = try Sample.file(name)
        return try await all(
            session, { .lookup(name: name, $0) }, { if case .found(let page) = $0 { page } else { nil } })
    }

    func published(_ session: UInt64) async throws -> [Publication] {
        try await all(session, DirectoryRequest.published) { if case .published(let page) = $0 { page } else { nil } }
    }

    func revocations(_ session: UInt64, since serial: Int64 = 0) async throws -> [Revocation] {
        try await all(
            session, { .revocations(since: serial, window: $0) },
            { if case .revocations(let page) = $0 { page } else { nil } })
    }
}

/// Its certificates say in plain text for whom and when; the empty key is none.
struct PlainIssuer: CertificateIssuing {
    struct NoKey: Error {}

    static func certificate(_ user: String, at time: Int64) -> [UInt8] { Array("\(user) \(time / 1_000)".utf8) }

    func issue(user: UserName, devicePublicKey: [UInt8], now: Int64, lifetime: Int64) throws -> [UInt8] {
        guard !devicePublicKey.isEmpty else { throw NoKey() }
        let days = lifetime / MemberCertificateTerms.lifetime
        return Self.certificate(user.text, at: now) + (days == 1 ? [] : Array(" \(days) days".utf8))
    }

    func seal(_ ticket: RelayTicket) throws -> [UInt8] {
        Array("\(ticket.member) \(ticket.side) until \(ticket.expiresAt)".utf8)
    }

    /// In plain text too.
    func seal(_ ticket: Ticket) throws -> [UInt8] {
        Array("\(ticket.member) \(ticket.publications.map(\.rawValue)) until \(ticket.expiry)".utf8)
    }
}
