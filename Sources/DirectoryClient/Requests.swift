package import Content
package import Wire

/// What can be asked. Every call ends within its ``Patience``, or with its task's cancellation, and may be
/// repeated: all requests are idempotent. A server that says it is busy is asked again meanwhile.
extension DirectoryClient {
    /// The network's certificate and settings; needs no login.
    package func network() async throws(DirectoryClientFailure) -> NetworkDescription {
        guard case .network(let description) = try await one(.network) else { throw .strange("network") }
        return description
    }

    /// Makes an account by an invitation; needs no login. Refused with `.nameTaken` also where an earlier try was done and
    /// nobody heard of it.
    package func join(_ join: Join) async throws(DirectoryClientFailure) {
        guard case .done = try await one(.join(join), patience: .login) else { throw .strange("join") }
    }

    /// Signs in, and keeps the login in memory to sign in again by itself (see ``DirectoryEvent``).
    package func signIn(_ login: Login) async throws(DirectoryClientFailure) -> Welcome {
        guard case .welcome(let welcome) = try await one(.login(login), patience: .login) else {
            throw .strange("login")
        }
        keeper.signedIn(login, welcome, now: Self.now)
        learnServers(welcome.pulse)
        perform(attachment.start(port: login.listeningPort, now: Self.now))
        run()
        return welcome
    }

    /// A new certificate for the device key or another one, DER; when one is due, the caller knows.
    ///
    /// - Parameter days: How long it is to be good: from 1 to ``MemberCertificateTerms/longestDays``.
    package func renewCertificate(
        for publicKey: [UInt8], days: Int = 1
    ) async throws(DirectoryClientFailure) -> [UInt8] {
        guard case .certificate(let der) = try await one(.renew(devicePublicKey: publicKey, days: days)) else {
            throw .strange("renew")
        }
        return der
    }

    /// The names revoked since a serial, in the order of their serials.
    package func revocations(since serial: Int64) async throws(DirectoryClientFailure) -> [Revocation] {
        try items(await ask(.list { .revocations(since: serial, window: $0) })) {
            if case .revocations(let page) = $0 { page.items } else { nil }
        }
    }

    /// Active peers, without oneself.
    package func peers() async throws(DirectoryClientFailure) -> [UserName] {
        try items(await ask(.list { .peers($0) })) { if case .peers(let page) = $0 { page.items } else { nil } }
    }

    /// One's own publications.
    package func published() async throws(DirectoryClientFailure) -> [Publication] {
        try items(await ask(.list { .published($0) })) {
            if case .published(let page) = $0 { page.items } else { nil }
        }
    }

    /// Distinct names, of active peers' publications but one's own, that a search finds, sorted as bytes.
    package func search(_ query: SearchQuery) async throws(DirectoryClientFailure) -> [FoundName] {
        let search = Search(query, number: .random(in: 0...Int64.max))
        var isFolder: [FileName: Bool] = [:]
        // Where very much was found, a name may stand in several parts of the list.
        for found: FoundName in try items(
            await ask(.list { .search(search, $0) }), { if case .names(let page) = $0 { page.items } else { nil } })
        {
            isFolder[found.name, default: false] = found.isFolder || isFolder[found.name] == true
        }
        return isFolder.sorted { $0.key < $1.key }.map { FoundName($0.key, isFolder: $0.value) }
    }

    /// Every publication of that exact name but one's own, of active and of absent owners.
    package func lookup(_ name: FileName) async throws(DirectoryClientFailure) -> [Finding] {
        try items(await ask(.list { .lookup(name: name, $0) })) {
            if case .found(let page) = $0 { page.items } else { nil }
        }
    }

    /// Active peers from which a content can be had.
    package func holders(_ content: ContentID) async throws(DirectoryClientFailure) -> [Holder] {
        try items(await ask(.list { .holders(content, $0) })) {
            if case .holders(let page) = $0 { page.items } else { nil }
        }
    }

    /// The path and query of the tracker's address for the torrent of a content; nil where the server is none.
    package func trackerPath(for content: ContentID) async throws(DirectoryClientFailure) -> String? {
        guard case .tracker(let path) = try await one(.tracker(content)) else { throw .strange("tracker") }
        return path
    }

    /// What a list of publications holds.
    package typealias Listed = (listed: [ListedPublication], isComplete: Bool, isSortedInParts: Bool)

    /// Others' active publications that a search finds, in its order.
    ///
    /// - Parameter pages: Of about ten or twenty each: the rest is not asked for.
    package func listings(
        matching query: SearchQuery, pages: Int
    ) async throws(DirectoryClientFailure) -> Listed {
        let search = Search(query, number: .random(in: 0...Int64.max))
        return try await listed(.matching(search), pages: pages)
    }

    /// Active publications of a member, at the top or below one of them, in no order.
    package func listings(
        of user: UserName, below parent: PublicationID? = nil, pages: Int
    ) async throws(DirectoryClientFailure) -> Listed {
        try await listed(.of(user, below: parent), pages: pages)
    }

    private func listed(_ query: ListingQuery, pages: Int) async throws(DirectoryClientFailure) -> Listed {
        let answers = try await ask(.list(limit: pages) { .listings(query, $0) })
        let listed: [ListedPublication] = try items(answers) {
            if case .listings(let page) = $0 { page.items } else { nil }
        }
        let frame = answers.last?.pageFrame
        return (listed, frame?.isFinal ?? true, frame?.isSortedInParts ?? false)
    }

    /// What stands at a path below a publication; nil where nothing does.
    package func descend(
        from parent: PublicationID, _ path: [FileName]
    ) async throws(DirectoryClientFailure) -> Finding? {
        guard case .found(let page) = try await one(.descend(parent, path)) else { throw .strange("descend") }
        return page.items.first
    }

    /// The content of a publication; nil while it is not hashed: asked again every few seconds, its owner hashes it.
    package func want(_ id: PublicationID) async throws(DirectoryClientFailure) -> ContentID? {
        guard case .wanted(let content) = try await one(.want(id)) else { throw .strange("want") }
        return content
    }

    /// Gives publications other names or parents; one result for each, in their order: false where it could not be.
    package func arrange(_ places: [Arrangement]) async throws(DirectoryClientFailure) -> [Bool] {
        let results = try items(await all(Batches.arrange(places))) {
            if case .unpublishResults(let results) = $0 { results } else { nil }
        }
        guard results.count == places.count else { throw .strange("arrange") }
        return results
    }

    /// Removes publications with what stands below; those that are not there any more are passed over.
    package func withdraw(_ ids: [PublicationID]) async throws(DirectoryClientFailure) {
        let results = try items(await all(Batches.withdraw(ids))) {
            if case .unpublishResults(let results) = $0 { results } else { nil }
        }
        guard results.count == ids.count else { throw .strange("withdraw") }
    }

    /// Publishes any number, in batches; one result for each draft, in their order. Where it throws, some
    /// may be published: asking again is harmless.
    package func publish(_ drafts: [PublicationDraft]) async throws(DirectoryClientFailure) -> [PublishResult] {
        let results = try items(await all(Batches.publish(drafts))) {
            if case .publishResults(let results) = $0 { results } else { nil }
        }
        guard results.count == drafts.count else { throw .strange("publish") }
        return results
    }

    /// One result for each name, in their order: false where it was not published.
    package func unpublish(_ names: [FileName]) async throws(DirectoryClientFailure) -> [Bool] {
        let results = try items(await all(Batches.unpublish(names))) {
            if case .unpublishResults(let results) = $0 { results } else { nil }
        }
        guard results.count == names.count else { throw .strange("unpublish") }
        return results
    }

    /// Says which of one's own publications can be served from here, and which no longer.
    package func serve(
        add: [PublicationID], remove: [PublicationID] = []
    ) async throws(DirectoryClientFailure) {
        try done(await all(Batches.serve(add: add, remove: remove)), "serve")
    }

    /// Says which contents this member holds without having published them, and which no longer.
    package func hold(add: [HolderEntry], remove: [ContentID] = []) async throws(DirectoryClientFailure) {
        try done(await all(Batches.hold(add: add, remove: remove)), "hold")
    }

    /// Has a member called who cannot be dialled, and says where he may be found.
    package func reach(_ reach: Reach) async throws(DirectoryClientFailure) -> Whereabouts {
        guard case .whereabouts(let whereabouts) = try await one(.reach(reach)) else { throw .strange("reach") }
        return whereabouts
    }

    /// Has the directory dial this device where it says that it listens.
    package func dialBack() async throws(DirectoryClientFailure) -> [DialledBack] {
        guard case .dialledBack(let dials) = try await one(.probe(.listening)) else { throw .strange("probe") }
        return dials
    }

    package func crossing(_ id: KnockID) async throws(DirectoryClientFailure) -> Crossing {
        guard case .crossing(let crossing) = try await one(.probe(.crossing(id))) else { throw .strange("probe") }
        return crossing
    }

    /// Tells another member what came of a trial that he wanted.
    package func report(_ report: TrialReport) async throws(DirectoryClientFailure) {
        guard case .done = try await one(.report(report)) else { throw .strange("report") }
    }

    /// Says where this device is, in place of what its login said.
    ///
    /// - Parameter told: Who is to hear that it is elsewhere than before: of those, as many as one request names.
    package func locate(
        at endpoints: [Endpoint], telling told: [UserName] = []
    ) async throws(DirectoryClientFailure) {
        guard case .done = try await one(.locate(endpoints, telling: told)) else { throw .strange("locate") }
    }

    /// Leaves: nothing can be asked any more. Waits for the server's answer for less than a second.
    package func goodbye() async {
        let isSignedIn = keeper.account != nil
        keeper.signOut()
        perform(attachment.stop())
        if isSignedIn { _ = try? await one(.goodbye, patience: .goodbye) }
        close()
    }

    // MARK: Answers

    func one(
        _ request: DirectoryRequest, patience: Patience = .command
    ) async throws(DirectoryClientFailure) -> DirectoryAnswer {
        guard let answer = try await ask(.single(request), patience: patience).first else { throw .strange("nothing") }
        return answer
    }

    /// The directory writes what comes together at once: the more, the quicker. Some places are left for other questions.
    private static var maximumBatchesInFlight: Int { Exchanges.maximumInFlight * 3 / 4 }

    /// Asks many, several at a time; the answers are in the order of the requests.
    private func all(_ requests: [DirectoryRequest]) async throws(DirectoryClientFailure) -> [DirectoryAnswer] {
        if requests.count == 1 { return [try await one(requests[0])] }
        typealias Answered = (number: Int, result: Result<DirectoryAnswer, DirectoryClientFailure>)
        typealias All = Result<[Int: DirectoryAnswer], DirectoryClientFailure>
        let result = await withTaskGroup(of: Answered.self, returning: All.self) { group in
            var answers: [Int: DirectoryAnswer] = [:]
            for (number, request) in requests.enumerated() {
                if number >= Self.maximumBatchesInFlight, let done = await group.next() {
                    answers[done.number] = try? done.result.get()
                    if case .failure(let failure) = done.result {
                        group.cancelAll()
                        return .failure(failure)
                    }
                }
                group.addTask { (number, await self.result(request)) }
            }
            for await done in group {
                answers[done.number] = try? done.result.get()
                if case .failure(let failure) = done.result {
                    group.cancelAll()
                    return .failure(failure)
                }
            }
            return .success(answers)
        }
        let answers = try result.get()
        return requests.indices.compactMap { answers[$0] }
    }

    private func result(_ request: DirectoryRequest) async -> Result<DirectoryAnswer, DirectoryClientFailure> {
        do throws(DirectoryClientFailure) { return .success(try await one(request)) } catch { return .failure(error) }
    }

    /// What all answers hold together; they must be of the expected kind.
    func items<Item>(
        _ answers: [DirectoryAnswer], _ items: (DirectoryAnswer) -> [Item]?
    ) throws(DirectoryClientFailure) -> [Item] {
        var all: [Item] = []
        for answer in answers {
            guard let some = items(answer) else { throw .strange("list") }
            all += some
        }
        return all
    }

    private func done(_ answers: [DirectoryAnswer], _ request: String) throws(DirectoryClientFailure) {
        guard answers.allSatisfy({ $0 == .done }) else { throw .strange(request) }
    }
}

extension DirectoryClientFailure {
    static func strange(_ request: String) -> DirectoryClientFailure {
        .misbehaved(detail: "an answer of another kind to “\(request)”")
    }
}
