import Connectivity
import DirectoryClient
import Library
import Logging
import NIOCore
import NodeControl
import Synchronization
import Transfer
import Wire

/// A member who is signed in: what belongs to him, and what goes on while he is there.
final class MemberSession: Sendable {
    struct Parts: Sendable {
        let user: UserName
        let client: DirectoryClient
        let authority: NetworkAuthority
        let device: DeviceState
        /// Holds the lock as long as it lives.
        let folder: MemberFolder
        let time: DirectoryTime
        let trust: LinkTrust
        let listener: LinkListener
        let record: PublishedFiles
        let folders: SharedFolders
        let blocked: BlockList
        let threads: NodeThreads
        let group: any EventLoopGroup
        let notices: Notices
        let logger: Logger
    }

    private struct State {
        var isExpelled = false
        /// The member has this device signed out.
        var isLeaving = false
        /// Of the revocations that were taken in.
        var revocationSerial: Int64 = 0
        var isClockTold = false
        var isServerThere = true
        /// As the last pulse said.
        var role = Role.member
        var servers: [Endpoint] = []
    }

    /// Of this machine's clock from the directory's, beyond which it is worth a word: certificates of other
    /// programs and files' dates will be wrong.
    private static let clockTolerance: Int64 = 5 * 60_000

    let parts: Parts
    let sharing: Sharing
    let shares: Shares
    let downloads: Downloads
    let transfers: Transfers
    let swarms: Swarms
    let holdings: Holdings
    let folders: FolderHoldings
    let entries: HolderEntries
    private let restrictions: Restrictions
    private let asks: AskWatch
    let others: OthersFiles
    let searches: SavedSearches
    let settings: MemberSettings
    /// What the limits are by themselves.
    let standardLimits: NodeLimits
    private let inner: InnerFiles
    let here: WhatIsHere
    /// What was read through because somebody wanted to read it.
    let proven = ProvenFiles()
    private let serving: Serving
    private let meetings: Meetings
    let places: OwnPlaces
    let dialer: LinkDialer
    let trials = TrialReports()
    private let moving: Moving
    /// What the directory said at the login.
    private let firstPulse: HeartbeatAnswer
    /// Of the server, as it was given.
    private let address: String
    /// As this node reaches it.
    let server: HostPort
    private let memory: NetworkServers
    private let state = Mutex(State())

    var user: UserName { parts.user }
    var blocked: BlockList { parts.blocked }
    var role: Role { state.withLock { $0.role } }
    var isExpelled: Bool { state.withLock { $0.isExpelled } }
    var isLeaving: Bool {
        get { state.withLock { $0.isLeaving } }
        set { state.withLock { $0.isLeaving = newValue } }
    }

    var status: NodeStatus {
        NodeStatus(
            member: user.text, server: address, fingerprint: parts.authority.pin.description,
            isServerThere: state.withLock { $0.isServerThere }, port: Int(parts.listener.port))
    }

    init(_ parts: Parts, _ firstPulse: HeartbeatAnswer, _ configuration: NodeConfiguration) {
        self.parts = parts
        self.firstPulse = firstPulse
        address = configuration.server.description
        server = configuration.server
        memory = NetworkServers(stateDirectory: configuration.stateDirectory)
        let threads = parts.threads
        let peerID = PeerID.random()
        let rates = TransferSettings(
            records: TransferRecords(beside: parts.record), inbound: RateLimiter(), outbound: RateLimiter(),
            slots: UploadSlots(limit: configuration.limits.slots))
        let restrictions = Restrictions(beside: parts.record) { [time = parts.time] in time.now }
        self.restrictions = restrictions
        let entries = HolderEntries(logger: parts.logger, isRestricted: restrictions.isRestricted) {
            [client = parts.client] in
            try await client.hold(add: $0, remove: $1)
        }
        self.entries = entries
        asks = AskWatch(
            client: parts.client, blocked: parts.blocked, notices: parts.notices, logger: parts.logger)
        let gate = restrictions.gate(
            held: { entries.origins(of: $0) }, key: parts.authority.key)
        let swarms = Swarms(
            SwarmSurroundings(
                user: parts.user, slots: rates.slots, limits: configuration.uploads, gate: gate, inbound: rates.inbound,
                outbound: rates.outbound, logger: parts.logger))
        self.swarms = swarms
        let inner = InnerFiles(entries, certificatePEM: parts.authority.certificatePEM, logger: parts.logger) {
            swarms.stopSeeding($0, at: $1)
        }
        self.inner = inner
        let folders = FolderHoldings(entries, inner, record: parts.record, threads: threads, logger: parts.logger)
        self.folders = folders
        let holdings = Holdings(
            entries, record: parts.record, certificatePEM: parts.authority.certificatePEM,
            threads: threads, logger: parts.logger)
        self.holdings = holdings
        let sharing = Sharing(
            user: parts.user, client: parts.client, record: parts.record,
            certificatePEM: parts.authority.certificatePEM, threads: threads,
            ownState: configuration.stateDirectory, checkInterval: configuration.checkInterval,
            notices: parts.notices, inner: inner, restrictions: restrictions,
            stopServing: { swarms.stopSeeding($0, at: $1) }, logger: parts.logger)
        self.sharing = sharing
        let shares = Shares(
            Shares.Parts(
                user: parts.user, client: parts.client, folders: parts.folders,
                certificatePEM: parts.authority.certificatePEM, threads: threads,
                ownState: configuration.stateDirectory, checkInterval: configuration.checkInterval,
                notices: parts.notices, stopServing: { swarms.stopSeeding(below: $0) }, restrictions: restrictions,
                logger: parts.logger))
        self.shares = shares
        places = OwnPlaces(
            client: parts.client, port: parts.listener.port, first: LocalAddresses.all(port: parts.listener.port),
            logger: parts.logger)
        let moves = Moves()
        moving = Moving(
            client: parts.client, trust: parts.trust, places: places, moves: moves, logger: parts.logger)
        let signalling = DirectorySignalling(client: parts.client, host: configuration.server.host)
        meetings = Meetings(
            LinkAnswerer(
                trust: parts.trust, listener: parts.listener, signalling: signalling, proxies: configuration.proxies,
                group: parts.group, logger: parts.logger)
        ) { [client = parts.client] in try? await client.report($0) }
        let dialer = LinkDialer(
            trust: parts.trust, port: parts.listener.port, signalling: signalling, proxies: configuration.proxies,
            group: parts.group, logger: parts.logger)
        self.dialer = dialer
        downloads = Downloads(
            user: parts.user, client: parts.client,
            dialer: dialer, blocked: parts.blocked, moves: moves, swarms: swarms, holdings: holdings, folders: folders,
            inner: inner, restrictions: restrictions,
            key: parts.authority.key, record: parts.record,
            certificatePEM: parts.authority.certificatePEM, threads: threads, limits: configuration.downloads,
            peerID: peerID, notices: parts.notices, logger: parts.logger)
        transfers = Transfers(
            from: .network(downloads), records: rates.records, settings: rates, limits: configuration.limits,
            files: threads.files, notices: parts.notices, logger: parts.logger
        ) { isServing in
            swarms.setServing(isServing)
            await entries.setServing(isServing)
            await sharing.setServing(isServing)
            await shares.setServing(isServing)
        }
        standardLimits = configuration.limits
        let settings = MemberSettings(records: rates.records, program: configuration.settings, logger: parts.logger)
        self.settings = settings
        let others = OthersFiles(client: parts.client, blocked: parts.blocked, directoryTime: parts.time)
        self.others = others
        searches = SavedSearches(
            SearchSurroundings(parts, configuration, others, settings), interval: settings.searchInterval,
            threads: parts.threads.keeping, logger: parts.logger)
        here = WhatIsHere(
            sharing: sharing, holdings: holdings, folders: folders, inner: inner, shares: shares,
            record: parts.record)
        serving = Serving(
            here: here, restrictions: restrictions, swarms: swarms, threads: threads, peerID: peerID,
            logger: parts.logger)
    }

    // MARK: Life

    /// What comes before anybody may link: whom not to believe, what can be served, and what goes on.
    func begin() async {
        await take(firstPulse)
        await settings.load()
        for key in SettingKey.allCases { await apply(key) }
        await searches.begin()
        do { try await restrictions.restore() } catch {
            // Nothing is given to anybody, then.
            parts.logger.error("It is not known what is not for everybody", metadata: ["reason": "\(error)"])
        }
        await transfers.restoreLimits()
        await sharing.reconcile()
        await shares.begin()
        await holdings.restore()
        await folders.restore()
        await entries.announce()
        await transfers.restore()
        _ = await asks.follow(firstPulse.askSerial)
    }

    /// Serves and watches, until ``end()`` or cancellation.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.parts.listener.run(trust: self.parts.trust) { await self.serving.serve($0) } }
            group.addTask { await self.meetings.run() }
            group.addTask { await self.places.run(self.mapper) }
            group.addTask { await self.moving.run() }
            group.addTask { await self.sharing.run() }
            group.addTask { await self.shares.run() }
            group.addTask { await self.swarms.run() }
            group.addTask { await self.inner.run() }
            group.addTask { await self.transfers.run() }
            group.addTask { await self.searches.run() }
        }
        await end()
    }

    /// Nil where no router stands between the members: on one computer, or where the member does not want it.
    private var mapper: PortMapper? {
        guard settings.isOn(.mapPort), !server.isLoopback else { return nil }
        return PortMapper(
            port: parts.listener.port, environment: .system(group: parts.group), logger: parts.logger)
    }

    /// Ends every link. What the directory is told, the caller decides.
    func end() async {
        await transfers.end()
        await sharing.end()
        await shares.end()
        await searches.end()
        meetings.end()
        places.end()
        moving.end()
        inner.end()
        swarms.end()
        parts.trust.cutAll()
        await parts.listener.close()
    }

    // MARK: What the directory says

    func handle(_ event: DirectoryEvent) async {
        switch event {
        case .away, .replaced: state.withLock { $0.isServerThere = false }
        case .back, .signedInAgain, .pulse: state.withLock { $0.isServerThere = true }
        }
        switch event {
        case .away: parts.notices.tell(.serverAway(address: address))
        case .replaced(let network):
            parts.notices.tell(
                .networkReplaced(
                    address: address, expected: network.expected.description, found: network.found.description))
        case .back:
            parts.notices.tell(.serverBack(address: address))
            await sharing.catchUp(isBack: true)
            await shares.reconcile()
            await entries.tell()
        case .signedInAgain(let welcome):
            places.signedInAgain()
            await take(welcome)
            await sharing.reconcile()
            await shares.reconcile()
            await entries.announce()
        case .pulse(let pulse):
            await take(pulse)
            await shares.want(pulse.wanted)
            await renewIfDue()
            await sharing.catchUp()
            // Another device may have said for whom something is.
            if await asks.follow(pulse.askSerial) {
                await sharing.reconcile()
                await shares.reconcile()
            }
        }
    }

    /// The directory takes this login no longer: whatever is being told to it ends by that, and every link ends.
    func expel() async {
        state.withLock { $0.isExpelled = true }
        if !isLeaving { parts.notices.tell(.expelled) }
        await end()
    }

    /// What another member has the directory say. Does not wait.
    func hear(_ word: MemberWord) {
        switch word {
        case .call(let call): meetings.take(call)
        case .moved(let member): moving.heard(of: member)
        case .report(let report): trials.take(report)
        }
    }

    /// What came of a login that was done again.
    func take(_ welcome: Welcome) async {
        use(certificate: welcome.certificate)
        try? await parts.threads.files.run { [folder = parts.folder] _ in
            try KeptToken(folder: folder).keep(welcome.token)
        }
        await take(welcome.pulse)
    }

    private func take(_ pulse: HeartbeatAnswer) async {
        state.withLock { $0.role = pulse.role }
        parts.time.update(pulse.serverTime)
        await remember(pulse.servers)
        tellClock()
        let known = state.withLock { $0.revocationSerial }
        guard pulse.revocationSerial > known else { return }
        do {
            let revocations = try await parts.client.revocations(since: known)
            parts.trust.revoke(revocations)
            let newest = revocations.map(\.serial).max() ?? pulse.revocationSerial
            state.withLock { $0.revocationSerial = max($0.revocationSerial, newest, pulse.revocationSerial) }
            // Another device of the member was signed out: his certificates are void, and this one's sign-in is not.
            if known > 0 || newest > firstPulse.revocationSerial, revocations.contains(where: { $0.user == user }) {
                await renew()
            }
        } catch {
            // The serial stays behind, so the next pulse tries again.
            parts.logger.warning("Revocations could not be fetched", metadata: ["reason": "\(error)"])
        }
    }

    /// That there is only the one where this node is says nothing of those that are away.
    private func remember(_ servers: [Endpoint]) async {
        let isNew = state.withLock { state in
            defer { if !servers.isEmpty { state.servers = servers } }
            return !servers.isEmpty && state.servers != servers
        }
        guard isNew else { return }
        do {
            try await memory.remember(servers.compactMap { HostPort($0) }, of: parts.authority.pin)
        } catch {
            parts.logger.warning("Where the servers are is not remembered", metadata: ["reason": "\(error.reason)"])
        }
    }

    private func tellClock() {
        let offset = parts.time.localOffset
        guard abs(offset) > Self.clockTolerance else { return }
        let isFirst = state.withLock { state in
            defer { state.isClockTold = true }
            return !state.isClockTold
        }
        if isFirst { parts.notices.tell(.clockOff(milliseconds: offset)) }
    }

    /// Half of its life before the certificate ends, there is time for many more tries.
    private func renewIfDue() async {
        let remaining = parts.trust.identity.certificate.expiresAt - parts.time.now
        guard remaining < MemberCertificateTerms.lifetime / 2 else { return }
        await renew()
    }

    /// Takes a new certificate.
    func renew() async {
        do {
            use(certificate: try await parts.client.renewCertificate(for: parts.device.publicKey))
        } catch {
            parts.logger.warning("The certificate could not be renewed", metadata: ["reason": "\(error)"])
        }
    }

    private func use(certificate: [UInt8]) {
        do {
            let identity = try MemberIdentity(
                authority: parts.authority, user: parts.user, deviceKey: parts.device.key, certificateDER: certificate)
            try parts.trust.replace(identity)
        } catch {
            parts.logger.error("The directory issued a certificate of no use", metadata: ["reason": "\(error)"])
        }
    }
}
