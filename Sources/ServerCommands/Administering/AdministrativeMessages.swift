package import DirectoryServer
import Glibc
import Terminal
package import Wire

/// What a server that runs cannot be asked, or does not do.
extension ServerMessages {
    /// Why the running server could not be asked.
    package static func message(for failure: AdminClient.Failure, data: String) -> ServerMessage {
        switch failure {
        case .notRunning:
            ServerMessage(
                what: "No server can be asked on the state directory \(data).",
                hint: "Start it first, with: bittrickle-server PORT; or name its state directory with --data DIR.",
                exitCode: .unavailable)
        case .pathTooLong(let path):
            ServerMessage(
                what: "No server can be asked at \(path): the path of a socket has 107 bytes at most.",
                hint: "Name the state directory by a shorter path with --data DIR, a relative one for instance.",
                exitCode: .unavailable)
        case .forbidden:
            ServerMessage(
                what: "The state directory \(data) is somebody else's.",
                hint: "Run this as the user who runs the server.",
                exitCode: .noPermission)
        case .misbehaved:
            ServerMessage(
                what: "The server on \(data) did not answer as it should.", hint: "Its log may say why; try again.",
                exitCode: .software)
        }
    }

    /// What the running server does not do.
    ///
    /// - Parameter change: What it was asked for; nil for a list.
    package static func message(
        for refusal: DirectoryRefusal, to change: AdministrativeChange? = nil
    ) -> ServerMessage {
        switch refusal {
        case .noSuchInvite:
            ServerMessage(
                what: "There is no such invitation.", hint: "Those that are open: bittrickle-server invite --list",
                exitCode: .usage)
        case .noSuchMember:
            ServerMessage(
                what: "There is no such member.", hint: "Those that there are: bittrickle-server users",
                exitCode: .usage)
        case .noSuchGroup:
            ServerMessage(
                what: "There is no such group.", hint: "Those that there are: bittrickle-server groups",
                exitCode: .usage)
        case .nameTaken:
            ServerMessage(
                what: "A member has that name, or had it and left something.",
                hint: "Choose another name for the group; groups and members share theirs.", exitCode: .usage)
        case .accountOfFile:
            ServerMessage(
                what: "This member stands in credentials.txt, and only there he can be changed.",
                hint: "Edit or remove his line; the server reads the file again by itself.", exitCode: .usage)
        case .lastAdmin:
            ServerMessage(
                what: "Nobody else administers the network.",
                hint: "Make somebody an admin first: bittrickle-server users --role NAME admin", exitCode: .usage)
        case .quotaReached(let limit): quotaReached(limit, change)
        case .malformed: unfit(change)
        case .busy, .slowDown:
            ServerMessage(
                what: "The server has too much to do just now.", hint: "Try again in a moment.", exitCode: .unavailable)
        case .storeFull:
            ServerMessage(
                what: "The disk of the server's state folder is full.",
                hint: "Make room on that disk; nothing was changed.", exitCode: .inputOutput)
        default:
            ServerMessage(
                what: "The server could not do that.", hint: "Its log says why.", exitCode: .software)
        }
    }

    private static func quotaReached(_ limit: Int64, _ change: AdministrativeChange?) -> ServerMessage {
        switch change {
        case .addGroup:
            ServerMessage(
                what: "There are \(limit) groups already.", hint: "Remove some: bittrickle-server groups",
                exitCode: .usage)
        case .addMembers:
            ServerMessage(
                what: "A group has at most \(limit) members.", hint: "Make another group for the others.",
                exitCode: .usage)
        default:
            ServerMessage(
                what: "There are \(limit) open invitations already.",
                hint: "Take some back: bittrickle-server invite --list, then --withdraw NUMBER.", exitCode: .usage)
        }
    }

    private static func unfit(_ change: AdministrativeChange?) -> ServerMessage {
        switch change {
        case .invite:
            ServerMessage(
                what: "An invitation like that is not possible.",
                hint: "For 1 to 100000 people, from a minute to 366 days, as member or admin.", exitCode: .usage)
        case .setPassword: passwordUnfit
        default:
            ServerMessage(
                what: "The server does not understand that.", hint: "Ask for less at once; or compare the versions.",
                exitCode: .usage)
        }
    }

    static let passwordUnfit = ServerMessage(
        what: "That cannot be a password here.",
        hint: "Passwords have \(Login.leastPasswordByteCount) to \(Login.passwordByteLimit) bytes.", exitCode: .usage)

    static let passwordsDiffer = ServerMessage(
        what: "The two differ.", hint: "Type the same password twice.", exitCode: .usage)

    static func passwordFileUnreadable(_ path: String, _ code: Int32) -> ServerMessage {
        ServerMessage(
            what: "\(path) cannot be read: \(String(cString: strerror(code))).",
            hint: "Name a file whose first line is the password.", exitCode: .inputOutput)
    }

    static func notPublished(_ name: String, by member: String) -> ServerMessage {
        ServerMessage(
            what: "\(SafeText(member)) does not publish \(SafeText(name)).",
            hint: "What he publishes: bittrickle-server publications \(SafeText(member))", exitCode: .usage)
    }
}
