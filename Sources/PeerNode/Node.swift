import Connectivity
import Content
import DirectoryClient
package import Logging
package import NIOCore
import NIOPosix
package import NodeControl
import Proxies
import Synchronization
package import Wire

/// The running peer: a member of one network, who publishes, searches, fetches and serves.
///
/// ``run()`` must be running from before ``connect()`` until after ``leave()``: it does all that goes on
/// without being asked. First ``connect()`` says whose network answers; once that is trusted, members
/// sign in.
package final class Node: NodeControl, NodeUploads {
    private enum State: Sendable {
        case apart
        case contacted(NetworkContact)
        case signingIn(NetworkPin)
        case member(MemberSession)
        case resting(RestingMember)
        case expelled(NetworkPin)
        case left
    }

    private enum Job: Sendable {
        case listenTo(DirectoryClient)
        case serve(MemberSession)
    }

    private let configuration: NodeConfiguration
    private let logger: Logger
    private let group: any EventLoopGroup
    private let threads = NodeThreads()
    private let noticeBoard = Notices()
    private let state = Mutex(State.apart)
    private let client: Mutex<DirectoryClient>
    private let jobs: AsyncStream<Job>
    private let newJob: AsyncStream<Job>.Continuation

    package init(
        _ configuration: NodeConfiguration, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger
    ) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        (jobs, newJob) = AsyncStream.makeStream()
        let client = DirectoryClient(eventLoop: group.next(), proxies: configuration.proxies)
        self.client = Mutex(client)
        newJob.yield(.listenTo(client))
    }

    /// Does what goes on without being asked. Returns after ``leave()``, or when its task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask {
                    switch job {
                    case .listenTo(let client): await self.follow(client)
                    case .serve(let session): await session.run()
                    }
                }
            }
        }
        noticeBoard.end()
    }

    /// What members say waits for nothing that goes on here, as whoever calls is about to dial; nor does that the member has no
    /// account any more.
    private func follow(_ client: DirectoryClient) async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await word in client.words { (try? self.member())?.hear(word) } }
            group.addTask { for await _ in client.expulsions { await self.takeExpulsion() } }
            for await event in client.events { await (try? member())?.handle(event) }
        }
    }

    private func takeExpulsion() async {
        guard let session = try? member() else { return }
        await session.expel()
        state.withLock { state in
            if case .member = state { state = .expelled(session.parts.authority.pin) }
        }
    }

    // MARK: Contact

    /// Opens the first session with the directory. May be called again after a failure.
    package func connect() async throws(ContactFailure) -> NetworkContact {
        do throws(ContactFailure) {
            let contact = try await Contacting.contact(currentClient, configuration)
            guard change(to: .contacted(contact)) else { throw .cancelled }
            return contact
        } catch {
            // Whoever left meanwhile has closed what the contact was to be made with.
            throw hasLeft ? .cancelled : error
        }
    }

    private var hasLeft: Bool { state.withLock { if case .left = $0 { true } else { false } } }

    /// False where it has left.
    private func change(to next: State) -> Bool {
        state.withLock { state in
            if case .left = state { return false }
            state = next
            return true
        }
    }

    /// Believes a network of first contact from now on: its user compared the fingerprint.
    package func trust(_ pin: NetworkPin) async throws(ContactFailure) {
        let isUnknown = state.withLock { state in
            guard case .contacted(.unknown(pin)) = state else { return false }
            state = .contacted(.known(pin))
            return true
        }
        guard isUnknown else { return }
        do {
            try await KnownNetworks(stateDirectory: configuration.stateDirectory)
                .remember(pin, at: configuration.server)
        } catch {
            throw .stateUnusable(path: error.path, reason: error.reason)
        }
    }

    /// Goes without the server, which is away: of a member who signed in here before there is what is recorded, his queue and his
    /// limits, and all else throws ``NodeFailure/serverAway(address:)``. ``signInAgain(user:)`` succeeds then.
    package func rest(as user: String) async throws(NodeFailure) {
        guard let name = UserName(user), let pin = configuration.pin else { throw .authenticationFailed }
        let place = MemberPlace(
            base: configuration.stateDirectory, network: pin, threads: threads, notices: noticeBoard)
        let member = try await RestingMember(name, of: place, configuration, logger: logger)
        let isWanted = state.withLock { state in
            guard case .apart = state else { return false }
            state = .resting(member)
            return true
        }
        guard !isWanted else { return }
        await member.end()
        throw .cancelled
    }

    /// Whether it does so after ``rest(as:)``.
    package var isResting: Bool {
        if case .resting = state.withLock({ $0 }) { true } else { false }
    }

    var currentClient: DirectoryClient { client.withLock { $0 } }

    // MARK: NodeMembership

    /// Tells this program's joining from others'.
    private let attempt = (0..<Join.attemptByteCount).map { _ in UInt8.random(in: 0...255) }

    package var notices: AsyncStream<NodeNotice> { noticeBoard.stream }

    /// The server wants a name with it; that one is taken it says where the invitation is open.
    private static let anyName = "any"

    package func checkInvitation(_ invite: String, user: String?) async throws(NodeFailure) {
        let (secret, name) = try Self.wish(invite, user ?? Self.anyName)
        do {
            try await currentClient.join(Join(invite: secret, user: name, password: nil, attempt: attempt))
        } catch {
            // One of an earlier version wants the password with it.
            if case .refused(.malformed) = error { return }
            if user == nil, case .refused(.nameTaken) = error { return }
            throw NodeFailure(error, user: name)
        }
    }

    package func join(invite: String, user: String, password: String) async throws(NodeFailure) {
        let (secret, name) = try Self.wish(invite, user)
        let password = try newPassword(password)
        do {
            try await currentClient.join(Join(invite: secret, user: name, password: password, attempt: attempt))
        } catch {
            throw NodeFailure(error, user: name)
        }
    }

    private static func wish(_ invite: String, _ user: String) throws(NodeFailure) -> (InviteSecret, UserName) {
        guard let secret = InviteSecret(hex: invite) else { throw .inviteInvalid }
        guard let name = UserName(user) else { throw .userNameUnfit }
        return (secret, name)
    }

    package func signIn(user: String, password: String) async throws(NodeFailure) {
        try await signIn(user, .password(password))
    }

    package func signInAgain(user: String) async throws(NodeFailure) {
        if case .resting(let member) = state.withLock({ $0 }), member.user.text == user { return }
        try await signIn(user, .keptToken)
    }

    private func signIn(_ user: String, _ means: SignIn.Means) async throws(NodeFailure) {
        // No account has such a name or password.
        guard let name = UserName(user), means.arePossible else { throw .authenticationFailed }
        let pin = try state.withLock { state throws(NodeFailure) in
            let pin: NetworkPin? =
                switch state {
                case .contacted(let contact): contact.trusted
                case .expelled(let pin): pin
                case .apart, .signingIn, .member, .resting, .left: nil
                }
            guard let pin else { throw .notSignedIn }
            state = .signingIn(pin)
            return pin
        }
        do throws(NodeFailure) {
            let session = try await session(name, means, pin)
            let isWanted = state.withLock { state in
                guard case .signingIn = state else { return false }
                state = .member(session)
                return true
            }
            guard isWanted else {
                await session.end()
                throw .cancelled
            }
            newJob.yield(.serve(session))
            // From here on the directory's events reach it, so that none of them is lost while it begins.
            await session.begin()
        } catch {
            if SignIn.leftLoginBehind(error) { await startOver(pin) }
            state.withLock { state in
                if case .signingIn = state { state = .contacted(.known(pin)) }
            }
            throw error
        }
    }

    private func session(
        _ user: UserName, _ means: SignIn.Means, _ pin: NetworkPin
    ) async throws(NodeFailure) -> MemberSession {
        let client = currentClient
        let authority: NetworkAuthority
        do {
            let description = try await client.network()
            authority = try NetworkAuthority(certificatePEM: description.certificatePEM, pin: pin)
        } catch let failure as DirectoryClientFailure {
            throw NodeFailure(failure, user: user)
        } catch {
            throw .serverMisbehaved(detail: "its certificate is not the network's: \(error)")
        }
        let signIn = SignIn(
            client: client, authority: authority, configuration: configuration, threads: threads, group: group,
            notices: noticeBoard,
            logger: logger)
        return try await signIn.run(user: user, by: means)
    }

    /// Leaves a login behind that must not have been, with a session of its own.
    private func startOver(_ pin: NetworkPin) async {
        let fresh = DirectoryClient(eventLoop: group.next(), proxies: configuration.proxies)
        let former = client.withLock { client in
            defer { client = fresh }
            return client
        }
        await former.goodbye()
        newJob.yield(.listenTo(fresh))
        let server = configuration.server
        _ = try? await fresh.connect(to: ServerAddress(host: server.host, port: Int(server.port)), pin: pin)
    }

    /// Of the network that somebody is signed in to.
    package var networkPin: NetworkPin { get throws(NodeFailure) { try member().parts.authority.pin } }

    package func status() async throws(NodeFailure) -> NodeStatus {
        let session = try member()
        var status = session.status
        let place = await session.parts.client.currentServer?.description
        status.at = place == status.server ? nil : place
        status.proxy = configuration.proxies.proxy?.description
        return status
    }

    package func activePeers() async throws(NodeFailure) -> [String] {
        try await asked { client throws(DirectoryClientFailure) in try await client.peers().map(\.text) }
    }

    package func openLinks() async throws(NodeFailure) -> [OpenLink] {
        try member().parts.trust.paths.sorted { $0.key < $1.key }.flatMap { member, paths in
            paths.sorted().map { OpenLink(member: member.text, path: LinkKind($0)) }
        }
    }

    package func leave() async {
        let former = state.withLock { state in
            defer { state = .left }
            return state
        }
        await withDiscardingTaskGroup { group in
            if case .member(let session) = former { group.addTask { await session.end() } }
            if case .resting(let member) = former { group.addTask { await member.end() } }
            group.addTask { await self.currentClient.goodbye() }
        }
        newJob.finish()
    }

    /// Signs this device out at the directory. What the directory says of it after that is no expulsion.
    package func signOutHere() async throws(NodeFailure) {
        let session = try member()
        session.isLeaving = true
        do throws(NodeFailure) {
            try await asked { client throws(DirectoryClientFailure) in
                try await client.signOut(session.parts.device.id)
            }
        } catch .noSuchDevice {
            // It is signed out already, as it should be.
        } catch {
            session.isLeaving = false
            throw error
        }
        state.withLock { state in
            if case .member = state { state = .expelled(session.parts.authority.pin) }
        }
        await session.end()
        noticeBoard.tell(.signedOut)
    }

    // MARK: NodePublishing, NodeSearching, NodeDownloading

    package func published() async throws(NodeFailure) -> [PublishedFile] {
        let places = try await member().sharing.places()
        return try await asked { client throws(DirectoryClientFailure) in
            try await client.published().map {
                var file = PublishedFile($0.name.text, $0.content, for: $0.visibility, at: places[$0.name])
                if $0.isParent { file.isFolder = true }
                return file
            }
        }
    }

    package func publish(
        path: String, to audience: Audience?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        let session = try member()
        let visibility = try Visibility.of(audience)
        // Before a large file is hashed for nothing.
        if let audience { try await check(audience) }
        let last = try await session.sharing.called(path).pathParts.last ?? ""
        if let name = try? FileName(last), await session.shares.isShared(name) {
            throw .sharedAlready(name: name.text)
        }
        return try await session.sharing.publish(path: path, for: visibility, progress: progress).publishing
    }

    package func unpublish(name: String) async throws(NodeFailure) {
        let session = try member()
        let name = try Self.ownName(name)
        if await session.shares.isShared(name) { return try await session.shares.unshare(path: name.text) }
        try await session.sharing.unpublish(name)
    }

    package func download(
        _ request: DownloadRequest, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> DownloadOutcome {
        let transfers = try member().transfers
        var waited: Set<DownloadRequest> = []
        var withdrawal: NodeFailure?
        while true {
            do throws(NodeFailure) {
                return try await transfers.download(request, progress: progress)
            } catch .sharedFolder(let name) {
                return try await FolderOfOthersDownload(request, of: name, transfers).run(progress)
            } catch .notFound(let name, let owners) {
                let begun = await transfers.begun(below: request, but: waited)
                guard let file = begun.file else {
                    throw begun.loss ?? withdrawal ?? .notFound(name: name, absent: owners)
                }
                // What else is in the folder is known when somebody is there who shares it.
                waited.insert(file)
                let failure = try await transfers.wait(for: file, progress)
                if case .sourcesLost(_, _, _, _, _, [], _, _?) = failure { withdrawal = failure }
            }
        }
    }

    // MARK: The doctor

    func examination(
        _ request: ExaminationRequest, _ enter: @escaping @Sendable () async -> Examiner.Entered
    ) async -> Examination {
        await Examiner(
            configuration: configuration, request: request, threads: threads, group: group, enter: enter
        ).run()
    }

    // MARK: The member

    func member() throws(NodeFailure) -> MemberSession {
        switch state.withLock({ $0 }) {
        case .member(let session) where !session.isExpelled: return session
        case .member, .expelled: throw .expelled
        case .resting: throw .serverAway(address: configuration.server.description)
        case .apart, .contacted, .signingIn, .left: throw .notSignedIn
        }
    }

    /// The member's downloads, also while he rests.
    func queue() throws(NodeFailure) -> Transfers {
        if case .resting(let member) = state.withLock({ $0 }) { return member.transfers }
        return try member().transfers
    }

    func asked<Value: Sendable>(
        _ question: (DirectoryClient) async throws(DirectoryClientFailure) -> Value
    ) async throws(NodeFailure) -> Value {
        let session = try member()
        do {
            return try await question(session.parts.client)
        } catch {
            guard !session.isExpelled else { throw .expelled }
            throw NodeFailure(error, user: session.user)
        }
    }
}
