package import Content
package import Wire

/// What happens to a ``MetadataFetch``.
package enum MetadataEvent: Sendable {
    /// The link's extension handshake says that it has the dictionary, of so many bytes.
    case offered(LinkID, size: Int)
    case received(LinkID, MetadataMessage)
    case closed(LinkID)
    /// Nobody will come who is not there yet: where there is no hope, it ends.
    case giveUp
    /// Time passed.
    case tick
}

/// What a ``MetadataFetch`` wants done.
package enum MetadataAction: Hashable, Sendable {
    case request(LinkID, piece: Int)
    /// The link is not asked again, for this reason.
    case passOver(LinkID, MetadataFault)
    /// The dictionary of the info-hash. Nothing more is asked for.
    case finished(InfoDictionary)
    case failed(MetadataFailure)
}

/// Why a link is not asked for the info dictionary again.
package enum MetadataFault: Hashable, Sendable {
    /// It claims a size that no dictionary has that is taken here.
    case badSize
    /// It left a request unanswered.
    case stalled
    /// It does not give it.
    case rejected
    /// A piece of another length than its place asks for, or of a dictionary of another size.
    case badPiece
    /// Bytes that are not the dictionary's, proven against its hash.
    case lied

    /// It may do better another time.
    var isForgiven: Bool {
        switch self {
        case .stalled, .rejected: true
        case .badSize, .badPiece, .lied: false
        }
    }
}

/// Why an info dictionary was not fetched.
package enum MetadataFailure: Error, Hashable {
    /// For longer than ``MetadataLimits/patience`` no link gave a piece.
    case noSources
    /// It is the one that was asked for, and makes no sense: whoever published it is to blame.
    case malformed(MetainfoError)
}

/// What fetching an info dictionary takes of time and memory.
package struct MetadataLimits: Hashable, Sendable {
    /// Requests that a link has open.
    package var window = 4
    /// A link that leaves a request unanswered for so long is passed over, or for a third of ``patience`` where that is
    /// less: with four open, one slower than 3 kB/s.
    package var answerAfter: Duration = .seconds(20)
    /// In bytes: sizes of the tries that go on side by side.
    package var memory = 2 * MetadataMessage.maximumSize
    /// A try that takes longer is given up while others wait for room.
    package var crowdedFor: Duration = .seconds(60)
    /// Without a piece for so long, and without a link that was not tried, the fetch fails.
    package var patience: Duration = .seconds(45)
    /// One that should fail goes on all the same, until it is told that nobody will come (``MetadataEvent/giveUp``).
    package var isPatient = false
    /// Links beyond so many are not asked.
    package var links = 64

    package init() {}
}
