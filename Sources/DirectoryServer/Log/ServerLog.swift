package import Directory
package import Logging
import Wire

/// What a server tells: events through swift-log, and every message where somebody watches.
package struct ServerLog: Sendable {
    package let events: Logger
    package let messages: MessageLog?
    /// Which one it is that fails.
    var database = ""

    package init(events: Logger, messages: MessageLog? = nil) {
        self.events = events
        self.messages = messages
    }

    /// - Parameters:
    ///   - user: Nil before the login, whose request names him itself.
    ///   - time: Milliseconds since 1970.
    func received(_ request: DirectoryRequest, from user: UserName?, port: UInt16, at time: Int64) {
        guard let messages else { return }
        let name = if case .login(let login) = request { login.user } else { user }
        messages.received(request, from: name, port: port, at: time)
    }

    func sent(_ answer: DirectoryAnswer, to user: UserName?, port: UInt16, at time: Int64) {
        messages?.sent(answer, to: user, port: port, at: time)
    }

    /// Whether it is written at all.
    func tells(_ notice: DirectoryNotice) -> Bool { events.logLevel <= (notice.isEveryday ? .info : .notice) }

    func note(_ untold: NoticePacing.Untold) {
        if untold.refusals > 0 { events.notice("More logins refused", metadata: ["count": "\(untold.refusals)"]) }
        guard untold.deeds > 0 else { return }
        events.notice(
            "More of what members did is not told",
            metadata: ["count": "\(untold.deeds)", "mostly": "\(untold.mostOf?.text ?? "")"])
    }

    package func note(_ notice: DirectoryNotice) {
        switch notice {
        case .signedIn(let user, let place, let byToken):
            events.info(
                "Signed in", metadata: ["user": "\(user)", "place": "\(place)", "by": byToken ? "token" : "password"])
        case .loginRefused(let user, let address, let refusal):
            events.notice(
                "Login refused",
                metadata: ["user": "\(user)", "address": "\(AddressText.of(address))", "reason": "\(refusal)"])
        case .joined(let user, let role):
            events.notice("Joined", metadata: ["user": "\(user)", "role": "\(role)"])
        case .administered(let admin, let deed):
            let facts = deed.facts.mapValues { Logger.MetadataValue.string($0) }
            events.notice(
                "\(deed.what)", metadata: facts.merging(["by": "\(admin?.text ?? "the server's user")"]) { $1 })
        case .passwordChanged(let user): events.notice("Password changed", metadata: ["user": "\(user)"])
        case .signedOutDevices(let user): events.notice("Devices signed out", metadata: ["user": "\(user)"])
        case .left(let user, let departure):
            events.info("Left", metadata: ["user": "\(user)", "how": "\(departure)"])
        case .returned(let user):
            events.info("Heard again", metadata: ["user": "\(user)"])
        case .published(let user, let names):
            for name in names { events.info("Published", metadata: ["user": "\(user)", "name": "\(name)"]) }
        case .unpublished(let user, let names):
            for name in names { events.info("Unpublished", metadata: ["user": "\(user)", "name": "\(name)"]) }
        case .storeFailed(let error):
            events.error(
                "The database failed", metadata: ["error": "\(DatabaseText.of(error))", "file": "\(database)"])
        case .storeWorks:
            events.notice("The database works again", metadata: ["file": "\(database)"])
        case .certificateIssued(let user, let days):
            events.notice(
                "A certificate for longer than a day was issued", metadata: ["user": "\(user)", "days": "\(days)"])
        case .certificateRefused(let user, let reason):
            events.notice("No certificate issued", metadata: ["user": "\(user)", "reason": "\(reason)"])
        }
    }

    func note(expelledMeanwhile users: [UserName]) {
        guard !users.isEmpty else { return }
        events.notice(
            "The credentials file changed while no server ran: certificates revoked",
            metadata: ["count": "\(users.count)"])
    }

    func note(_ warning: NetworkFiles.Warning) {
        switch warning {
        case .tightened(let path, let mode):
            events.warning(
                "Others could read the network's key until now",
                metadata: ["file": "\(path)", "mode": "\(String(mode, radix: 8))"])
        }
    }

    func note(_ reload: CredentialsReload) {
        switch reload {
        case .ignored(.missing):
            events.warning("The credentials file is gone: the accounts stay as they are")
        case .ignored(.withoutAccounts):
            events.warning("The credentials file holds no account: the accounts stay as they are")
        case .applied(let changes, _):
            events.notice(
                "The credentials file was read",
                metadata: [
                    "added": "\(changes.added.count)", "changed": "\(changes.changed.count)",
                    "vanished": "\(changes.vanished.count)",
                ])
        }
    }
}
