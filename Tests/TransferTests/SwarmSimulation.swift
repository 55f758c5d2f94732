import Content
import NIOCore
import TestKit
import Transfer
import Wire

/// A download and its sources on virtual time: the state machines that ship, over links with a latency and a
/// rate, with a disk that takes its time. What a scenario says is who the sources are.
struct SwarmSimulation {
    enum Event {
        case open(Int)
        case toDownload(LinkID, [PeerMessage])
        case toSource(LinkID, [PeerMessage])
        case drop(LinkID, LinkEnd)
        case upload(LinkID, UploadEvent)
        case download(DownloadEvent)
        case stored(StoreJob)
        case tick
        case uploadTick
    }

    enum Outcome: Equatable {
        case finished
        case failed([UserName: LinkEnd])
        /// Virtual time ran out.
        case unfinished
    }

    let content: SimulatedContent
    var download: Download
    var sources: [SimulatedSource]
    /// Whether members whose links went are dialled again when the download asks for sources.
    var redials = false
    var diskDelay: Duration = .milliseconds(2)

    private(set) var timeline = SimulatedTimeline<Event>()
    private(set) var bytes: [UInt8]
    private(set) var notices: [DownloadNotice] = []
    private(set) var ends: [LinkID: LinkEnd] = [:]
    private(set) var recorded: [PieceIndex] = []
    /// Times between records.
    private(set) var records: [Duration] = []
    private(set) var outcome: Outcome?
    private var members: [LinkID: Int] = [:]
    private var open: [LinkID: SimulatedSource.Conversation] = [:]
    private var nextLink = 0

    init(
        _ content: SimulatedContent, from sources: [SimulatedSource], verified: [PieceIndex] = [],
        wanted: [PieceIndex]? = nil, startingWith bytes: [UInt8]? = nil, limits: DownloadLimits = DownloadLimits(),
        seed: UInt64
    ) {
        self.content = content
        self.sources = sources
        self.bytes = bytes ?? [UInt8](repeating: 0, count: content.bytes.count)
        for position in sources.indices { self.sources[position].geometry = content.geometry }
        download = Download(
            layout: content.layout, verified: verified, wanted: wanted, limits: limits, seed: seed)
        for (number, source) in sources.enumerated() { timeline.schedule(.open(number), at: source.joins) }
        timeline.schedule(.tick, at: .zero)
        timeline.schedule(.uploadTick, at: .zero)
    }

    /// Runs to the end of the download, or to the end of `limit`.
    mutating func run(for limit: Duration = .seconds(600)) -> Outcome {
        while outcome == nil, timeline.now < limit, let event = timeline.next() { take(event) }
        return outcome ?? .unfinished
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .open(let number): dial(number)
        case .toDownload(let id, let messages):
            if open[id] != nil { advance([.received(id, messages)]) }
        case .toSource(let id, let messages):
            if let number = members[id], open[id] != nil {
                sources[number].heard(messages)
                upload([.received(messages)], on: id)
            }
        case .drop(let id, let end):
            if open.removeValue(forKey: id) != nil { advance([.closed(id, end)]) }
        case .upload(let id, let event): upload([event], on: id)
        case .download(let event): advance([event])
        case .stored(let job): stored(job)
        case .tick:
            advance([.tick(canRead: true)])
            timeline.schedule(.tick, after: .milliseconds(100))
        case .uploadTick:
            for id in open.keys.sorted() { upload([.tick], on: id) }
            timeline.schedule(.uploadTick, after: .seconds(1))
        }
    }

    // MARK: The download's side

    private mutating func advance(_ events: [DownloadEvent]) {
        for action in download.take(events, at: timeline.now) {
            switch action {
            case .send(let id, let messages):
                guard let number = members[id], open[id] != nil else { break }
                timeline.schedule(.toSource(id, messages), after: sources[number].latency)
            case .store(let job): timeline.schedule(.stored(job), after: diskDelay)
            case .record(let pieces):
                recorded += pieces
                records.append(timeline.now)
                timeline.schedule(.download(.recorded), after: diskDelay)
            case .close(let id, let end):
                ends[id] = end
                open[id] = nil
            case .askForSources(let request): redial(request)
            case .notice(let notice): notices.append(notice)
            case .finished: outcome = .finished
            case .failed(let reasons): outcome = .failed(reasons)
            }
        }
    }

    private mutating func stored(_ job: StoreJob) {
        var position = Int(content.geometry.offset(of: job.first))
        for block in job.blocks {
            bytes.replaceSubrange(position..<position + block.readableBytes, with: block.readableBytesView)
            position += block.readableBytes
        }
        let hashes = job.blocks.map { Hash256(hashing: $0.readableBytesView) }
        advance([.stored(first: job.first, hashes: hashes)])
    }

    private mutating func dial(_ number: Int) {
        let id = LinkID(nextLink)
        nextLink += 1
        guard let conversation = sources[number].answer(for: content) else { return }
        members[id] = number
        open[id] = conversation
        advance([.opened(id, member: sources[number].name, abilities: sources[number].abilities)])
        upload([], on: id)
    }

    private mutating func redial(_ request: SourceRequest) {
        if redials {
            for (number, source) in sources.enumerated()
            where source.joins <= timeline.now && !request.linked.contains(source.name)
                && !request.banned.contains(source.name)
            { timeline.schedule(.open(number), after: source.latency * 3) }
        }
        timeline.schedule(.download(.asked), after: .milliseconds(200))
    }

    // MARK: The sources' side

    private mutating func upload(_ events: [UploadEvent], on id: LinkID) {
        guard let number = members[id], var conversation = open[id] else { return }
        let actions = conversation.upload.take(events, at: timeline.now)
        open[id] = conversation
        for action in actions {
            switch action {
            case .send(let messages): send(messages, from: number, on: id)
            case .read(let run):
                let data = ByteBuffer(bytes: content.bytes[Int(run.offset)..<Int(run.offset) + run.length])
                timeline.schedule(.upload(id, .read(run, data)), after: .milliseconds(1))
            case .hash(let job):
                let hashes = job.pieces.flatMap { piece in
                    content.geometry.blocks(of: piece).map { Hash256(hashing: content.bytes(of: $0)) }
                }
                timeline.schedule(.upload(id, .hashed(job, hashes)), after: .milliseconds(5))
            case .wantSlot: timeline.schedule(.upload(id, .slotGranted), after: .zero)
            case .releaseSlot: break
            case .close: timeline.schedule(.drop(id, .closedByPeer), after: sources[number].latency)
            }
        }
    }

    private mutating func send(_ messages: [PeerMessage], from number: Int, on id: LinkID) {
        for message in messages {
            for output in sources[number].tell(message, at: timeline.now) {
                switch output {
                case .message(let message, let moment): timeline.schedule(.toDownload(id, [message]), at: moment)
                case .hangUp:
                    let moment = max(timeline.now, sources[number].busyUntil) + sources[number].latency
                    timeline.schedule(.drop(id, .closedByPeer), at: moment)
                }
            }
        }
        // The transport takes all at once: what matters is the order and the time of what arrives.
        let size = messages.reduce(0) { sum, message in
            if case .piece(_, _, let data) = message { sum + data.readableBytes } else { sum }
        }
        let drained = max(timeline.now, sources[number].busyUntil - .milliseconds(500))
        timeline.schedule(.upload(id, .sent(messages: messages.count, bytes: size)), at: drained)
    }
}

extension SwarmSimulation {
    /// Members that were convicted, with the blocks that convicted them.
    var liars: [UserName: Set<Int>] {
        var liars: [UserName: Set<Int>] = [:]
        for case .sourceLied(let name, let lies) in notices {
            liars[name, default: []].formUnion(lies.map(\.block.value))
        }
        return liars
    }

    /// Bytes of blocks that the sources sent, in all.
    var sent: Int { sources.reduce(0) { $0 + $1.sentBytes } }
}
