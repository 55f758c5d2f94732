import ArgumentParser
import DirectoryServer
import Glibc
import Terminal
import Wire

/// `bittrickle-server invite`: lets somebody join the network of a server that runs.
struct InviteCommand: AsyncParsableCommand {
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

    @Option(help: ArgumentHelp("The server's state folder.", valueName: "dir"))
    var data = "bittrickle-data"

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

    func run() async throws {
        let request: AdminRequest
        if list {
            request = .openInvites
        } else if let withdraw {
            request = .withdrawInvite(id: withdraw)
        } else {
            guard let lifetime = Period.milliseconds(expires) else {
                throw ValidationError("--expires takes a time such as 30m, 12h or 7d.")
            }
            request = .invite(uses: uses, role: role, lifetime: lifetime)
        }
        let answer: AdminAnswer
        do throws(AdminClient.Failure) {
            answer = try await AdminClient(dataDirectory: data).ask(request)
        } catch {
            throw ServerRefusal(ServerMessages.message(for: error, data: data))
        }
        try tell(answer)
    }

    private static let whichOne = """
        These are one invitation, by several addresses of this machine: hand out the one by which the other reaches it. \
        --address names one that this machine does not know, such as that of its router.
        """

    private func places(_ server: ServerPlace) throws -> [HostPort] {
        guard let address else {
            return LocalAddresses.reachable(host: server.host).compactMap { try? HostPort(host: $0, port: server.port) }
        }
        guard let place = (try? HostPort(parsing: address)) ?? (try? HostPort(host: address, port: server.port)) else {
            throw ValidationError("--address takes a host name or address, with or without a port.")
        }
        return [place]
    }

    private func tell(_ answer: AdminAnswer) throws {
        switch answer {
        case .invited(_, let secret, let server):
            guard let pin = NetworkPin(fingerprint: server.pin), let secret = InviteSecret(hex: secret) else {
                throw ServerRefusal(ServerMessages.message(for: .misbehaved, data: data))
            }
            let links = try places(server).map {
                InviteLink(network: NetworkLink(server: $0, pin: pin), secret: secret)
            }
            for link in links { print(link) }
            if links.count > 1 { DescriptorSink.standardError.write(Self.whichOne + "\n") }
            for line in links.first.map(QRPicture.lines(of:)) ?? [] { print(line) }
        case .openInvites(let invites):
            if invites.isEmpty { print("No invitation is open") }
            for invite in invites {
                let left = invite.usesLeft == 1 ? "1 use" : "\(invite.usesLeft) uses"
                print("\(invite.id)  \(invite.role)  \(left) left  until \(Period.moment(invite.expires))")
            }
        case .done: print("The invitation is taken back")
        case .failed(let failure): throw ServerRefusal(ServerMessages.message(for: failure))
        }
    }
}

/// What a command says in place of doing what it was asked.
struct ServerRefusal: Error {
    let message: ServerMessage
    init(_ message: ServerMessage) { self.message = message }
}
