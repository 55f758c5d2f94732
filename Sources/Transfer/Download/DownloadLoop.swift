import Content
import Logging
import NIOCore
import Wire

/// The one owner of a running download's state: takes events from its mailbox, hands them to ``Download``, and
/// has done what that says.
struct DownloadLoop<Link: PeerLink> {
    enum Event: Sendable {
        case link(Link)
        case received(LinkID, [PeerMessage], size: Int)
        case download(DownloadEvent)
        /// The job that begins with this block is done; its memory was given back.
        case stored(BlockIndex, [Hash256])
        case recorded
        case storeFailed(any Error)
        case tick
        case cancel
    }

    private struct Handle {
        let link: Link
        let outbox: Mailbox<PeerMessage>
    }

    private var download: Download
    private let mailbox: Mailbox<Event>
    private let budget: ByteBudget
    private let watch: Stopwatch
    private let surroundings: DownloadSurroundings

    private var handles: [LinkID: Handle] = [:]
    private var nextLink = 0
    /// Writes and records that are under way.
    private var jobs = 0
    private var outcome: Result<Void, DownloadFailure>?
    private var lastProgress: DownloadProgress?

    init(
        _ download: Download, mailbox: Mailbox<Event>, budget: ByteBudget, watch: Stopwatch,
        surroundings: DownloadSurroundings
    ) {
        self.download = download
        self.mailbox = mailbox
        self.budget = budget
        self.watch = watch
        self.surroundings = surroundings
    }

    mutating func run(in group: inout DiscardingTaskGroup) async -> Result<DownloadSummary, DownloadFailure> {
        advance([], in: &group)
        while outcome == nil { advance(await mailbox.take(), in: &group) }
        await windDown(in: &group)
        reportProgress()
        switch outcome {
        case .success: return .success(download.summary)
        case .failure(let failure): return .failure(failure)
        case nil: return .failure(.cancelled)
        }
    }

    private mutating func advance(_ events: [Event], in group: inout DiscardingTaskGroup) {
        var size = 0
        var taken: [DownloadEvent] = []
        taken.reserveCapacity(events.count)
        for event in events { translate(event, into: &taken, size: &size, in: &group) }
        for action in download.take(taken, at: watch.elapsed) {
            if case .store(let job) = action { size -= job.size }
            perform(action, in: &group)
        }
        // What led to no job needs no memory any more.
        budget.release(size)
    }

    private mutating func translate(
        _ event: Event, into taken: inout [DownloadEvent], size: inout Int, in group: inout DiscardingTaskGroup
    ) {
        switch event {
        case .link(let link):
            guard outcome == nil else { return group.addTask { await link.close() } }
            taken.append(open(link, in: &group))
        case .received(let id, let messages, let footprint):
            size += footprint
            taken.append(.received(id, messages))
        case .download(let event): taken.append(event)
        case .stored(let first, let hashes):
            jobs -= 1
            taken.append(.stored(first: first, hashes: hashes))
        case .recorded:
            jobs -= 1
            taken.append(.recorded)
        case .storeFailed(let error):
            jobs -= 1
            surroundings.logger.error("Storing failed", metadata: ["error": "\(error)"])
            // A failed write outweighs a cancellation, and a finish that could not be recorded.
            outcome = .failure(.storeFailed(error))
        case .tick:
            taken.append(.tick(canRead: budget.isOpen))
            reportProgress()
        case .cancel: end(.failure(.cancelled))
        }
    }

    private mutating func perform(_ action: DownloadAction, in group: inout DiscardingTaskGroup) {
        switch action {
        case .send(let id, let messages): handles[id]?.outbox.post(messages)
        case .store(let job): store(job, in: &group)
        case .record(let pieces): record(pieces, in: &group)
        case .close(let id, let end): close(id, end, in: &group)
        case .askForSources(let request):
            group.addTask { [mailbox, surroundings] in
                await surroundings.askForSources(request)
                mailbox.post(.download(.asked))
            }
        case .notice(let notice): tell(notice)
        case .finished: end(.success(()))
        case .failed(let reasons): end(.failure(.sourcesLost(reasons)))
        }
    }

    private mutating func end(_ result: Result<Void, DownloadFailure>) {
        if outcome == nil { outcome = result }
    }

    // MARK: Links

    private mutating func open(_ link: Link, in group: inout DiscardingTaskGroup) -> DownloadEvent {
        let id = LinkID(nextLink)
        nextLink += 1
        let outbox = Mailbox<PeerMessage>()
        handles[id] = Handle(link: link, outbox: outbox)
        group.addTask { [mailbox, budget] in await Self.read(link, id, into: mailbox, within: budget) }
        group.addTask { [mailbox] in await Self.write(outbox, to: link, id, failing: mailbox) }
        return .opened(id, member: link.member, abilities: link.abilities)
    }

    private static func read(_ link: Link, _ id: LinkID, into mailbox: Mailbox<Event>, within budget: ByteBudget) async
    {
        var end = LinkEnd.closedByPeer
        do {
            for try await messages in link.inbound {
                let size = messages.reduce(0) { $0 + $1.footprint }
                budget.add(size)
                mailbox.post(.received(id, messages, size: size))
                await budget.waitForRoom()
            }
        } catch let error as PeerMessageError {
            end = .violation(.malformedMessage("\(error)"))
        } catch {
            end = .transportFailed("\(error)")
        }
        mailbox.post(.download(.closed(id, end)))
    }

    private static func write(
        _ outbox: Mailbox<PeerMessage>, to link: Link, _ id: LinkID, failing mailbox: Mailbox<Event>
    ) async {
        while true {
            let messages = await outbox.take()
            guard !messages.isEmpty else { return }
            do {
                try await link.send(messages)
            } catch {
                mailbox.post(.download(.closed(id, .transportFailed("\(error)"))))
                return
            }
        }
    }

    private mutating func close(_ id: LinkID, _ end: LinkEnd, in group: inout DiscardingTaskGroup) {
        guard let handle = handles.removeValue(forKey: id) else { return }
        handle.outbox.close()
        group.addTask { await handle.link.close() }
    }

    // MARK: Store

    private mutating func store(_ job: StoreJob, in group: inout DiscardingTaskGroup) {
        jobs += 1
        let offset = download.geometry.offset(of: job.first)
        group.addTask { [mailbox, budget, surroundings] in
            let hashes = job.blocks.map { block in
                block.withUnsafeReadableBytes { Hash256(hashing: $0) }
            }
            do {
                try await surroundings.store.write(job.blocks, at: offset)
                budget.release(job.size)
                mailbox.post(.stored(job.first, hashes))
            } catch {
                budget.release(job.size)
                mailbox.post(.storeFailed(error))
            }
        }
    }

    private mutating func record(_ pieces: [PieceIndex], in group: inout DiscardingTaskGroup) {
        jobs += 1
        group.addTask { [mailbox, surroundings] in
            do {
                try await surroundings.store.recordVerified(pieces)
                mailbox.post(.recorded)
            } catch {
                mailbox.post(.storeFailed(error))
            }
        }
    }

    // MARK: The end

    /// Closes all links, lets the writes that are under way end, and records what they complete.
    private mutating func windDown(in group: inout DiscardingTaskGroup) async {
        download.end()
        let open = handles.values.map(\.self)
        handles = [:]
        await withDiscardingTaskGroup { closing in
            for handle in open {
                handle.outbox.close()
                closing.addTask { await handle.link.close() }
            }
        }
        while jobs > 0 { advance(await mailbox.take(), in: &group) }
        let rest = download.takeUnrecorded()
        guard !rest.isEmpty else { return }
        do { try await surroundings.store.recordVerified(rest) } catch { outcome = .failure(.storeFailed(error)) }
    }

    // MARK: Telling

    private mutating func reportProgress() {
        let progress = download.progress
        guard progress != lastProgress else { return }
        lastProgress = progress
        surroundings.progress(progress)
    }

    private func tell(_ notice: DownloadNotice) {
        switch notice {
        case .sourceLied(let member, let lies):
            surroundings.logger.warning(
                "Source sent wrong bytes",
                metadata: [
                    "member": "\(member)", "blocks": "\(lies.map(\.block.value))",
                    "received": "\(lies.first?.received.hex ?? "")", "expected": "\(lies.first?.expected.hex ?? "")",
                ])
        case .sourceLost(let member, let end):
            surroundings.logger.debug("Source lost", metadata: ["member": "\(member)", "end": "\(end)"])
        }
        surroundings.notice(notice)
    }
}
