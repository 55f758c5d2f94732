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
        case arrived(Int, link: Int, [PeerMessage])
        case closed(Int, link: Int, LinkEnd)
        case left(Int, SimulatedUplink.Batch)
        case swarm(Int, SwarmEvent)
        case stored(Int, StoreJob)
        case tick(Int)
    }

    private struct Link {
        let dialler: Int
        let other: Int
        func far(from node: Int) -> Int { node == dialler ? other : dialler }
    }

    package let content: SimulatedContent
    package internal(set) var nodes: [SimulatedNode]
    private var timeline = SimulatedTimeline<Event>()
    /// Whether a member whose link ended is dialled again.
    package var redials = true
    package var tick: Duration = .milliseconds(100)
    private let limits: DownloadLimits
    private var random: SeededRandom
    private var links: [Int: Link] = [:]
    private var nextLink = 0
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
        case .arrived(let node, let link, let messages):
            guard links[link] != nil, nodes[node].openLinks.contains(link) else { return }
            for case .request(let request) in messages { nodes[node].asked.append(request) }
            advance(node, [.received(LinkID(link), messages)])
        case .closed(let node, let link, let end):
            if nodes[node].openLinks.remove(link) != nil { advance(node, [.closed(LinkID(link), end)]) }
        case .left(let node, let batch): left(node, batch)
        case .swarm(let node, let event): advance(node, [event])
        case .stored(let node, let job): stored(node, job)
        case .tick(let node):
            guard nodes[node].isOnline else { return }
            timeline.schedule(.tick(node), after: tick)
            advance(node, [.tick(canRead: true)])
        }
    }

    // MARK: Coming and going

    private mutating func join(_ node: Int) {
        guard !nodes[node].isOnline, nodes[node].outcome != .diskFull else { return }
        let peer = nodes[node].peer
        if nodes[node].verified.isWhole {
            nodes[node].swarm = Swarm(seeding: content.layer, as: peer.name, seed: random.next())
        } else {
            let verified = content.geometry.pieces.filter(nodes[node].verified.contains)
            let download = Download(
                content: content.content, geometry: content.geometry, verified: Array(verified),
                layer: verified.isEmpty ? nil : content.layer, limits: limits, seed: random.next())
            nodes[node].swarm = Swarm(fetching: download, as: peer.name, seed: random.next())
        }
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
        for link in nodes[node].openLinks.sorted() { hangUp(node, link, .closedByPeer) }
        nodes[node].openLinks = []
        nodes[node].wire = SimulatedUplink(rate: nodes[node].peer.uplink)
        if nodes[node].peer.returns == nil { end(node, .left) }
    }

    /// The other end hears of it after a while.
    private mutating func hangUp(_ node: Int, _ number: Int, _ end: LinkEnd) {
        guard let link = links[number] else { return }
        let far = link.far(from: node)
        nodes[node].wire.forget(number)
        timeline.schedule(.closed(far, link: number, end), after: nodes[node].peer.latency + nodes[far].peer.latency)
    }

    private mutating func dial(_ from: Int, _ to: Int) {
        guard nodes[from].isOnline, nodes[to].isOnline else { return }
        let number = nextLink
        nextLink += 1
        links[number] = Link(dialler: from, other: to)
        nodes[from].openLinks.insert(number)
        nodes[to].openLinks.insert(number)
        let (left, right) = (nodes[from].peer, nodes[to].peer)
        let id = LinkID(number)
        // An extension is used where both ends have it.
        let abilities = PeerAbilities(
            fast: left.abilities.fast && right.abilities.fast,
            extensions: left.abilities.extensions && right.abilities.extensions)
        advance(from, [.opened(id, member: right.name, abilities: abilities, isDialled: true)])
        advance(to, [.opened(id, member: left.name, abilities: abilities, isDialled: false)])
    }

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
            timeline.schedule(.dial(node, other), after: (nodes[node].peer.latency + nodes[other].peer.latency) * 3)
        }
        timeline.schedule(.swarm(node, .download(.asked)), after: .milliseconds(200))
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
            timeline.schedule(.swarm(node, .upload(id, .read(run, data))), after: .milliseconds(1))
        case .hash(let id, let job):
            let hashes = job.pieces.flatMap { piece in
                content.geometry.blocks(of: piece).map { content.leaf($0.value) }
            }
            timeline.schedule(.swarm(node, .upload(id, .hashed(job, hashes))), after: .milliseconds(5))
        case .wantSlot(let id, _): timeline.schedule(.swarm(node, .upload(id, .slotGranted)), after: .zero)
        case .releaseSlot, .unreadable, .sourceChanged: break
        case .store(let job): timeline.schedule(.stored(node, job), after: nodes[node].peer.diskDelay)
        case .record(let pieces):
            nodes[node].recorded += pieces
            nodes[node].records.append(timeline.now)
            timeline.schedule(.swarm(node, .download(.recorded)), after: nodes[node].peer.diskDelay)
        case .askForSources(let request): findSources(node, request)
        case .notice(let notice): nodes[node].notices.append(notice)
        case .layerKnown: break
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

    private mutating func stored(_ node: Int, _ job: StoreJob) {
        guard nodes[node].isOnline else { return }
        if let limit = nodes[node].peer.diskBlocks, nodes[node].storedBlocks + job.blocks.count > limit {
            end(node, .diskFull)
            return leave(node)
        }
        nodes[node].storedBlocks += job.blocks.count
        var hashes: [Hash256] = []
        for (offset, data) in job.blocks.enumerated() {
            let hash = Hash256(hashing: data.readableBytesView)
            hashes.append(hash)
            nodes[node].rightBlocks[job.first.value + offset] = hash == content.leaf(job.first.value + offset)
        }
        advance(node, [.download(.stored(first: job.first, hashes: hashes))])
    }

    // MARK: Wires

    private mutating func send(_ messages: [PeerMessage], _ node: Int, _ link: Int) {
        var out: [PeerMessage] = []
        var isOver = false
        for message in messages where !isOver {
            let results = nodes[node].peer.transform(
                message, sentBlocks: nodes[node].sentBlocks, blocksPerPiece: content.geometry.blocksPerPiece)
            for result in results {
                guard let result else {
                    isOver = true
                    break
                }
                if case .piece(let piece, _, let data) = result {
                    nodes[node].sentBlocks += 1
                    nodes[node].sentBytes += data.readableBytes
                    nodes[node].note(data.readableBytes, of: Int(piece), in: content.geometry)
                }
                out.append(result)
            }
        }
        if isOver {
            // What is on its way still arrives.
            let delay = nodes[node].peer.latency * 2 + .milliseconds(500)
            timeline.schedule(.swarm(node, .closed(LinkID(link), .closedByPeer)), after: delay)
            if let far = links[link]?.far(from: node) {
                timeline.schedule(.closed(far, link: link, .closedByPeer), after: delay)
            }
        }
        // Whatever becomes of it, it counts as sent.
        if !nodes[node].isHonest { advanceSent(node, link, messages) }
        guard !out.isEmpty else { return }
        nodes[node].wire.append(out, on: link)
        startSending(node)
    }

    private mutating func advanceSent(_ node: Int, _ link: Int, _ messages: [PeerMessage]) {
        let size = messages.reduce(0) { sum, message in
            if case .piece(_, _, let data) = message { sum + data.readableBytes } else { sum }
        }
        let event = SwarmEvent.upload(LinkID(link), .sent(messages: messages.count, bytes: size))
        timeline.schedule(.swarm(node, event), after: .zero)
    }

    private mutating func startSending(_ node: Int) {
        guard !nodes[node].wire.isBusy, let batch = nodes[node].wire.next() else { return }
        nodes[node].wire.isBusy = true
        timeline.schedule(.left(node, batch), after: .seconds(Double(batch.size) / nodes[node].wire.rate))
    }

    private mutating func left(_ node: Int, _ batch: SimulatedUplink.Batch) {
        nodes[node].wire.isBusy = false
        if let link = links[batch.link], nodes[node].isOnline {
            let far = link.far(from: node)
            let latency = nodes[node].peer.latency + nodes[far].peer.latency
            let arrival =
                max(timeline.now + latency, nodes[far].downlinkBusy)
                + .seconds(Double(batch.size) / nodes[far].peer.downlink)
            nodes[far].downlinkBusy = arrival
            timeline.schedule(.arrived(far, link: batch.link, batch.messages), at: arrival)
            let size = batch.messages.reduce(0) { sum, message in
                if case .piece(_, _, let data) = message { sum + data.readableBytes } else { sum }
            }
            if nodes[node].isHonest {
                advance(node, [.upload(LinkID(batch.link), .sent(messages: batch.messages.count, bytes: size))])
            }
        }
        startSending(node)
    }
}
