import Connectivity
import Content
import DirectoryClient
import Logging
import Synchronization
import Transfer
import Wire

/// Finds holders of one content and dials them, whenever its download would like more links.
final class SourceDialling: Sendable {
    private struct State {
        var memory = SourceMemory()
        /// By the numbers of their dials: finished where these lead nowhere any more.
        var running: [Int: AsyncStream<Void>.Continuation] = [:]
        /// Who was not to be dialled when sources were asked for last.
        var banned: Set<UserName> = []
    }

    private static let atOnce = 8
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
    private let state = Mutex(State())
    private let moves: Moves
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
    var missed: [UserName] { state.withLock { $0.memory.missed } }

    /// Who was not to be dialled when sources were asked for last.
    var banned: Set<UserName> { state.withLock { $0.banned } }

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

    /// A move is heard at once, whatever is being dialled for earlier ones.
    private func follow() async {
        let (asks, wanted) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.askAnew(asks) }
            for await move in moves.listen() {
                let stale = state.withLock { state in
                    state.memory.moved(move, at: .now).compactMap { state.running.removeValue(forKey: $0) }
                }
                for dial in stale { dial.finish() }
                wanted.yield()
            }
            group.cancelAll()
        }
    }

    private func askAnew(_ asks: AsyncStream<Void>) async {
        await withTaskGroup(of: Void.self) { group in
            var asking = 0
            for await _ in asks {
                if asking == Self.movesAtOnce {
                    await group.next()
                    asking -= 1
                }
                asking += 1
                let request = state.withLock { SourceRequest(linked: $0.memory.linked, banned: $0.banned) }
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
        state.withLock { $0.banned = request.banned }
        let holders: [Holder]
        do {
            holders = blocked.allowed(try await client.holders(content))
        } catch {
            return logger.debug("Holders could not be asked for", metadata: ["reason": "\(error)"])
        }
        if holders.contains(where: \.demandsTicket) { await ticket.obtain() }
        let now = ContinuousClock.now
        let memory = state.withLock { $0.memory }
        let wanted = holders.filter { holder in
            holder.user != user && !request.linked.contains(holder.user) && !request.banned.contains(holder.user)
                && memory.mayDial(DialledSource(holder), at: now)
        }
        // Each source once, and peers before standard clients, of which anybody with a member's passkey may list several.
        let sources = Dictionary(grouping: wanted.shuffled(), by: DialledSource.init)
        let ordered = sources.sorted { !$0.key.isStandardClient && $1.key.isStandardClient }
        let places = max(0, Self.linksWanted - request.linked.count)
        await withTaskGroup(of: Void.self) { group in
            for (number, source) in ordered.prefix(places).enumerated() {
                if number >= Self.atOnce { await group.next() }
                group.addTask { await self.dial(source.key, source.value) }
            }
        }
    }

    /// Dials those of a source, one after the other, until one answers, or a move makes that futile.
    private func dial(_ source: DialledSource, _ holders: [Holder]) async {
        let (futile, end) = AsyncStream<Void>.makeStream()
        let begun = state.withLock { state in
            let dial = state.memory.begin(source, at: .now)
            if let dial { state.running[dial.number] = end }
            return dial
        }
        guard let begun else { return }
        defer {
            state.withLock { state in
                state.memory.ended(begun)
                state.running[begun.number] = nil
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.carryOut(begun, holders) }
            group.addTask { for await _ in futile {} }
            await group.next()
            group.cancelAll()
        }
    }

    private func carryOut(_ dial: SourceMemory.Dial, _ holders: [Holder]) async {
        for holder in holders.prefix(Self.triedOfSource) {
            do throws(DialFailure) {
                // One of a member's devices may refuse what another one has.
                let turned = dial.failures % max(1, holder.endpoints.count)
                let endpoints = Array(holder.endpoints[turned...] + holder.endpoints[..<turned])
                let link = try await dialer.dial(
                    holder.user, at: endpoints,
                    greeting: PeerHandshake(infoHash: holder.infoHash ?? infoHash, peerID: peerID),
                    isStandardClient: dial.source.isStandardClient)
                state.withLock { $0.memory.linked(by: dial, at: endpoints, .now) }
                await hand(over: link)
                return
            } catch {
                guard !Task.isCancelled else { return }
                logger.debug(
                    "No link to a holder", metadata: ["member": "\(holder.user)", "reason": "\(error.attempts)"])
            }
        }
        let isExplained = moves.explains(dial.source.user)
        state.withLock { $0.memory.failed(dial, isExplained: isExplained, at: .now) }
    }

    private func hand(over link: AuthenticatedLink) async {
        if taker.withLock({ $0 })?(MemberLink(link: link)) != true { await link.close() }
    }

    /// Looks for ways without a relay to members whom one links by a dial from here; the download lets them take over.
    func lookForBetterWays(to members: Set<UserName>) async {
        let looks = state.withLock { $0.memory.looks(to: members) }
        await withTaskGroup(of: Void.self) { group in
            for look in looks {
                group.addTask {
                    await self.carryOut(look)
                    self.state.withLock { $0.memory.looked(look) }
                }
            }
        }
    }

    private func carryOut(_ look: SourceMemory.Look) async {
        do throws(DialFailure) {
            let link = try await dialer.dial(
                look.member, at: look.places, greeting: PeerHandshake(infoHash: infoHash, peerID: peerID),
                avoidsRelay: true)
            logger.debug("A better way", metadata: ["member": "\(look.member)", "path": "\(link.path)"])
            await hand(over: link)
        } catch {
            logger.trace("No better way", metadata: ["member": "\(look.member)", "reason": "\(error.attempts)"])
        }
    }

    /// No link with a member is left.
    func lost(_ member: UserName) {
        let isExplained = moves.explains(member)
        state.withLock { $0.memory.lost(member, isExplained: isExplained, at: .now) }
    }
}
