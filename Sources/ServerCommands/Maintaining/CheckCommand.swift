import ArgumentParser
import DirectoryServer
import Terminal

/// `bittrickle-server check`.
struct CheckCommand: WordCommand {
    static let name = "check"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server check",
        abstract: "Look whether all that the server keeps is sound, while it runs or not.",
        discussion: """
            Reads the whole database and holds it against what must be true of it, and looks at the network's key and \
            certificate; changes nothing. On a large network that takes minutes. Where something is wrong it says what, and ends \
            with 74.

            EXAMPLES
              The state folder:
                bittrickle-server check --data /srv/share
              A backup:
                bittrickle-server check /mnt/network.backup
            """)

    @Argument(help: ArgumentHelp("A backup, in place of the state folder.", valueName: "file"))
    var file: String?

    @OptionGroup var access: ServerAccess

    func run() async throws {
        let place = file ?? access.data
        let finding =
            if let file { try ServerRestore.look(at: file).finding } else { try ServerCheck.look(at: access.data) }
        if access.json || finding.faults.isEmpty {
            try access.report(
                Report(file: place, finding.totals, faults: finding.faults), "\(SafeText(place)) is sound")
        }
        guard finding.faults.isEmpty else {
            throw MaintenanceFailure.faulty(path: place, faults: access.json ? [] : finding.faults)
        }
    }
}
