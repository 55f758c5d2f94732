package import NIOCore

/// What a tracker answers (BEP 15), written where it goes out from.
package enum TrackerAnswer {
    package static let connectByteCount = 16
    /// In front of the peers.
    package static let announceByteCount = 20
    /// An answer is never longer than a datagram of ours.
    package static let longPeerLimit = (Datagram.maximumByteCount - announceByteCount) / 18
    package static let shortPeerLimit = (Datagram.maximumByteCount - announceByteCount) / 6

    package static func writeConnection(_ id: UInt64, to transaction: UInt32, into buffer: inout ByteBuffer) {
        write(.connect, transaction, into: &buffer)
        buffer.writeInteger(id)
    }

    /// The front of an answer to an announce, behind which peers are written.
    ///
    /// - Parameter interval: Seconds until the next.
    package static func writeAnnounce(
        to transaction: UInt32, interval: UInt32, leechers: Int, seeders: Int, into buffer: inout ByteBuffer
    ) {
        write(.announce, transaction, into: &buffer)
        buffer.writeInteger(interval)
        buffer.writeInteger(UInt32(clamping: leechers))
        buffer.writeInteger(UInt32(clamping: seeders))
    }

    package static func writeScrape(to transaction: UInt32, into buffer: inout ByteBuffer) {
        write(.scrape, transaction, into: &buffer)
    }

    package static func writeScraped(seeders: Int, leechers: Int, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(clamping: seeders))
        // How often it was fetched: nobody counts that.
        buffer.writeInteger(UInt32(0))
        buffer.writeInteger(UInt32(clamping: leechers))
    }

    /// - Parameter text: For people.
    package static func writeError(_ text: StaticString, to transaction: UInt32, into buffer: inout ByteBuffer) {
        write(.error, transaction, into: &buffer)
        buffer.writeStaticString(text)
    }

    private static func write(
        _ action: TrackerRequest.Action, _ transaction: UInt32, into buffer: inout ByteBuffer
    ) {
        buffer.writeInteger(action.rawValue)
        buffer.writeInteger(transaction)
    }
}
