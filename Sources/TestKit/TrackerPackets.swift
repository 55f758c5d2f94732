package import Content

/// What a standard client sends a tracker (BEP 15, BEP 41), written by the documents and not by our own code.
package enum TrackerPackets {
    package static func connect(_ transaction: UInt32) -> [UInt8] {
        bigEndian(UInt64(0x417_2710_1980)) + bigEndian(UInt32(0)) + bigEndian(transaction)
    }

    /// - Parameters:
    ///   - left: Bytes to fetch.
    ///   - event: 0 none, 1 completed, 2 started, 3 stopped.
    ///   - path: Behind the tracker's host and port.
    package static func announce(
        _ connection: UInt64, _ transaction: UInt32, _ infoHash: TruncatedInfoHash, left: UInt64 = 5,
        event: UInt32 = 0, wanted: Int32 = -1, port: UInt16 = 6_881, path: String?
    ) -> [UInt8] {
        var bytes = bigEndian(connection) + bigEndian(UInt32(1)) + bigEndian(transaction) + infoHash.bytes
        bytes += [UInt8](repeating: 7, count: 20)
        bytes += bigEndian(UInt64(0)) + bigEndian(left) + bigEndian(UInt64(0)) + bigEndian(event)
        // An address that is not its own, and a key: neither counts.
        bytes += [198, 51, 100, 1] + bigEndian(UInt32(9)) + bigEndian(wanted) + bigEndian(port)
        if let path { bytes += [2, UInt8(path.utf8.count)] + Array(path.utf8) }
        return bytes
    }

    package static func scrape(
        _ connection: UInt64, _ transaction: UInt32, _ infoHashes: [TruncatedInfoHash]
    ) -> [UInt8] {
        bigEndian(connection) + bigEndian(UInt32(2)) + bigEndian(transaction) + infoHashes.flatMap(\.bytes)
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// What a tracker answers, taken apart.
package enum TrackerReply: Hashable {
    case connected(UInt64)
    /// - peers: 6 or 18 bytes each.
    case announced(interval: UInt32, leechers: UInt32, seeders: UInt32, peers: [UInt8])
    /// Seeders, completed, leechers, of each info-hash.
    case scraped([[UInt32]])
    case failed(String)

    /// Nil where it is none to this transaction.
    package init?(_ bytes: [UInt8], to transaction: UInt32) {
        func number(_ offset: Int) -> UInt32 {
            offset + 4 <= bytes.count ? bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } : 0
        }
        guard bytes.count >= 8, number(4) == transaction else { return nil }
        switch number(0) {
        case 0 where bytes.count == 16: self = .connected(UInt64(number(8)) << 32 | UInt64(number(12)))
        case 1 where bytes.count >= 20:
            self = .announced(
                interval: number(8), leechers: number(12), seeders: number(16), peers: Array(bytes[20...]))
        case 2 where bytes.count % 12 == 8:
            self = .scraped(
                stride(from: 8, to: bytes.count, by: 12).map { [number($0), number($0 + 4), number($0 + 8)] })
        case 3: self = .failed(String(decoding: bytes[8...], as: UTF8.self))
        default: return nil
        }
    }
}
