import ArgumentParser
import DirectoryServer
import Wire

/// `bittrickle-server sessions`: who is signed in.
struct SessionsCommand: AdministrativeCommand {
    static let name = "sessions"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server sessions",
        abstract: "Who is signed in at the server that runs here, and where.",
        discussion: """
            Whom --end signs out needs his password to come back; to keep him out, disable him: \
            bittrickle-server users --disable NAME
            """)

    @OptionGroup var access: ServerAccess

    @Option(help: ArgumentHelp("Sign him out, on all his devices.", valueName: "name"))
    var end: String?

    func run() async throws {
        if let end {
            try await access.change(.signOut(Names.user(end)))
            return access.tell("\(end) is signed out")
        }
        let sessions = try await access.list(.sessions) {
            if case .sessions(let sessions) = $0 { sessions } else { nil }
        }
        try access.show(sessions, ["NAME", "DEVICE", "ADDRESS", "SINCE"], none: "Nobody is signed in") {
            [$0.user.text, $0.label, $0.address, Period.moment($0.since)]
        }
    }
}
