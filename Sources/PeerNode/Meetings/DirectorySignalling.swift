import Connectivity
import DirectoryClient
import Wire

/// Has members called by the directory.
struct DirectorySignalling: Signalling {
    let client: DirectoryClient
    /// Of the server, as it was given.
    let host: String

    /// Of a network with several servers the session may be at another one.
    var directoryHost: String { get async { await client.currentServer?.host ?? host } }

    func reach(_ reach: Reach) async throws(ReachFailure) -> Whereabouts {
        do { return try await client.reach(reach) } catch {
            if case .refused(.memberAbsent) = error { throw .absent }
            throw .unanswered
        }
    }
}
