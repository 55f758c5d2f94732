package import Content
import Wire

/// One content among those who have or want it: serves what is here, and fetches what is missing where that is wanted.
///
/// The shell of ``Swarm``: ``SwarmLoop`` owns the state, and around it there are two tasks a link, one that reads and
/// one that writes, and one for each ``StoreJob``, read and hash.
package final class SwarmRun: Sendable {
    private enum Purpose: Sendable {
        case fetch(FetchPlan)
        case seed(any ContentSource, PieceHashes)
    }

    package let layout: ContentLayout
    /// Which pieces are here.
    package let pieces: PieceWatch
    private let purpose: Purpose
    private let surroundings: SwarmSurroundings
    /// In and out, for this content alone.
    package let inbound: RateLimiter
    package let outbound: RateLimiter
    private let mailbox = Mailbox<SwarmLoop.Event>()
    private let outcome = OneShot<Result<DownloadSummary, DownloadFailure>>()

    /// Serves a content that is here, until nobody is linked any more.
    package init(seeding source: any ContentSource, _ hashes: PieceHashes, _ surroundings: SwarmSurroundings) {
        layout = hashes.layout
        pieces = PieceWatch(.all, of: layout.geometry)
        purpose = .seed(source, hashes)
        self.surroundings = surroundings
        inbound = RateLimiter(clock: surroundings.clock)
        outbound = RateLimiter(clock: surroundings.clock)
    }

    /// Fetches a content, and serves what is here of it. When all is here this goes on until it is told where the
    /// content stands now, by ``seed(from:)``, or ``stop()``.
    package init(fetching plan: FetchPlan, _ surroundings: SwarmSurroundings) {
        layout = plan.layout
        pieces = PieceWatch(
            PieceSet(plan.verified, pieceCount: layout.geometry.pieceCount), of: layout.geometry)
        purpose = .fetch(plan)
        self.surroundings = surroundings
        inbound = RateLimiter(clock: surroundings.clock)
        outbound = RateLimiter(clock: surroundings.clock)
    }

    /// Takes a link over, and closes it in the end. False where the run is over; then it does not.
    ///
    /// - Parameter isDialled: From here.
    package func add(_ link: any PeerLink, isDialled: Bool) -> Bool { mailbox.post(.link(link, isDialled: isDialled)) }

    /// The whole content is served from this source from now on.
    package func seed(from source: any ContentSource) { mailbox.post(.seed(source)) }

    /// What is read next is fetched first, until this is called anew.
    ///
    /// - Parameter ranges: Of each who reads the numbers of the pieces from his place on.
    package func prefer(_ ranges: [Range<Int>]) { mailbox.post(.swarm(.download(.prefer(ranges)))) }

    /// Nobody will come who is not there yet: where nothing can be hoped for of those who are, this ends.
    package func giveUp() { mailbox.post(.swarm(.download(.giveUp))) }

    /// Those who give only to who shows a ``Ticket`` are shown this one from now on.
    package func show(_ ticket: [UInt8]) { mailbox.post(.swarm(.ticket(ticket))) }

    /// Who has what at the moment; nil where the run is over.
    package func view() async -> SwarmView? {
        let answer = OneShot<SwarmView?>()
        guard mailbox.post(.look(answer)) else { return nil }
        return await answer.value()
    }

    /// No further byte is sent. Does not wait.
    package func stop() { mailbox.post(.stop) }

    /// Waits until all is here and recorded, or will not be. Called once, and only where something is fetched. When
    /// the task is cancelled, the run ends, with all that is verified recorded.
    package func fetched() async throws(DownloadFailure) -> DownloadSummary {
        let result = await withTaskCancellationHandler {
            await outcome.value()
        } onCancel: {
            mailbox.post(.stop)
        }
        return try result.get()
    }

    /// Does the work. Called once. When the task is cancelled this returns within a second, with all that is verified
    /// recorded; a store that hangs can delay it.
    package func run() async -> SwarmEnd {
        // Cancellation is an event to the work, which must record what is verified before it ends: inherited by
        // the work's tasks, it would fail the very writes that are to be recorded.
        let work = Task { await self.work() }  // unstructured: shields the last writes from cancellation
        return await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            mailbox.post(.stop)
        }
    }

    @concurrent
    private func work() async -> SwarmEnd {
        var loop = loop()
        let end = await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            let end = await loop.run(in: &group)
            group.cancelAll()
            return end
        }
        pieces.end()
        // Links that came while the run ended.
        mailbox.close()
        for event in await mailbox.take() {
            switch event {
            case .link(let link, _): await link.close()
            case .look(let answer): answer.set(nil)
            default: break
            }
        }
        outcome.set(.failure(.cancelled))
        return end
    }

    private func loop() -> SwarmLoop {
        let seed = UInt64.random(in: 0...UInt64.max)
        switch purpose {
        case .seed(let source, let hashes):
            return SwarmLoop(
                Swarm(
                    seeding: hashes, as: surroundings.user, limits: surroundings.limits, gate: surroundings.gate,
                    seed: seed),
                source: source, fetch: nil, pieces: pieces, mailbox: mailbox, outcome: outcome,
                surroundings: surroundings, inbound: inbound, outbound: outbound)
        case .fetch(let plan):
            let download = Download(
                layout: plan.layout, verified: plan.verified, wanted: plan.wanted, hashes: plan.hashes,
                limits: plan.limits, seed: seed)
            return SwarmLoop(
                Swarm(
                    fetching: download, as: surroundings.user, limits: surroundings.limits, gate: surroundings.gate,
                    seed: seed),
                source: plan.source, fetch: plan, pieces: pieces, mailbox: mailbox, outcome: outcome,
                surroundings: surroundings, inbound: inbound, outbound: outbound)
        }
    }

    private func tick() async {
        let interval: Duration =
            if case .fetch(let plan) = purpose { plan.limits.progressInterval } else { .seconds(1) }
        while true {
            do { try await surroundings.clock.sleep(for: interval) } catch { return }
            surroundings.slots.turn()
            mailbox.post(.tick)
        }
    }
}
