import Connectivity
import Content
import DirectoryClient
import Logging
import Synchronization
import Transfer
import Wire

/// Finds holders of one content and dials them, whenever its download would like more links.
final class SourceDialling: Sendable {
    private typealias Source = DialsUnderWay.Source

    /// What is remembered of a source, so that one who does not answer, or whose links end as soon as they
    /// begin, is dialled less and less often.
    private struct Memory {
        var failures = 0
        var notBefore: ContinuousClock.Instant?
        var linkedAt: ContinuousClock.Instant?
        /// Where we dialled the device to which a relay links us: the other end leaves it to us to look for a better way.
        var relayed: [Endpoint] = []
        /// How often a better way was looked for since.
        var looks = 0

        mutating func failed(at now: ContinuousClock.Instant) {
            if let linkedAt, linkedAt.duration(to: now) > .seconds(10) { failures = 0 }
            linkedAt = nil
            relayed = []
            looks = 0
            failures += 1
            notBefore = now + .seconds(1 << min(failures - 1, 6))
        }
    }

    private static let atOnce = 8
    /// So often a better way is looked for whenever that is asked for, which is for a minute; then every second time.
    private static let eagerLooks = 12
    /// As many standard clients of a member as the directory tells of.
    private static let triedOfSource = 4
    /// In a swarm of leechers as many dial here. With fewer, those whom nobody dials have too few and are late; more cost in
    /// announcements what they bring (decision 11).
    private static let linksWanted = 26
    /// Of moves for which is dialled at the same time: a dial into nowhere takes a while.
    private static let movesAtOnce = 4

    private let user: UserName
    private let content: ContentID
    private let infoHash: TruncatedInfoHash
    private let client: DirectoryClient
    private let dialer: LinkDialer
    private let blocked: BlockList
    private let peerID: PeerID
    private let logger: Logger
    private let ticket: ContentTicket
    private let memories = Mutex<[Source: Memory]>([:])
    private let underWay = DialsUnderWay()
    private let moves: Moves
    /// Who was not to be dialled when sources were asked for last.
    private let banned = Mutex<Set<UserName>>([])
    /// Takes the links, or says that it does not; nil before it began.
    private let taker = Mutex<(@Sendable (MemberLink) -> Bool)?>(nil)

    init(
        user: UserName, content: ContentID, infoHash: TruncatedInfoHash, client: DirectoryClient, dialer: LinkDialer,
        blocked: BlockList, moves: Moves, peerID: PeerID, logger: Logger
    ) {
        self.user = user
        self.content = content
        self.infoHash = infoHash
        self.client = client
        self.dialer = dialer
        self.blocked = blocked
        self.moves = moves
        self.peerID = peerID
        self.logger = logger
        ticket = ContentTicket(content, client: client, logger: logger)
    }

    /// What is shown to those who demand a ticket.
    var shownTicket: [UInt8]? { ticket.sealed }

    /// Members to whom no way led when they were dialled last, or whose links broke off: in the order of their names.
    var missed: [UserName] {
        let memories = memories.withLock { $0 }
        let linked = memories.filter { $0.value.linkedAt != nil }.keys.map(\.user)
        return Set(memories.filter { $0.value.failures > 0 }.keys.map(\.user)).subtracting(linked).sorted()
    }

    /// Waits until all is here or will not be; keeps the ticket fresh meanwhile, and dials anew whoever is lost because somebody moved.
    func fetched(by run: SwarmRun) async throws(DownloadFailure) -> DownloadSummary {
        let result: Result<DownloadSummary, DownloadFailure> = await ticket.whileFresh {
            await self.whileFollowing {
                do throws(DownloadFailure) { return .success(try await run.fetched()) } catch { return .failure(error) }
            }
        }
        return try result.get()
    }

    private func whileFollowing<Value: Sendable>(_ work: @Sendable () async -> Value) async -> Value {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow() }
            defer { group.cancelAll() }
            return await work()
        }
    }

    private func follow() async {
        await withTaskGroup(of: Void.self) { group in
            var asking = 0
            for await move in moves.listen() {
                let linked = memories.withLock { memories in
                    for (source, memory) in memories
                    where move.ended.contains(source.user) || (move.isOwn && memory.linkedAt == nil) {
                        memories[source] = nil
                    }
                    return Set(memories.filter { $0.value.linkedAt != nil }.keys.map(\.user))
                }
                // What was begun before leads nowhere.
                underWay.forget { move.isOwn || move.ended.contains($0.user) }
                if asking == Self.movesAtOnce {
                    await group.next()
                    asking -= 1
                }
                asking += 1
                let request = SourceRequest(linked: linked, banned: banned.withLock { $0 })
                group.addTask { await self.ask(request) }
            }
        }
    }

    /// From now on links go to this run, which is not kept alive by it: the run asks for sources through this, and
    /// holds the files that it fetches into.
    func serve(_ run: SwarmRun) {
        ticket.give { [weak run] in run?.show($0) }
        give { [weak run] in run?.add($0, isDialled: true) == true }
    }

    /// From now on links go there.
    func give(to taker: @escaping @Sendable (MemberLink) -> Bool) { self.taker.withLock { $0 = taker } }

    /// Asks the directory and dials who is not linked, not banned, and did not just fail. Returns when all
    /// those dials have ended; each link goes to the download as soon as it is there.
    func ask(_ request: SourceRequest) async {
        banned.withLock { $0 = request.banned }
        let holders: [Holder]
        do {
            holders = blocked.allowed(try await client.holders(content))
        } catch {
            return logger.debug("Holders could not be asked for", metadata: ["reason": "\(error)"])
        }
        if holders.contains(where: \.demandsTicket) { await ticket.obtain() }
        let now = ContinuousClock.now
        let memories = memories.withLock { $0 }
        let wanted = holders.filter { holder in
            holder.user != user && !request.linked.contains(holder.user) && !request.banned.contains(holder.user)
                && (memories[Source(holder)]?.notBefore.map { $0 <= now } ?? true)
        }
        // Each source once, and peers before standard clients, of which anybody with a member's passkey may list several.
        let sources = Dictionary(grouping: wanted.shuffled(), by: Source.init)
        let ordered = sources.sorted { !$0.key.isStandardClient && $1.key.isStandardClient }
        let places = request.seeksMore ? max(0, Self.linksWanted - request.linked.count) : 0
        let improvable = improvable(holders.filter { request.relayed.contains($0.user) })
        await withTaskGroup(of: Void.self) { group in
            for holder in improvable {
                group.addTask { await self.underWay.alone(Source(holder)) { await self.improve(holder) } }
            }
            for (number, source) in ordered.prefix(places).enumerated() {
                if number >= Self.atOnce { await group.next() }
                group.addTask { await self.underWay.alone(source.key) { await self.dial(source.key, source.value) } }
            }
        }
    }

    /// Dials those of a source, one after the other, until one answers.
    private func dial(_ source: Source, _ holders: [Holder]) async {
        let failures = memories.withLock { $0[source]?.failures ?? 0 }
        for holder in holders.prefix(Self.triedOfSource) {
            do throws(DialFailure) {
                // One of a member's devices may refuse what another one has.
                let turned = failures % max(1, holder.endpoints.count)
                let endpoints = Array(holder.endpoints[turned...] + holder.endpoints[..<turned])
                let link = try await dialer.dial(
                    holder.user, at: endpoints,
                    greeting: PeerHandshake(infoHash: holder.infoHash ?? infoHash, peerID: peerID),
                    isStandardClient: source.isStandardClient)
                memories.withLock { memories in
                    memories[source, default: Memory()].linkedAt = .now
                    memories[source]?.relayed = link.path.isRelayed ? endpoints : []
                    memories[source]?.looks = 0
                }
                await hand(over: link)
                return
            } catch {
                guard !Task.isCancelled else { return }
                logger.debug(
                    "No link to a holder", metadata: ["member": "\(holder.user)", "reason": "\(error.attempts)"])
            }
        }
        if !moves.explains(source.user) { memories.withLock { $0[source, default: Memory()].failed(at: .now) } }
    }

    private func hand(over link: AuthenticatedLink) async {
        if taker.withLock({ $0 })?(MemberLink(link: link)) != true { await link.close() }
    }

    /// The devices to which our dials led by a relay.
    private func improvable(_ holders: [Holder]) -> [Holder] {
        Dictionary(grouping: holders.filter { $0.infoHash == nil }, by: Source.init).compactMap {
            source, devices in
            guard let dialled = placesToLook(for: source) else { return nil }
            // One that has moved is at other addresses.
            return devices.first { $0.endpoints.contains(where: dialled.contains) }
                ?? (devices.count == 1 ? devices.first : nil)
        }
    }

    /// Where the device was dialled to which a relay links us; nil where there is none, or it is not its turn.
    private func placesToLook(for source: Source) -> [Endpoint]? {
        memories.withLock { memories in
            guard let dialled = memories[source]?.relayed, !dialled.isEmpty else { return nil }
            let looks = memories[source]?.looks ?? 0
            memories[source]?.looks += 1
            return looks < Self.eagerLooks || looks.isMultiple(of: 2) ? dialled : nil
        }
    }

    /// Looks for a way without the relay that links the member now; the download lets it take over.
    private func improve(_ holder: Holder) async {
        do throws(DialFailure) {
            let link = try await dialer.dial(
                holder.user, at: holder.endpoints, greeting: PeerHandshake(infoHash: infoHash, peerID: peerID),
                avoidsRelay: true)
            logger.debug("A better way", metadata: ["member": "\(holder.user)", "path": "\(link.path)"])
            await hand(over: link)
        } catch {
            logger.trace("No better way", metadata: ["member": "\(holder.user)", "reason": "\(error.attempts)"])
        }
    }

    /// A link with a member ended.
    func lost(_ member: UserName) {
        guard !moves.explains(member) else { return }
        memories.withLock { memories in
            let peer = Source(member, isStandardClient: false)
            let client = Source(member, isStandardClient: true)
            let source = memories[client]?.linkedAt == nil ? peer : client
            memories[source, default: Memory()].failed(at: .now)
        }
    }
}
