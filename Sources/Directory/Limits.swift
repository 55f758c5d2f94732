/// How much of everything one member, or all of them, may ask for.
package struct Limits: Hashable, Sendable {
    package var publicationsPerMember: Int64 = 2_000_000
    package var holdingsPerDevice: Int64 = 100_000
    /// Invitations that are open at the same time.
    package var openInvites: Int64 = 1_000
    package var asks = AskLimits()
    package var groups: Int64 = 1_000
    package var membersPerGroup: Int64 = 10_000
    /// Drafts, names, ids in one request: more than fit a datagram is asked by no client of ours.
    package var itemsPerRequest = 1_000
    /// Publications that are removed in one go, where much stood below what was removed.
    package var removedAtOnce = 500
    /// Of one owner, in the pages that a search gets at once.
    package var resultsPerOwner = 100
    /// Results of owners who have had theirs, after which a search does not go on in the same window.
    package var passedOver = 10_000
    /// Milliseconds after which someone whose password could not be looked at should ask again.
    package var busyRetry: Int64 = 500
    /// Bytes of a device's label, and its further addresses (see `Login`).
    package var deviceLabelByteCount = 64
    package var localAddresses = 4

    package init() {}
}
