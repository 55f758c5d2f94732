import Content
import NIOCore
package import Transfer
import Wire

/// A whole swarm on virtual time: the state machines that ship, over links with latency and rate, with disks that take
/// their time. A scenario says who takes part; what happens follows from it and the seed.
package struct SwarmSimulator {
    private enum Event {
        case join(Int)
        case leave(Int)
        case dial(Int, Int)
        /// What was leaving has left.
        case left(Int)
        /// There is something in the inbox for this moment.
        case wake(Int, key: Int)
        case tick(Int)
    }

    private struct Link {
        let dialler: Int
        let other: Int
        let path: LinkPath
        /// When the last that was sent to each arrives: nothing overtakes it.
        var arrivals: [Int: Duration] = [:]
        func far(from node: Int) -> Int { node == dialler ? other : dialler }
    }

    package let content: SimulatedContent
    package internal(set) var nodes: [SimulatedNode]
    private var timeline = SimulatedTimeline<Event>()
    /// Whether a member whose link ended is dialled again.
    package var redials = true
    package var tick: Duration = .milliseconds(100)
    /// When peers can be linked without a relay. At the end of each span such links carry nothing more, and nobody is told.
    package var directSpans: [Range<Duration>] = [.zero..<(.seconds(1_000_000))]
    /// What happens to a peer within so long is taken at once, at the end of it: a large swarm is simulated sooner.
    package var resolution: Duration = .zero
    private let limits: DownloadLimits
    private var random: SeededRandom
    /// All that there ever were, by their number.
    private var links: [Link] = []
    private var dialled: [Set<Int>]
    private var waiting: Set<Int>

    package init(
        _ content: SimulatedContent, _ peers: [SimulatedPeer], limits: DownloadLimits = DownloadLimits(), seed: UInt64
    ) {
        self.content = content
        self.limits = limits
        random = SeededRandom(seed: seed)
        nodes = peers.map { SimulatedNode($0, geometry: content.geometry) }
        dialled = Array(repeating: [], count: peers.count)
        waiting = Set(nodes.indices.filter { [nodes] in !nodes[$0].verified.isWhole && nodes[$0].isHonest })
        // Of those who come at the same moment, whoever has all is there first.
        let order = peers.indices.sorted {
            (nodes[$0].verified.isWhole ? 0 : 1, $0) < (nodes[$1].verified.isWhole ? 0 : 1, $1)
        }
        for number in order {
            let peer = peers[number]
            timeline.schedule(.join(number), at: peer.joins)
            if let leaves = peer.leaves { timeline.schedule(.leave(number), at: leaves) }
            if let returns = peer.returns { timeline.schedule(.join(number), at: returns) }
        }
    }

    package var now: Duration { timeline.now }

    /// Runs until every honest peer has all or gave up, or to the end of `limit`; false then.
    package mutating func run(for limit: Duration = .seconds(600)) -> Bool {
        while !waiting.isEmpty, timeline.now < limit, let event = timeline.next() { take(event) }
        return waiting.isEmpty
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .join(let node): join(node)
        case .leave(let node): if nodes[node].outcome == nil || nodes[node].outcome == .finished { leave(node) }
        case .dial(let from, let to): dial(from, to)
        case .left(let node): left(node)
        case .wake(let node, let key): wake(node, key)
        case .tick(let node):
            guard nodes[node].isOnline else { return }
            timeline.schedule(.tick(node), after: tick)
            advance(node, [.tick(canRead: true)])
        }
    }

    // MARK: What peers hear of

    private mutating func tell(_ node: Int, _ incoming: SimulatedNode.Incoming, at moment: Duration) {
        let step = max(1, resolution.nanoseconds)
        let key = (max(moment, timeline.now).nanoseconds + step - 1) / step * step
        if nodes[node].inbox[key] == nil { timeline.schedule(.wake(node, key: key), at: .nanoseconds(key)) }
        nodes[node].inbox[key, default: []].append(incoming)
    }

    private mutating func tell(_ node: Int, _ event: SwarmEvent, after delay: Duration) {
        tell(node, .event(event), at: timeline.now + delay)
    }

    private mutating func wake(_ node: Int, _ key: Int) {
        guard let incoming = nodes[node].inbox.removeValue(forKey: key), nodes[node].isOnline else { return }
        var events: [SwarmEvent] = []
        events.reserveCapacity(incoming.count)
        for one in incoming {
            switch one {
            case .arrived(let link, let messages):
                guard nodes[node].openLinks.contains(link), links[link].path.isRelayed || isDirect else { continue }
                for case .request(let request) in messages { nodes[node].asked.append(request) }
                events.append(.received(LinkID(link), messages))
            case .closed(let link, let end):
                if nodes[node].openLinks.remove(link) != nil { events.append(.closed(LinkID(link), end)) }
            case .event(let event): events.append(event)
            case .stored(let job):
                guard let event = stored(node, job) else { return }
                events.append(event)
            }
        }
        advance(node, events)
    }

    // MARK: Coming and going

    private mutating func join(_ node: Int) {
        guard !nodes[node].isOnline, nodes[node].outcome != .diskFull else { return }
        let peer = nodes[node].peer
        if nodes[node].verified.isWhole {
            nodes[node].swarm = Swarm(seeding: content.hashes, as: peer.name, seed: random.next())
        } else {
            let verified = content.geometry.pieces.filter(nodes[node].verified.contains)
            let download = Download(
                layout: content.layout, verified: Array(verified), wanted: peer.wanted,
                hashes: verified.isEmpty ? nil : content.hashes, limits: limits, seed: random.next())
            nodes[node].swarm = Swarm(fetching: download, as: peer.name, seed: random.next())
        }
        nodes[node].isOnline = true
        // Peers do not tick at the same moment.
        let offset = Duration.microseconds(Int.random(in: 0..<Int(tick / .microseconds(1)), using: &random))
        timeline.schedule(.tick(node), after: offset)
        advance(node, [])
    }

    private mutating func leave(_ node: Int) {
        guard var swarm = nodes[node].swarm else { return }
        nodes[node].recorded += swarm.takeUnrecorded()
        nodes[node].verified = swarm.held
        nodes[node].swarm = nil
        nodes[node].isOnline = false
        for link in nodes[node].openLinks.sorted() { hangUp(node, link, .closedByPeer) }
        nodes[node].openLinks = []
        nodes[node].inbox = [:]
        nodes[node].wire = SimulatedUplink(rate: nodes[node].peer.uplink)
        if nodes[node].peer.returns == nil { end(node, .left) }
    }

    /// The other end hears of it after a while.
    private mutating func hangUp(_ node: Int, _ number: Int, _ end: LinkEnd) {
        let far = links[number].far(from: node)
        nodes[node].wire.forget(number)
        tell(far, .closed(link: number, end), at: timeline.now + nodes[node].peer.latency + nodes[far].peer.latency)
    }

    private mutating func dial(_ from: Int, _ to: Int) {
        guard nodes[from].isOnline, nodes[to].isOnline else { return }
        let number = links.count
        let path: LinkPath = isDirect ? .direct : .relayed
        links.append(Link(dialler: from, other: to, path: path))
        nodes[from].openLinks.insert(number)
        nodes[to].openLinks.insert(number)
        let (left, right) = (nodes[from].peer, nodes[to].peer)
        let id = LinkID(number)
        // An extension is used where both ends have it.
        let abilities = PeerAbilities(
            fast: left.abilities.fast && right.abilities.fast,
            extensions: left.abilities.extensions && right.abilities.extensions)
        advance(from, [.opened(id, member: right.name, abilities: abilities, isDialled: true, path: path)])
        advance(to, [.opened(id, member: left.name, abilities: abilities, isDialled: false, path: path)])
    }

    private var isDirect: Bool { directSpans.contains { $0.contains(timeline.now) } }

    /// The directory answers with whoever is there.
    private mutating func findSources(_ node: Int, _ request: SourceRequest) {
        let wanted = max(0, nodes[node].peer.links - request.linked.count)
        var found: [Int] = []
        for other in candidates(wanted) where found.count < wanted {
            let name = nodes[other].peer.name
            guard other != node, nodes[other].isOnline, !request.linked.contains(name),
                !request.banned.contains(name), !found.contains(other), redials || !dialled[node].contains(other),
                nodes[other].openLinks.count < 64
            else { continue }
            found.append(other)
        }
        for other in found {
            dialled[node].insert(other)
            dialSoon(node, other)
        }
        tell(node, .download(.asked), after: .milliseconds(200))
    }

    private mutating func findBetterWays(_ node: Int, to members: Set<UserName>) {
        guard isDirect else { return }
        for other in nodes.indices where members.contains(nodes[other].peer.name) && nodes[other].openLinks.count < 64 {
            dialSoon(node, other)
        }
    }

    private mutating func dialSoon(_ node: Int, _ other: Int) {
        timeline.schedule(.dial(node, other), after: (nodes[node].peer.latency + nodes[other].peer.latency) * 3)
    }

    /// All, in random order; in a large swarm as many draws as will do.
    private mutating func candidates(_ wanted: Int) -> [Int] {
        guard nodes.count > 64 else { return nodes.indices.shuffled(using: &random) }
        return (0..<wanted * 3).map { _ in Int.random(in: 0..<nodes.count, using: &random) }
    }

    // MARK: The state machines

    private mutating func advance(_ node: Int, _ events: [SwarmEvent]) {
        guard let actions = nodes[node].swarm?.take(events, at: timeline.now) else { return }
        for action in actions { perform(action, node) }
    }

    private mutating func perform(_ action: SwarmAction, _ node: Int) {
        switch action {
        case .send(let id, let messages): send(messages, node, id.value)
        case .close(let id, let end):
            nodes[node].ends.append(end)
            nodes[node].openLinks.remove(id.value)
            hangUp(node, id.value, .closedByPeer)
        case .read(let id, let run):
            let data = content.slice(from: run.offset, length: run.length)
            tell(node, .upload(id, .read(run, data)), after: .milliseconds(1))
        case .hash(let id, let job):
            let hashes = job.pieces.flatMap { piece in
                content.geometry.blocks(of: piece).map { content.leaf($0.value) }
            }
            tell(node, .upload(id, .hashed(job, hashes)), after: .milliseconds(5))
        case .wantSlot(let id, _, let wish): tell(node, .upload(id, .slotGranted(wish: wish)), after: .zero)
        case .releaseSlot, .unreadable, .sourceChanged: break
        case .store(let job): tell(node, .stored(job), at: timeline.now + nodes[node].peer.diskDelay)
        case .record(let pieces):
            nodes[node].recorded += pieces
            nodes[node].records.append(timeline.now)
            tell(node, .download(.recorded), after: nodes[node].peer.diskDelay)
        case .askForSources(let request): findSources(node, request)
        case .lookForBetterWays(let members): findBetterWays(node, to: members)
        case .notice(let notice): nodes[node].notices.append(notice)
        case .hashesKnown, .verified: break
        case .fetched(let summary):
            nodes[node].summary = summary
            nodes[node].verified = .all
            nodes[node].finishedAt = timeline.now
            end(node, .finished)
        case .failed(let reasons):
            end(node, .failed(reasons))
            leave(node)
        }
    }

    private mutating func end(_ node: Int, _ outcome: SimulatedNode.Outcome) {
        guard nodes[node].outcome == nil else { return }
        nodes[node].outcome = outcome
        waiting.remove(node)
    }

    // MARK: Disks

    /// Nil where the disk is full, and the peer gone.
    private mutating func stored(_ node: Int, _ job: StoreJob) -> SwarmEvent? {
        if let limit = nodes[node].peer.diskBlocks, nodes[node].storedBlocks + job.blocks.count > limit {
            end(node, .diskFull)
            leave(node)
            return nil
        }
        nodes[node].storedBlocks += job.blocks.count
        var hashes: [Hash256] = []
        for (offset, data) in job.blocks.enumerated() {
            let hash = Hash256(hashing: data.readableBytesView)
            hashes.append(hash)
            nodes[node].rightBlocks[job.first.value + offset] = hash == content.leaf(job.first.value + offset)
        }
        return .download(.stored(first: job.first, hashes: hashes))
    }

    // MARK: Wires

    private mutating func send(_ messages: [PeerMessage], _ node: Int, _ link: Int) {
        guard !nodes[node].isHonest else {
            for message in messages { note(message, node) }
            nodes[node].wire.append(messages, on: link)
            return startSending(node)
        }
        var out: [PeerMessage] = []
        var isOver = false
        for message in messages where !isOver {
            let results = nodes[node].peer.transform(
                message, sentBlocks: nodes[node].sentBlocks, of: content.geometry)
            for result in results {
                guard let result else {
                    isOver = true
                    break
                }
                note(result, node)
                out.append(result)
            }
        }
        if isOver {
            // What is on its way still arrives.
            let moment = timeline.now + nodes[node].peer.latency * 2 + .milliseconds(500)
            tell(node, .event(.closed(LinkID(link), .closedByPeer)), at: moment)
            tell(links[link].far(from: node), .closed(link: link, .closedByPeer), at: moment)
        }
        // Whatever becomes of it, it counts as sent.
        let size = messages.reduce(0) { $0 + $1.blockSize }
        tell(node, .upload(LinkID(link), .sent(messages: messages.count, bytes: size)), after: .zero)
        guard !out.isEmpty else { return }
        nodes[node].wire.append(out, on: link)
        startSending(node)
    }

    private mutating func note(_ message: PeerMessage, _ node: Int) {
        guard case .piece(let piece, _, let data) = message else { return }
        nodes[node].sentBlocks += 1
        nodes[node].sentBytes += data.readableBytes
        nodes[node].note(data.readableBytes, of: Int(piece), in: content.geometry)
    }

    private mutating func startSending(_ node: Int) {
        guard nodes[node].wire.leaving == nil, let batch = nodes[node].wire.next() else { return }
        timeline.schedule(.left(node), after: .seconds(Double(batch.size) / nodes[node].wire.rate))
        nodes[node].wire.leaving = batch
    }

    private mutating func left(_ node: Int) {
        guard let batch = nodes[node].wire.leaving else { return }
        nodes[node].wire.leaving = nil
        if nodes[node].isOnline {
            for (link, messages) in batch.parts { left(node, link, messages, share: batch.size / batch.parts.count) }
        }
        startSending(node)
    }

    /// - Parameter share: In bytes, on the wire.
    private mutating func left(_ node: Int, _ link: Int, _ messages: [PeerMessage], share: Int) {
        let far = links[link].far(from: node)
        let latency = nodes[node].peer.latency + nodes[far].peer.latency
        let arrival =
            max(timeline.now + latency, nodes[far].downlinkBusy)
            + .seconds(Double(share) / nodes[far].peer.downlink)
        nodes[far].downlinkBusy = arrival
        tell(far, .arrived(link: link, messages), at: losses(arrival, node, link, far, latency))
        guard nodes[node].isHonest else { return }
        let size = messages.reduce(0) { $0 + $1.blockSize }
        tell(node, .upload(LinkID(link), .sent(messages: messages.count, bytes: size)), after: .zero)
    }
}

extension SwarmSimulator {
    /// When what was sent comes, be it at the second attempt, or behind what comes so.
    private mutating func losses(
        _ arrival: Duration, _ node: Int, _ link: Int, _ far: Int, _ latency: Duration
    ) -> Duration {
        guard nodes[node].peer.loss > 0 else { return arrival }
        let isLost = Double.random(in: 0..<1, using: &random) < nodes[node].peer.loss
        let moment = arrival + (isLost ? .milliseconds(200) + latency * 2 : .zero)
        let inOrder = max(moment, links[link].arrivals[far] ?? .zero)
        links[link].arrivals[far] = inOrder
        return inOrder
    }
}

extension Duration {
    fileprivate var nanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000_000 + Int((attoseconds + 999_999_999) / 1_000_000_000)
    }
}
