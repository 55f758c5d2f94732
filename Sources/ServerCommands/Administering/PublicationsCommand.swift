import ArgumentParser
import DirectoryServer
import Terminal
import Wire

/// `bittrickle-server publications`: what a member publishes.
struct PublicationsCommand: AdministrativeCommand {
    static let name = "publications"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server publications",
        abstract: "What a member publishes at the server that runs here.",
        discussion: """
            What is taken down he may publish again; to keep him from it, disable him: \
            bittrickle-server users --disable NAME

            EXAMPLES
              All that hans publishes:
                bittrickle-server publications hans
              Without two of them:
                bittrickle-server publications hans --take-down secret.pdf old/
            """)

    @Argument(help: "Whose.")
    var member: String

    @OptionGroup var access: ServerAccess

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Withdraw these, as if he had.", valueName: "publication"))
    var takeDown: [String] = []

    func run() async throws {
        let user = try Names.user(member)
        guard takeDown.isEmpty else { return try await takeDown(of: user) }
        let publications = try await access.list(.publications(of: user)) {
            if case .publications(let publications) = $0 { publications } else { nil }
        }
        try access.show(publications, ["SIZE", "NAME"], none: "\(member) publishes nothing") {
            [$0.size.map(HumanUnits.size) ?? "not hashed", $0.isFolder ? "\($0.name)/" : $0.name.text]
        }
    }

    private func takeDown(of user: UserName) async throws {
        let names = try takeDown.map(Names.file)
        guard case .takenDown(let results) = try await access.change(.takeDown(names, of: user)),
            results.count == names.count
        else { throw ServerRefusal(ServerMessages.message(for: .misbehaved, data: access.data)) }
        for (name, isGone) in zip(names, results) where isGone { access.tell("\(SafeText(name.text)) is taken down") }
        let missing = zip(names, results).first { !$1 }
        if let missing { throw ServerRefusal(ServerMessages.notPublished(missing.0.text, by: member)) }
    }
}
