package import Content

/// What a standard client asks a tracker over UDP (BEP 15), with the path of the tracker's address (BEP 41).
///
/// Read without an allocation, as it stands.
package enum TrackerRequest: Sendable {
    case connect(transaction: UInt32)
    case announce(TrackerAnnounce)
    case scrape(TrackerScrape)

    /// What connection ids of ours and the number that asks for one begin with: no other datagram does.
    package static let firstByte: UInt8 = 0
    /// By which BEP 15 tells a connect.
    static let protocolID: UInt64 = 0x417_2710_1980

    package enum Action: UInt32, Sendable {
        case connect = 0
        case announce = 1
        case scrape = 2
        case error = 3
    }

    /// Nil for what is no such request.
    package init?(_ datagram: UnsafeRawBufferPointer) {
        guard datagram.count >= 16 else { return nil }
        let connection = datagram.number(at: 0, as: UInt64.self)
        let transaction = datagram.number(at: 12, as: UInt32.self)
        switch Action(rawValue: datagram.number(at: 8, as: UInt32.self)) {
        case .connect where connection == Self.protocolID: self = .connect(transaction: transaction)
        case .announce:
            guard let announce = TrackerAnnounce(datagram, connection: connection, transaction: transaction) else {
                return nil
            }
            self = .announce(announce)
        case .scrape:
            guard let scrape = TrackerScrape(datagram, connection: connection, transaction: transaction) else {
                return nil
            }
            self = .scrape(scrape)
        default: return nil
        }
    }
}

package struct TrackerAnnounce: Sendable {
    package enum Event: UInt32, Sendable {
        case none = 0
        case completed = 1
        case started = 2
        case stopped = 3
    }

    package let connection: UInt64
    package let transaction: UInt32
    package let infoHash: TruncatedInfoHash
    /// Nothing is left to fetch.
    package let isWhole: Bool
    package let event: Event
    /// How many peers; negative leaves it to the tracker.
    package let wanted: Int32
    /// TCP, where peers dial it; 0 where nobody can. The address that it says besides is not believed.
    package let port: UInt16
    /// Nil where its tracker's address has another form than ours.
    package let path: TrackerPath?

    package static let byteCount = 98

    init?(_ datagram: UnsafeRawBufferPointer, connection: UInt64, transaction: UInt32) {
        guard datagram.count >= Self.byteCount,
            let infoHash = TruncatedInfoHash(bytes: UnsafeRawBufferPointer(rebasing: datagram[16..<36])),
            let event = Event(rawValue: datagram.number(at: 80, as: UInt32.self))
        else { return nil }
        self.connection = connection
        self.transaction = transaction
        self.infoHash = infoHash
        self.event = event
        isWhole = datagram.number(at: 64, as: UInt64.self) == 0
        wanted = datagram.number(at: 92, as: Int32.self)
        port = datagram.number(at: 96, as: UInt16.self)
        path = TrackerOptions.path(in: UnsafeRawBufferPointer(rebasing: datagram[Self.byteCount...]))
    }
}

package struct TrackerScrape: Sendable {
    package let connection: UInt64
    package let transaction: UInt32
    package let infoHashes: [TruncatedInfoHash]

    /// BEP 15: about as many fit a datagram.
    static let limit = 74

    init?(_ datagram: UnsafeRawBufferPointer, connection: UInt64, transaction: UInt32) {
        let count = (datagram.count - 16) / TruncatedInfoHash.byteCount
        guard (1...Self.limit).contains(count) else { return nil }
        self.connection = connection
        self.transaction = transaction
        infoHashes = (0..<count).compactMap { number in
            let start = 16 + number * TruncatedInfoHash.byteCount
            return TruncatedInfoHash(
                bytes: UnsafeRawBufferPointer(rebasing: datagram[start..<start + TruncatedInfoHash.byteCount]))
        }
    }
}

/// The options behind an announce (BEP 41).
enum TrackerOptions {
    private static let end: UInt8 = 0
    private static let nothing: UInt8 = 1
    private static let urlData: UInt8 = 2

    static func path(in options: UnsafeRawBufferPointer) -> TrackerPath? {
        var rest = options[...]
        var text: Slice<UnsafeRawBufferPointer>?
        // Of what comes in several options, as no client of today does it.
        var joined: [UInt8] = []
        while let kind = rest.popFirst(), kind != end {
            if kind == nothing { continue }
            guard let count = rest.popFirst(), Int(count) <= rest.count else { return nil }
            let data = rest.prefix(Int(count))
            rest = rest.dropFirst(Int(count))
            guard kind == urlData else { continue }
            if let text { joined += (joined.isEmpty ? Array(text) : []) + data }
            text = text ?? data
        }
        guard joined.isEmpty else { return joined.withUnsafeBytes { TrackerPath($0) } }
        return text.flatMap { TrackerPath(UnsafeRawBufferPointer(rebasing: $0)) }
    }
}

extension UnsafeRawBufferPointer {
    /// Big-endian; the bytes are there.
    fileprivate func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
        Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
