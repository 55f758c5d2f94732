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
    /// And that of the first one, before it is known what the link takes: on a slow one whatever is said next waits behind
    /// all that was read, and a fast one is found out in a moment.
    package var firstReadLength = 16 << 10
    /// A link from which nothing came for so long is closed.
    package var silence: Duration = .seconds(120)
    /// A link that neither shows the ticket that it needs nor gives anything is let go after so long.
    package var ticketPatience: Duration = .seconds(10)
    /// Hash requests that may wait.
    package var hashRequestQueue = 64

    package init() {}
}
