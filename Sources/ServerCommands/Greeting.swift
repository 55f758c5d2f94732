import DirectoryServer
import Terminal
package import Wire

/// What the server says on standard output when it is ready: the network, and what its members type.
package struct Greeting: Hashable, Sendable {
    package var pin: NetworkPin
    package var port: UInt16
    /// Where members reach it, best first.
    package var hosts: [String]
    /// Accounts in the credentials file.
    package var accounts: Int

    /// Where there is no account yet: for the one who is to administer the network.
    package var invite: InviteSecret?
    /// The `--data` that this server was started with, where it was: the commands that talk to it need it, too.
    package var data: String?
    /// The TCP port of the relay, where there is one.
    package var relay: Int?

    package init(
        pin: NetworkPin, port: UInt16, hosts: [String], accounts: Int, invite: InviteSecret? = nil,
        data: String? = nil, relay: Int? = nil
    ) {
        self.relay = relay
        self.invite = invite
        self.data = data
        self.pin = pin
        self.port = port
        self.hosts = hosts
        self.accounts = accounts
    }

    private var servers: [HostPort] { hosts.compactMap { try? HostPort(host: $0, port: port) } }

    /// Where there is an invitation: by the best address.
    var firstLink: InviteLink? {
        guard let invite, let server = servers.first else { return nil }
        return InviteLink(network: NetworkLink(server: server, pin: pin), secret: invite)
    }

    package var text: String {
        var lines = [
            "BitTrickle server \(ServerVersion.current) on UDP port \(port), "
                + (relay.map { "relay on TCP port \($0), " } ?? "") + HumanUnits.counted(accounts, "account"),
            "Fingerprint of this network:",
            "    \(pin)",
        ]
        if let invite {
            lines.append("Nobody belongs yet. You are the first, with (once, within seven days):")
            lines += servers.map {
                "    bittrickle join \(InviteLink(network: NetworkLink(server: $0, pin: pin), secret: invite))"
            }
            lines.append(
                "Invite others with: bittrickle-server invite\(data.map { " --data \(ShellWord.path($0))" } ?? "")")
            return lines.map { $0 + "\n" }.joined()
        }
        lines.append("Members start, in the folder with their files:")
        lines += servers.map { "    bittrickle \($0) --fingerprint \(pin)" }
        lines.append("or, with the same in one link to hand out:")
        lines += servers.map { "    bittrickle \(NetworkLink(server: $0, pin: pin))" }
        return lines.map { $0 + "\n" }.joined()
    }
}
