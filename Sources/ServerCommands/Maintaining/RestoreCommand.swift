import ArgumentParser
import DirectoryServer
import Terminal

/// `bittrickle-server restore FILE`.
struct RestoreCommand: WordCommand {
    static let name = "restore"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server restore",
        abstract: "Put a network back from the file that backup made, where no server runs.",
        discussion: """
            All of the file is looked at first. What happened since it was made is forgotten: who joined meanwhile needs a new \
            invitation, and what was published meanwhile is to be published again.

            EXAMPLES
              Into a new machine's folder:
                bittrickle-server restore network.backup --data /srv/share
              In place of what is there, once the server is stopped:
                bittrickle-server restore network.backup --data /srv/share --force
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
    var file: String

    @OptionGroup var access: ServerAccess

    @Flag(help: "Give up what the state folder has of a network.")
    var force = false

    func run() async throws {
        let (file, folder, force) = (file, access.data, force)
        let finding = try await Interruption.removing(
            { ServerRestore.abandon(in: folder) }, in: { try ServerRestore.put(file, into: folder, replacing: force) })
        if !access.json {
            for fault in finding.faults { print("The backup is not quite right: \(SafeText(fault))") }
        }
        try access.report(
            Report(file: file, finding.totals, faults: finding.faults), "\(SafeText(access.data)) holds the network")
    }
}
