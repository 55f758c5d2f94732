import Content
import Logging
import NIOCore
import Wire

/// The one owner of a swarm's state: takes events from its mailbox, hands them to ``Swarm``, and has done what that
/// says.
struct SwarmLoop {
    enum Event: Sendable {
        case link(any PeerLink, isDialled: Bool)
        case received(LinkID, [PeerMessage], size: Int)
        case swarm(SwarmEvent)
        /// The job that begins with this block is done; its memory was given back.
        case stored(BlockIndex, [Hash256])
        case recorded
        case storeFailed(any Error)
        case seed(any ContentSource)
        /// Somebody wants to know who has what.
        case look(OneShot<SwarmView?>)
        case tick
        case stop
    }

    private enum Phase {
        case fetching
        /// All is here; the result is told when it is recorded.
        case fetched(DownloadSummary)
        /// The result was told; where the content stands now was not.
        case holding
        case seeding
    }

    private struct Handle {
        let wire: LinkWire
        let ticket: UploadSlots.Ticket
    }

    private var swarm: Swarm
    private var phase: Phase
    private var source: any ContentSource
    private let fetch: FetchPlan?
    private let pieces: PieceWatch
    private let mailbox: Mailbox<Event>
    private let outcome: OneShot<Result<DownloadSummary, DownloadFailure>>
    private let surroundings: SwarmSurroundings
    /// What this swarm's blocks have to pass beside everybody's.
    private let inbound: RateLimiter
    private let outbound: RateLimiter
    private let budget: ByteBudget
    private let watch: Stopwatch
    private let logger: Logger

    private var handles: [LinkID: Handle] = [:]
    private var nextLink = 0
    /// Writes and records that are under way.
    private var jobs = 0
    private var end: SwarmEnd?
    private var failure: DownloadFailure?
    private var lastProgress: DownloadProgress?

    init(
        _ swarm: Swarm, source: any ContentSource, fetch: FetchPlan?, pieces: PieceWatch, mailbox: Mailbox<Event>,
        outcome: OneShot<Result<DownloadSummary, DownloadFailure>>, surroundings: SwarmSurroundings,
        inbound: RateLimiter, outbound: RateLimiter
    ) {
        self.swarm = swarm
        self.source = source
        self.fetch = fetch
        self.pieces = pieces
        self.mailbox = mailbox
        self.outcome = outcome
        self.surroundings = surroundings
        self.inbound = inbound
        self.outbound = outbound
        phase = fetch == nil ? .seeding : .fetching
        budget = ByteBudget(limit: fetch?.limits.memoryBudget ?? DownloadLimits().memoryBudget)
        watch = Stopwatch(surroundings.clock)
        var logger = surroundings.logger
        logger[metadataKey: "content"] = "\(swarm.layout)"
        self.logger = logger
    }

    mutating func run(in group: inout DiscardingTaskGroup) async -> SwarmEnd {
        advance([], in: &group)
        while end == nil { advance(await mailbox.take(), in: &group) }
        await windDown(in: &group)
        outcome.set(.failure(failure ?? .cancelled))
        return end ?? .stopped
    }

    private mutating func advance(_ events: [Event], in group: inout DiscardingTaskGroup) {
        var size = 0
        var taken: [SwarmEvent] = []
        taken.reserveCapacity(events.count)
        for event in events { translate(event, into: &taken, size: &size, in: &group) }
        for action in swarm.take(taken, at: watch.elapsed) {
            if case .store(let job) = action { size -= job.size }
            perform(action, in: &group)
        }
        // What led to no job needs no memory any more.
        budget.release(size)
        tellFetched()
    }

    private mutating func translate(
        _ event: Event, into taken: inout [SwarmEvent], size: inout Int, in group: inout DiscardingTaskGroup
    ) {
        switch event {
        case .link(let link, let isDialled):
            guard end == nil else { return group.addTask { await link.close() } }
            taken.append(open(link, isDialled: isDialled, in: &group))
        case .received(let id, let messages, let footprint):
            size += footprint
            taken.append(.received(id, messages))
        case .swarm(let event): taken.append(event)
        case .stored(let first, let hashes):
            jobs -= 1
            taken.append(.download(.stored(first: first, hashes: hashes)))
        case .recorded:
            jobs -= 1
            taken.append(.download(.recorded))
        case .storeFailed(let error):
            jobs -= 1
            logger.debug("Storing failed", metadata: ["error": "\(error)"])
            // A failed write outweighs a cancellation, and a finish that could not be recorded.
            failure = .storeFailed(error)
            end = .notFetched
        case .seed(let source):
            self.source = source
            if case .holding = phase { phase = .seeding }
        case .tick:
            let heldBack = handles.filter(\.value.wire.isHeldBack).keys
            taken.append(.tick(canRead: budget.isOpen, heldBack: Set(heldBack)))
            // Whoever watches sees that it goes on, in however low a rate.
            reportProgress(again: !heldBack.isEmpty)
            if case .seeding = phase, handles.isEmpty { finish(.idle) }
        case .look(let answer): answer.set(swarm.view(at: watch.elapsed))
        case .stop: finish(.stopped)
        }
    }

    private mutating func perform(_ action: SwarmAction, in group: inout DiscardingTaskGroup) {
        switch action {
        case .send(let id, let messages): handles[id]?.wire.outbox.post(messages)
        case .close(let id, let end): close(id, end, in: &group)
        case .read(let id, let run): read(run, for: id, in: &group)
        case .hash(let id, let job): hash(job, for: id, in: &group)
        case .wantSlot(let id, let member, let wish):
            guard let ticket = handles[id]?.ticket else { return }
            surroundings.slots.want(ticket, for: member, wish: wish) { [mailbox] in
                mailbox.post(.swarm(.upload(id, $0)))
            }
        case .releaseSlot(let id):
            if let ticket = handles[id]?.ticket { surroundings.slots.release(ticket) }
        case .unreadable(_, let reason): logger.warning("Not served", metadata: ["reason": "\(reason)"])
        case .sourceChanged: finish(.sourceChanged)
        case .store(let job): store(job, in: &group)
        case .record(let pieces): record(pieces, in: &group)
        case .verified(let pieces): self.pieces.add(pieces)
        case .askForSources(let request):
            group.addTask { [mailbox, fetch] in
                await fetch?.askForSources(request)
                mailbox.post(.swarm(.download(.asked)))
            }
        case .lookForBetterWays(let members): group.addTask { [fetch] in await fetch?.lookForBetterWays(members) }
        case .notice(let notice): tell(notice)
        case .hashesKnown(let hashes): fetch?.notice(.hashesKnown(hashes))
        case .fetched(let summary):
            phase = .fetched(summary)
            lastProgress = DownloadProgress(
                verified: summary.size, arrived: summary.size, total: summary.size, paths: [])
        case .failed(let reasons):
            failure = failure ?? .sourcesLost(reasons)
            finish(.notFetched)
        }
    }

    private mutating func finish(_ end: SwarmEnd) {
        if self.end == nil { self.end = end }
    }

    /// When all is recorded.
    private mutating func tellFetched() {
        guard case .fetched(let summary) = phase, jobs == 0, failure == nil else { return }
        phase = .holding
        if let lastProgress { fetch?.progress(lastProgress) }
        outcome.set(.success(summary))
    }

    // MARK: Links

    private mutating func open(
        _ link: any PeerLink, isDialled: Bool, in group: inout DiscardingTaskGroup
    ) -> SwarmEvent {
        let id = LinkID(nextLink)
        nextLink += 1
        let wire = LinkWire(
            link: link, inbound: [surroundings.inbound, inbound], outbound: [surroundings.outbound, outbound])
        handles[id] = Handle(wire: wire, ticket: surroundings.slots.ticket())
        group.addTask { [mailbox, budget] in
            let end = await wire.read(within: budget) { mailbox.post(.received(id, $0, size: $1)) }
            mailbox.post(.swarm(.closed(id, end)))
        }
        group.addTask { [mailbox] in
            let end = await wire.write { mailbox.post(.swarm(.upload(id, .sent(messages: $0, bytes: $1)))) }
            if let end { mailbox.post(.swarm(.closed(id, end))) }
        }
        return .opened(id, member: link.member, abilities: link.abilities, isDialled: isDialled, path: link.path)
    }

    private mutating func close(_ id: LinkID, _ end: LinkEnd, in group: inout DiscardingTaskGroup) {
        guard let handle = handles.removeValue(forKey: id) else { return }
        logger.debug("Link ended", metadata: ["member": "\(handle.wire.link.member)", "end": "\(end)"])
        surroundings.slots.release(handle.ticket)
        group.addTask { await handle.wire.close() }
    }

    // MARK: The source

    private func read(_ run: BlockRun, for id: LinkID, in group: inout DiscardingTaskGroup) {
        group.addTask { [mailbox, source] in
            let event = await Self.sourced { .read(run, try await source.read(offset: run.offset, length: run.length)) }
            mailbox.post(.swarm(.upload(id, event)))
        }
    }

    private func hash(_ job: HashJob, for id: LinkID, in group: inout DiscardingTaskGroup) {
        group.addTask { [mailbox, source] in
            let event = await Self.sourced {
                var hashes: [Hash256] = []
                for piece in job.pieces { hashes += try await source.leafHashes(of: piece) }
                return .hashed(job, hashes)
            }
            mailbox.post(.swarm(.upload(id, event)))
        }
    }

    private static func sourced(_ work: () async throws -> UploadEvent) async -> UploadEvent {
        do {
            return try await work()
        } catch let failure as ContentSourceFailure {
            return .sourceFailed(failure)
        } catch {
            return .sourceFailed(.unreadable("\(error)"))
        }
    }

    // MARK: Store

    private mutating func store(_ job: StoreJob, in group: inout DiscardingTaskGroup) {
        guard let store = fetch?.store else { return }
        jobs += 1
        let offset = swarm.geometry.offset(of: job.first)
        group.addTask { [mailbox, budget] in
            let hashes = job.blocks.withBytes(BlockHashing.hashes)
            do {
                try await store.write(job.blocks, at: offset)
                budget.release(job.size)
                mailbox.post(.stored(job.first, hashes))
            } catch {
                budget.release(job.size)
                mailbox.post(.storeFailed(error))
            }
        }
    }

    private mutating func record(_ pieces: [PieceIndex], in group: inout DiscardingTaskGroup) {
        guard let store = fetch?.store else { return }
        jobs += 1
        group.addTask { [mailbox] in
            do {
                try await store.recordVerified(pieces)
                mailbox.post(.recorded)
            } catch {
                mailbox.post(.storeFailed(error))
            }
        }
    }

    // MARK: The end

    /// Closes all links, lets the writes that are under way end, and records what they complete.
    private mutating func windDown(in group: inout DiscardingTaskGroup) async {
        swarm.endDownload()
        let open = handles.values.map(\.self)
        handles = [:]
        await withDiscardingTaskGroup { closing in
            for handle in open {
                surroundings.slots.release(handle.ticket)
                closing.addTask { await handle.wire.close() }
            }
        }
        while jobs > 0 { advance(await mailbox.take(), in: &group) }
        let rest = swarm.takeUnrecorded()
        if let store = fetch?.store, !rest.isEmpty {
            do { try await store.recordVerified(rest) } catch { failure = .storeFailed(error) }
        }
        reportProgress()
    }

    // MARK: Telling

    private mutating func reportProgress(again: Bool = false) {
        guard let progress = swarm.progress, again || progress != lastProgress else { return }
        lastProgress = progress
        fetch?.progress(progress)
    }

    private func tell(_ notice: DownloadNotice) {
        if case .sourceLied(let member, let lies) = notice {
            logger.warning(
                "Source sent wrong bytes",
                metadata: [
                    "member": "\(member)", "blocks": "\(lies.map(\.block.value))",
                    "received": "\(lies.first?.received.hex ?? "")", "expected": "\(lies.first?.expected.hex ?? "")",
                ])
        }
        fetch?.notice(notice)
    }
}
