import Content
package import Logging
import NIOCore
import Wire

/// Serves one content over one accepted link, until the link ends or ``stop()`` is called.
///
/// The shell of ``Upload``: one task that reads, one that writes, at most one that reads the source and one that
/// hashes for it; this one owns the state.
package final class UploadRun<Link: PeerLink>: Sendable {
    private let link: Link
    private let source: any ContentSource
    private let slots: UploadSlots
    private let limits: UploadLimits
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let mailbox = Mailbox<Event>()
    private let outbox = Mailbox<PeerMessage>()
    /// Of messages that were read and not dealt with.
    private let inlet = ByteBudget(limit: 1 << 20)

    private enum Event: Sendable {
        case received([PeerMessage], size: Int)
        case upload(UploadEvent)
    }

    /// - Parameter slots: bounds how many links are served at the same time; one for the whole node.
    package init(
        link: Link, source: any ContentSource, slots: UploadSlots, limits: UploadLimits = UploadLimits(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.link = link
        self.source = source
        self.slots = slots
        self.limits = limits
        self.clock = clock
        var logger = logger
        logger[metadataKey: "member"] = "\(link.member)"
        logger[metadataKey: "content"] = "\(source.hashes.layout)"
        self.logger = logger
    }

    /// The content is withdrawn: no further byte of it is sent. Does not wait.
    package func stop() { mailbox.post(.upload(.stop)) }

    /// Serves. Called once. Returns when the link is closed, within a second after ``stop()`` or cancellation.
    @concurrent
    package func run() async -> UploadSummary {
        guard var upload = Upload(hashes: source.hashes, abilities: link.abilities, limits: limits) else {
            await link.close()
            return UploadSummary(bytes: 0, end: .sourceUnreadable("an empty content has nothing to serve"))
        }
        let summary = await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.read() }
                group.addTask { await self.write() }
                group.addTask { await self.tick() }
                let end = await self.serve(&upload, in: &group)
                self.outbox.close()
                await self.link.close()
                group.cancelAll()
                return UploadSummary(bytes: upload.sentBytes, end: end)
            }
        } onCancel: {
            mailbox.post(.upload(.stop))
        }
        logger.debug("Upload ended", metadata: ["bytes": "\(summary.bytes)", "end": "\(summary.end)"])
        return summary
    }

    private func serve(_ upload: inout Upload, in group: inout DiscardingTaskGroup) async -> UploadEnd {
        let watch = Stopwatch(clock)
        let ticket = slots.ticket()
        var events: [Event] = []
        while true {
            var taken: [UploadEvent] = []
            var size = 0
            for event in events {
                switch event {
                case .received(let messages, let footprint):
                    size += footprint
                    taken.append(.received(messages))
                case .upload(let event): taken.append(event)
                }
            }
            for action in upload.take(taken, at: watch.elapsed) {
                switch action {
                case .send(let messages): outbox.post(messages)
                case .read(let run): group.addTask { await self.perform { try await self.read(run) } }
                case .hash(let job): group.addTask { await self.perform { try await self.hash(job) } }
                case .wantSlot: slots.want(ticket, for: link.member) { [mailbox] in mailbox.post(.upload($0)) }
                case .releaseSlot: slots.release(ticket)
                case .close(let end): return end
                }
            }
            inlet.release(size)
            events = await mailbox.take()
        }
    }

    // MARK: The link

    private func read() async {
        var end = LinkEnd.closedByPeer
        do {
            for try await messages in link.inbound {
                let size = messages.reduce(0) { $0 + $1.footprint }
                inlet.add(size)
                mailbox.post(.received(messages, size: size))
                await inlet.waitForRoom()
            }
        } catch let error as PeerMessageError {
            end = .violation(.malformedMessage("\(error)"))
        } catch {
            end = .transportFailed("\(error)")
        }
        mailbox.post(.upload(.closed(end)))
    }

    private func write() async {
        while true {
            let messages = await outbox.take()
            guard !messages.isEmpty else { return }
            do {
                try await link.send(messages)
            } catch {
                return mailbox.post(.upload(.closed(.transportFailed("\(error)"))))
            }
            let size = messages.reduce(0) { $0 + $1.payloadSize }
            mailbox.post(.upload(.sent(messages: messages.count, bytes: size)))
        }
    }

    private func tick() async {
        while true {
            do { try await clock.sleep(for: .seconds(1)) } catch { return }
            slots.turn()
            mailbox.post(.upload(.tick))
        }
    }

    // MARK: The source

    private func read(_ run: BlockRun) async throws -> UploadEvent {
        .read(run, try await source.read(offset: run.offset, length: run.length))
    }

    private func hash(_ job: HashJob) async throws -> UploadEvent {
        var hashes: [Hash256] = []
        for piece in job.pieces { hashes += try await source.leafHashes(of: piece) }
        return .hashed(job, hashes)
    }

    private func perform(_ work: () async throws -> UploadEvent) async {
        do {
            mailbox.post(.upload(try await work()))
        } catch let failure as ContentSourceFailure {
            mailbox.post(.upload(.sourceFailed(failure)))
        } catch is CancellationError {
            mailbox.post(.upload(.stop))
        } catch {
            mailbox.post(.upload(.sourceFailed(.unreadable("\(error)"))))
        }
    }
}
