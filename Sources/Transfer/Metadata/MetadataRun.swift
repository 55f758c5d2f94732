package import Content
package import Logging
import NIOCore
import Wire

/// Fetches the info dictionary of a folder from whoever gives it: the shell of ``MetadataFetch``.
///
/// Its links serve nothing else, and are closed in the end.
package final class MetadataRun: Sendable {
    private enum Event: Sendable {
        case link(any PeerLink)
        case received(LinkID, [PeerMessage], size: Int)
        case closed(LinkID)
        case asked
        case giveUp
        case tick
        case stop
    }

    private struct Peer {
        let wire: LinkWire
        /// Under which number it takes requests; 0 before it said so.
        var number: UInt8 = 0
        let opened: Duration
        /// Messages that are of no use here.
        var useless = 0
    }

    /// Under which number we take pieces (BEP 10).
    private static var number: UInt8 { 1 }
    /// What has arrived and was not looked at, in bytes.
    private static var memory: Int { 4 << 20 }
    /// Messages without use, beyond those that tell of each piece of a folder.
    private static var uselessLimit: Int { 2_000 + ContentLayout.maximumPieceCount }
    /// A link that offers no dictionary for so long makes way.
    private static var offerWithin: Duration { .seconds(20) }
    /// Who was passed over for being slow or not having it may be asked again after so long.
    private static var forgiveAfter: Duration { .seconds(60) }
    /// Sources are asked for again after so long, though those who were named before are still being dialled: whoever is
    /// there by name only takes longer than it takes another one to come who has it.
    private static var askAgain: Duration { .seconds(2) }
    /// Dials into nowhere last for some of these, and end.
    private static var mostAsks: Int { 8 }

    private let infoHash: InfoHash
    private let limits: MetadataLimits
    private let ticket: @Sendable () -> [UInt8]?
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let mailbox = Mailbox<Event>()

    /// - Parameter ticket: What is shown to those who demand one.
    package init(
        _ infoHash: InfoHash, limits: MetadataLimits = MetadataLimits(),
        ticket: @escaping @Sendable () -> [UInt8]? = { nil },
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.infoHash = infoHash
        self.limits = limits
        self.ticket = ticket
        self.clock = clock
        var logger = logger
        logger[metadataKey: "infoHash"] = "\(infoHash.hash.short)"
        self.logger = logger
    }

    /// Takes a link over, and closes it in the end. False where the run is over; then it does not.
    package func add(_ link: any PeerLink) -> Bool { mailbox.post(.link(link)) }

    /// Nobody will come who is not there yet: where there is no hope, this ends.
    package func giveUp() { mailbox.post(.giveUp) }

    /// Does the work. Called once.
    ///
    /// - Parameter askForSources: As that of a ``FetchPlan``.
    /// - Returns: Nil when the task was cancelled.
    package func run(
        askForSources: @escaping @Sendable (SourceRequest) async -> Void
    ) async -> Result<InfoDictionary, MetadataFailure>? {
        // Cancellation is an event to the work, which closes its links in the end.
        let work = Task { await self.work(askForSources) }  // unstructured: shields closing from cancellation
        return await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            mailbox.post(.stop)
        }
    }

    @concurrent
    private func work(
        _ askForSources: @escaping @Sendable (SourceRequest) async -> Void
    ) async -> Result<InfoDictionary, MetadataFailure>? {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            var state = State(
                fetch: MetadataFetch(infoHash: infoHash, limits: limits), watch: Stopwatch(clock),
                ask: { [mailbox] request in
                    await askForSources(request)
                    mailbox.post(.asked)
                })
            advance(&state, [], in: &group)
            while !state.isOver { advance(&state, await mailbox.take(), in: &group) }
            mailbox.close()
            for case .link(let link) in await mailbox.take() { await link.close() }
            for peer in state.peers.values { group.addTask { await peer.wire.close() } }
            group.cancelAll()
            return state.result
        }
    }

    // MARK: The state

    private struct State {
        var fetch: MetadataFetch
        let watch: Stopwatch
        let ask: @Sendable (SourceRequest) async -> Void
        let budget = ByteBudget(limit: MetadataRun.memory)
        var peers: [LinkID: Peer] = [:]
        var nextLink = 0
        /// Who stands or stood at the other end of each link.
        var members: [LinkID: UserName] = [:]
        /// Who was passed over.
        var banned: Set<UserName> = []
        /// Those of them who may do better later, and when they may.
        var forgiven: [UserName: Duration] = [:]
        /// Asks that are under way.
        var asking = 0
        var askedLast: Duration?
        var isOver = false
        var result: Result<InfoDictionary, MetadataFailure>?
    }

    private func advance(_ state: inout State, _ events: [Event], in group: inout DiscardingTaskGroup) {
        var forFetch: [MetadataEvent] = []
        var size = 0
        for event in events {
            switch event {
            case .link(let link): open(link, &state, in: &group)
            case .received(let id, let messages, let footprint):
                size += footprint
                forFetch += received(messages, id, &state, in: &group)
            case .closed(let id):
                close(id, &state, in: &group)
                forFetch.append(.closed(id))
            case .asked: state.asking -= 1
            case .giveUp: forFetch.append(.giveUp)
            case .tick:
                dropSilent(&state, in: &group)
                forFetch.append(.tick)
            case .stop: state.isOver = true
            }
        }
        state.budget.release(size)
        let now = state.watch.elapsed
        for action in state.fetch.take(forFetch, at: now) { perform(action, &state, in: &group) }
        askIfDue(&state, at: now, in: &group)
    }

    private func perform(_ action: MetadataAction, _ state: inout State, in group: inout DiscardingTaskGroup) {
        switch action {
        case .request(let id, let piece):
            guard let peer = state.peers[id] else { return }
            let payload = ByteBuffer(bytes: MetadataMessage.request(piece: piece).encoded)
            peer.wire.outbox.post(.extended(number: peer.number, payload: payload))
        case .passOver(let id, let fault):
            guard let member = state.members[id] else { return }
            logger.debug("Not asked for a dictionary again", metadata: ["member": "\(member)", "fault": "\(fault)"])
            state.banned.insert(member)
            if fault.isForgiven { state.forgiven[member] = state.watch.elapsed + Self.forgiveAfter }
            close(id, &state, in: &group)
            mailbox.post(.closed(id))
        case .finished(let info):
            state.result = .success(info)
            state.isOver = true
        case .failed(let failure):
            state.result = .failure(failure)
            state.isOver = true
        }
    }

    private func askIfDue(_ state: inout State, at now: Duration, in group: inout DiscardingTaskGroup) {
        guard !state.isOver, state.asking < Self.mostAsks,
            state.askedLast.map({ now - $0 >= Self.askAgain }) ?? true
        else { return }
        state.asking += 1
        state.askedLast = now
        for (member, moment) in state.forgiven where moment <= now {
            state.forgiven[member] = nil
            state.banned.remove(member)
        }
        let linked = Set(state.peers.values.map(\.wire.link.member))
        group.addTask { [ask = state.ask, banned = state.banned] in
            await ask(SourceRequest(linked: linked, banned: banned))
        }
    }

    // MARK: Links

    private func open(_ link: any PeerLink, _ state: inout State, in group: inout DiscardingTaskGroup) {
        let isKnown = state.peers.values.contains { $0.wire.link.member == link.member }
        guard link.abilities.extensions, !isKnown, !state.banned.contains(link.member), state.peers.count < limits.links
        else { return group.addTask { await link.close() } }
        let id = LinkID(state.nextLink)
        state.nextLink += 1
        let wire = LinkWire(link: link, inbound: [], outbound: [])
        state.peers[id] = Peer(wire: wire, opened: state.watch.elapsed)
        state.members[id] = link.member
        let handshake = ExtensionHandshake(
            numbers: [ExtensionHandshake.metadata: Self.number], takesNothing: true, ticket: ticket())
        wire.outbox.post(
            (link.abilities.fast ? [.haveNone] : [])
                + [.extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded))])
        group.addTask { [mailbox, budget = state.budget] in
            _ = await wire.read(within: budget) { mailbox.post(.received(id, $0, size: $1)) }
            mailbox.post(.closed(id))
        }
        group.addTask { [mailbox] in
            if await wire.write(sent: { _, _ in }) != nil { mailbox.post(.closed(id)) }
        }
    }

    private func close(_ id: LinkID, _ state: inout State, in group: inout DiscardingTaskGroup) {
        guard let peer = state.peers.removeValue(forKey: id) else { return }
        group.addTask { await peer.wire.close() }
    }

    private func received(
        _ messages: [PeerMessage], _ id: LinkID, _ state: inout State, in group: inout DiscardingTaskGroup
    ) -> [MetadataEvent] {
        var events: [MetadataEvent] = []
        for message in messages {
            if case .extended(let number, let payload) = message,
                let event = received(number, payload, id, &state)
            {
                events.append(event)
            } else {
                state.peers[id]?.useless += 1
            }
        }
        guard let useless = state.peers[id]?.useless, useless > Self.uselessLimit else { return events }
        close(id, &state, in: &group)
        return events + [.closed(id)]
    }

    /// Lets go of links that offer nothing.
    private func dropSilent(_ state: inout State, in group: inout DiscardingTaskGroup) {
        let now = state.watch.elapsed
        for (id, peer) in state.peers where peer.number == 0 && now - peer.opened >= Self.offerWithin {
            close(id, &state, in: &group)
        }
    }

    private func received(
        _ number: UInt8, _ payload: ByteBuffer, _ id: LinkID, _ state: inout State
    ) -> MetadataEvent? {
        switch number {
        case 0:
            // One that offers is read, however many there are: who demands a ticket offers when he has seen it.
            guard state.peers[id]?.number == 0 else { return nil }
            let bytes = Array(payload.readableBytesView)
            guard let handshake = try? ExtensionHandshake(decoding: bytes), let size = handshake.metadataSize,
                let theirs = handshake.numbers[ExtensionHandshake.metadata], theirs != 0
            else { return nil }
            state.peers[id]?.number = theirs
            return .offered(id, size: size)
        case Self.number:
            guard let message = try? MetadataMessage(decoding: Array(payload.readableBytesView)) else { return nil }
            return .received(id, message)
        default: return nil
        }
    }

    private func tick() async {
        while true {
            do { try await clock.sleep(for: .seconds(1)) } catch { return }
            mailbox.post(.tick)
        }
    }
}
