package import Wire

/// What links need of the directory: to bring two members together who cannot simply dial each other.
package protocol Signalling: Sendable {
    /// Has a member called, and says where he may be found.
    func reach(_ reach: Reach) async throws(ReachFailure) -> Whereabouts
    /// Where the directory's own relay is, when it offers it: the host by which it is reached itself.
    var directoryHost: String { get async }
}

package enum ReachFailure: Error, Hashable, Sendable {
    /// He is not there: asking again at once is of no use.
    case absent
    /// The directory could not be asked, or has too much to do.
    case unanswered
}
