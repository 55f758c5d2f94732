import ArgumentParser
import DirectoryServer
import Glibc
import Terminal
import Wire

/// `bittrickle-server invite`: lets somebody join the network of a server that runs.
struct InviteCommand: AdministrativeCommand {
    static let name = "invite"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server invite",
        abstract: "Invite somebody to the network of the server that runs here.",
        discussion: """
            Prints links; whoever has one can join with: bittrickle join LINK. Hand them on as you would a password.

            EXAMPLES
              For one person, within seven days:
                bittrickle-server invite
              For a class of thirty, within a day:
                bittrickle-server invite --uses 30 --expires 1d
              For somebody outside, behind a router that passes the port on:
                bittrickle-server invite --address share.example.org
              Those that are open, and taking one back:
                bittrickle-server invite --list
                bittrickle-server invite --withdraw 3
            """)

    @OptionGroup var access: ServerAccess

    @Option(help: ArgumentHelp("How many may join by it.", valueName: "number"))
    var uses: Int64 = 1

    @Option(help: ArgumentHelp("For how long: 30m, 12h, 7d.", valueName: "time"))
    var expires = "7d"

    @Option(help: ArgumentHelp("member or admin.", valueName: "role"))
    var role = "member"

    @Option(
        help: ArgumentHelp(
            "Where members reach this server, as HOST or HOST:PORT, where that is none of this machine's addresses.",
            valueName: "address"))
    var address: String?

    @Flag(help: "List the invitations that are open.")
    var list = false

    @Option(help: ArgumentHelp("Take back the one of this number.", valueName: "number"))
    var withdraw: Int64?

    func validate() throws {
        guard Role(name: role) != nil else { throw ValidationError("--role takes member or admin.") }
        guard Period.milliseconds(expires) != nil else {
            throw ValidationError("--expires takes a time such as 30m, 12h or 7d.")
        }
        // Before there is an invitation that nobody was shown. Any port will do for that.
        guard address == nil || named(port: 1) != nil else {
            throw ValidationError("--address takes HOST or HOST:PORT, with a port from 1 to 65535.")
        }
    }

    func run() async throws {
        if list {
            let invites = try await access.list(.invites) { if case .invites(let all) = $0 { all } else { nil } }
            try access.show(invites, ["NUMBER", "ROLE", "LEFT", "UNTIL"], none: "No invitation is open") {
                ["\($0.id)", $0.role.name, "\($0.usesLeft)", Period.moment($0.expires)]
            }
        } else if let withdraw {
            try await access.change(.withdrawInvite(withdraw))
            access.tell("The invitation is taken back")
        } else {
            try await invite()
        }
    }

    private func invite() async throws {
        let bytes = (0..<InviteSecret.byteCount).map { _ in UInt8.random(in: 0...255) }
        guard let role = Role(name: role), let lifetime = Period.milliseconds(expires),
            let secret = InviteSecret(bytes)
        else { preconditionFailure("validated") }
        let answer = try await access.change(.invite(secret, uses: uses, role: role, lifetime: lifetime))
        guard case .invited(let invite, let server) = answer, let pin = NetworkPin(fingerprint: server.pin) else {
            throw ServerRefusal(ServerMessages.message(for: .misbehaved, data: access.data))
        }
        let links = places(server).map { InviteLink(network: NetworkLink(server: $0, pin: pin), secret: secret) }
        guard !access.json else {
            return print(try JSONLine.of(Invitation(invite, links.map(\.description))))
        }
        let text = links.map { "\($0)\n" }.joined()
        let remark = links.count > 1 ? Self.whichOne + "\n" : ""
        let picture = links.first.flatMap { QRPicture(of: $0, above: text, with: remark) }
        print(picture?.page ?? text, terminator: "")
        let told = remark + (picture?.windowNeeded.map { $0 + "\n" } ?? "")
        if !told.isEmpty { DescriptorSink.standardError.write(told) }
    }

    private struct Invitation: Encodable {
        let id: Int64
        let role: Role
        let usesLeft: Int64
        let expires: Int64
        let links: [String]

        init(_ invite: InviteEntry, _ links: [String]) {
            (id, role, usesLeft, expires) = (invite.id, invite.role, invite.usesLeft, invite.expires)
            self.links = links
        }
    }

    private static let whichOne = """
        These are one invitation, by several addresses of this machine: hand out the one by which the other reaches it. \
        --address names one that this machine does not know, such as that of its router.
        """

    private func places(_ server: ServerPlace) -> [HostPort] {
        named(port: server.port).map { [$0] }
            ?? LocalAddresses.reachable(host: server.host).compactMap { try? HostPort(host: $0, port: server.port) }
    }

    /// What `--address` says; nil where it says nothing.
    ///
    /// - Parameter port: where it names none.
    private func named(port: UInt16) -> HostPort? {
        address.flatMap { (try? HostPort(parsing: $0)) ?? (try? HostPort(host: $0, port: port)) }
    }
}
