import ArgumentParser
import DirectoryServer
import Terminal

/// `bittrickle-server backup FILE`.
struct BackupCommand: WordCommand {
    static let name = "backup"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server backup",
        abstract: "Copy the network into one file, while the server runs or not.",
        discussion: """
            The file holds the database as of one moment, the network's key and certificate, and credentials.txt where that \
            stands in the state folder. Whoever has it can pass for the server: it is readable by this user alone, and belongs \
            where keys are kept. It is there when it is whole.

            EXAMPLES
              Of the server whose state is here:
                bittrickle-server backup /mnt/network.backup
              Of another one, over yesterday's:
                bittrickle-server backup /mnt/network.backup --data /srv/share --force
            """)

    @Argument(help: ArgumentHelp("The file to be made.", valueName: "file"))
    var file: String

    @OptionGroup var access: ServerAccess

    @Flag(help: "Replace a file that is there.")
    var force = false

    func run() async throws {
        let (file, folder, force) = (file, access.data, force)
        let totals = try await Interruption.removing(
            { ServerBackup.abandon(file) }, in: { try ServerBackup.make(of: folder, to: file, replacing: force) })
        try access.report(Report(file: file, totals), "\(SafeText(file)) holds the network")
    }
}
