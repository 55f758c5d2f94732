/// A torrent file that was written, and where its content can be had.
package struct ExportedTorrent: Codable, Hashable, Sendable {
    /// The published name, which is the torrent's.
    package var name: String
    package var path: String
    /// In bytes.
    package var size: Int64
    /// 64 hexadecimal digits (BitTorrent v2).
    package var infoHash: String
    package var tracker: TorrentTracker
    /// On which TCP port of this device it can be had; nil where it is not served from here.
    package var ownPort: UInt16?
    /// The others who are online and have it.
    package var holders: [HolderAddresses]

    package init(
        name: String, path: String, size: Int64, infoHash: String, tracker: TorrentTracker = .none, ownPort: UInt16?,
        holders: [HolderAddresses]
    ) {
        self.name = name
        self.path = path
        self.size = size
        self.infoHash = infoHash
        self.tracker = tracker
        self.ownPort = ownPort
        self.holders = holders
    }
}

/// Whether a torrent names a tracker.
package enum TorrentTracker: String, Codable, Hashable, Sendable {
    /// The server is none.
    case none
    /// The server, with what lets whoever has the file announce in the member's name.
    case server
    /// The server is one, but the content is not for everybody: who has it is told to no other program.
    case notForEverybody
    /// The server did not answer whether it is one.
    case unknown
}

package struct HolderAddresses: Codable, Hashable, Sendable {
    package var member: String
    /// `192.0.2.1:4000` or `[2001:db8::1]:4000`, best first.
    package var addresses: [String]

    package init(member: String, addresses: [String]) {
        self.member = member
        self.addresses = addresses
    }
}

/// Key and certificate that were written for another program.
package struct ExportedIdentity: Codable, Hashable, Sendable {
    package var member: String
    package var folder: String
    /// Milliseconds since 1970, by the directory's clock.
    package var expiresAt: Int64
    /// The key stood there already, and only the certificate is new.
    package var isRenewal: Bool

    /// For how many days a certificate may be good.
    package static let dayRange = 1...90

    package init(member: String, folder: String, expiresAt: Int64, isRenewal: Bool) {
        self.member = member
        self.folder = folder
        self.expiresAt = expiresAt
        self.isRenewal = isRenewal
    }
}

/// Why a torrent file cannot be taken.
package enum TorrentFault: Codable, Hashable, Sendable {
    /// It says what is wrong in the words of the format.
    case malformed(String)
    case tooLarge(limit: Int)
    /// BitTorrent v1 alone: its hashes are those of SHA-1, from which no identity of ours follows.
    case onlyVersionOne
}

/// In what a file or folder is not the one of a torrent.
package enum ContentDifference: Codable, Hashable, Sendable {
    /// In bytes.
    case size(expected: Int64, found: Int64)
    /// The first piece that is not the torrent's, counted from 0, of so many; `offset` and `length` are its bytes.
    case piece(number: Int, count: Int, offset: Int64, length: Int)
    /// It should be a file.
    case isFolder
    /// It should be a folder.
    case isNoFolder
    /// A file of the torrent that is not in the folder.
    case missing
    /// A file of the folder that is not in the torrent.
    case notDescribed
}
