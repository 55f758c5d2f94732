package import Content
package import Wire

/// How a download went that finished.
package struct DownloadSummary: Hashable, Sendable {
    /// Bytes of all that was wanted.
    package var size: Int64
    /// Bytes of verified pieces by the member who sent them, in this run.
    package var bytes: [UserName: Int64]
    /// Bytes that were verified when the run began.
    package var resumed: Int64
    /// What serving this content needs. Not complete where only some pieces were wanted, or where the last pieces came
    /// before all was known, which only happens to a run that had little left to fetch.
    package var hashes: PieceHashes
}

/// Why a download did not finish. What is verified was recorded before this is thrown.
package enum DownloadFailure: Error {
    /// No link for longer than ``DownloadLimits/patience``; how the last link of each member ended.
    case sourcesLost([UserName: LinkEnd])
    case storeFailed(any Error)
    case cancelled
}

/// Where a download is.
package struct DownloadProgress: Hashable, Sendable {
    /// Verified bytes of what is wanted, those resumed included.
    package var verified: Int64
    /// Bytes that have arrived, those of pieces not verified yet included: what moves smoothly.
    package var arrived: Int64
    package var total: Int64
    /// How the links came about that delivered something within the last seconds, in a fixed order.
    package var paths: [LinkPath]

    /// Links that delivered something within the last seconds.
    package var sources: Int { paths.count }
}

/// What happens to a download's sources, as it happens.
package enum DownloadNotice: Hashable, Sendable {
    /// The member sent these blocks, and they are not the content's: the hashes that they have, against
    /// those that lead to the root. He is not asked again.
    case sourceLied(UserName, [FalseBlock])
    /// The link is gone, for another reason; the member may be dialled again.
    case sourceLost(UserName, LinkEnd)
    /// The hash of every piece is known from now on: with these a later run can serve what is here at once.
    case hashesKnown(PieceHashes)
}

/// A block that is not the content's, with the proof.
package struct FalseBlock: Hashable, Sendable {
    package var block: BlockIndex
    package var received: Hash256
    package var expected: Hash256
}

/// Whom a run would like to have links to.
package struct SourceRequest: Hashable, Sendable {
    /// Members who are linked now, but for those whose link lets wait as if it were cut.
    package var linked: Set<UserName>
    /// Members who lied: links to them are closed at once.
    package var banned: Set<UserName>

    package init(linked: Set<UserName>, banned: Set<UserName>) {
        self.linked = linked
        self.banned = banned
    }
}
