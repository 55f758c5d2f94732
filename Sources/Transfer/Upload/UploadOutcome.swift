/// Why an upload over one link is over.
package enum UploadEnd: Hashable, Sendable {
    /// The peer closed, broke the protocol or was silent for too long; or the transport failed.
    case link(LinkEnd)
    /// The source is not the content any more: whoever published it should know.
    case sourceChanged
    /// The source could not be read; in words, for the log.
    case sourceUnreadable(String)
}

/// What an upload takes of memory and patience.
package struct UploadLimits: Hashable, Sendable {
    /// Requests that may wait, told to the peer (`reqq` of BEP 10); a peer that has twice as many is cut off.
    package var requestQueue = 2_000
    /// Bytes that one read of the source covers at most: requests that follow each other are merged.
    package var readLength = 512 << 10
    /// Bytes that the first read of a link covers at most: a fast link is found out in a moment, on a slow one whatever is
    /// said next would wait behind all of it.
    package var firstRead = 16 << 10
    /// A link from which nothing came for so long is closed.
    package var silence: Duration = .seconds(120)
    /// Hash requests that may wait.
    package var hashRequestQueue = 64

    package init() {}
}
