package import Content
import NIOCore
import Wire

/// A content as the torrents of one info-hash have it: those of different names are strangers to each other.
package struct SwarmKey: Hashable, Sendable {
    package let content: ContentID
    package let infoHash: TruncatedInfoHash

    package init(content: ContentID, infoHash: TruncatedInfoHash) {
        self.content = content
        self.infoHash = infoHash
    }
}

/// A standard client that announced.
struct TrackerClient: Hashable, Sendable {
    let place: TrackerPlace
    let member: PackedName
    /// Of its passkey, seconds since 1970.
    let issued: UInt32
    var isWhole: Bool
    /// Milliseconds, monotonic.
    var lapses: Int64
}

/// Peers of ours with a content, each with where to dial it.
struct TrackerSources: Hashable, Sendable {
    struct Source: Hashable, Sendable {
        let place: TrackerPlace
        let member: PackedName
        /// What its member says himself; nil where the directory sees him there.
        let claim: Claim?
    }

    var places: [Source] = []
    /// Peers, of which each may have several places.
    var whole = 0
    var partial = 0
}

/// Who has a content, or wants it: standard clients as they announced. There is at least one. Peers of ours are the content's.
struct TrackerSwarm: Sendable {
    /// Of one member, and of all.
    static let clientsPerMember = 4
    static let clientLimit = 1_000

    let key: SwarmKey
    /// Where what is known of its content is.
    let content: Int32
    /// Who announced first.
    let founder: PackedName
    private(set) var clients: [TrackerClient] = []
    /// Before which change of who belongs its clients were looked at.
    var epoch: Int
    /// Its neighbours among those of its info-hash.
    var previous: Int32?
    var next: Int32?
    /// Whose turn it is to be told.
    private var turn: Int

    init(key: SwarmKey, content: Int32, founder: PackedName, epoch: Int, turn: Int = 0) {
        self.key = key
        self.content = content
        self.founder = founder
        self.epoch = epoch
        self.turn = turn
    }

    // MARK: Who announced

    enum Listing {
        /// It was there, or took the place of another one of its member.
        case same
        case added
        /// There are too many.
        case refused
    }

    /// - Parameter mayAdd: Whether its member, and the server, may have another one.
    mutating func list(_ client: TrackerClient, mayAdd: Bool) -> Listing {
        var ofMember = 0
        var oldest: Int?
        for index in clients.indices {
            if clients[index].place == client.place {
                // Another member's place is nobody else's until it lapses.
                guard clients[index].member == client.member else { return .refused }
                clients[index] = client
                return .same
            }
            guard clients[index].member == client.member else { continue }
            ofMember += 1
            if oldest.map({ clients[index].lapses < clients[$0].lapses }) ?? true { oldest = index }
        }
        if ofMember >= Self.clientsPerMember, let oldest {
            clients[oldest] = client
            return .same
        }
        guard clients.count < Self.clientLimit, mayAdd else { return .refused }
        clients.append(client)
        return .added
    }

    /// False where it was not there.
    mutating func unlist(_ place: TrackerPlace, of member: PackedName) -> Bool {
        guard let index = clients.firstIndex(where: { $0.place == place && $0.member == member }) else { return false }
        clients.swapAt(index, clients.count - 1)
        clients.removeLast()
        return true
    }

    /// - Returns: Those that went.
    mutating func unlist(where isGone: (TrackerClient) -> Bool) -> [TrackerClient] {
        let gone = clients.filter(isGone)
        if !gone.isEmpty { clients.removeAll(where: isGone) }
        return gone
    }

    // MARK: What is told

    func counts(_ sources: TrackerSources, now: Int64) -> (whole: Int, partial: Int) {
        var (whole, partial) = (sources.whole, sources.partial)
        for client in clients where client.lapses > now {
            if client.isWhole { whole += 1 } else { partial += 1 }
        }
        return (whole, partial)
    }

    /// Writes peers of one kind of address, in turns.
    mutating func write(
        _ limit: Int, _ sources: TrackerSources, to place: TrackerPlace, of member: PackedName, now: Int64,
        into buffer: inout ByteBuffer
    ) {
        let count = sources.places.count + clients.count
        guard limit > 0, count > 0 else { return }
        let vantage = Vantage(seen: [place.address])
        var left = limit
        var index = turn % count
        for _ in 0..<count {
            defer { index = index + 1 == count ? 0 : index + 1 }
            let found: TrackerPlace
            if index < sources.places.count {
                // A member refuses links with himself.
                guard sources.places[index].member != member,
                    sources.places[index].claim?.isFor(vantage) ?? true
                else { continue }
                found = sources.places[index].place
            } else {
                let client = clients[index - sources.places.count]
                guard client.lapses > now, client.place != place else { continue }
                found = client.place
            }
            guard found.isShort == place.isShort else { continue }
            found.write(into: &buffer)
            left -= 1
            if left == 0 { break }
        }
        turn = (index + 1) % count
    }
}
