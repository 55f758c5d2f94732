import Library
import Logging
import NodeControl
import Transfer
import Wire

/// A member whose server is away since before he could sign in: his downloads as they are recorded here, of which none goes on.
final class RestingMember: Sendable {
    let user: UserName
    let transfers: Transfers
    /// Holds the lock as long as it lives.
    private let folder: MemberFolder

    /// Throws ``NodeFailure/onlineElsewhere(user:place:)`` where another program of this computer is the member, and
    /// ``NodeFailure/authenticationFailed`` where he was never here.
    init(
        _ user: UserName, of place: MemberPlace, _ configuration: NodeConfiguration, logger: Logger
    ) async throws(NodeFailure) {
        guard await place.isKnown(user) else { throw .authenticationFailed }
        guard let folder = try await place.open(user) else {
            throw .onlineElsewhere(user: user.text, place: SignIn.otherProgram)
        }
        self.user = user
        self.folder = folder
        let records = TransferRecords(beside: try await place.record(in: folder))
        let settings = TransferSettings(
            records: records, inbound: RateLimiter(), outbound: RateLimiter(),
            slots: UploadSlots(limit: configuration.limits.slots))
        transfers = Transfers(
            away: configuration.server.description, records: records, settings: settings, limits: configuration.limits,
            files: place.threads.files, notices: place.notices, logger: logger)
        await transfers.restoreLimits()
        await transfers.restore()
    }

    func end() async { await transfers.end() }
}
