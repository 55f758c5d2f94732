import ArgumentParser
import DirectoryPostgres
import DirectoryServer
import Glibc
import Terminal

/// `bittrickle-server migrate`: from the file to PostgreSQL.
struct MigrateCommand: WordCommand {
    static let name = "migrate"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server migrate",
        abstract: "Copy what a server keeps in its state folder to PostgreSQL.",
        discussion: """
            The database has to be empty. Also while the server runs: then nearly all is copied, and once it has \
            ended, the same command copies what changed meanwhile, which takes a moment, and says how much there is. \
            Broken off, it goes on where it was. The state folder stays as it is; start the server with --store from \
            then on.

            EXAMPLES
              From this folder's server to a database on this machine:
                bittrickle-server migrate --to postgres:///bittrickle
              From elsewhere to elsewhere:
                bittrickle-server migrate --from /srv/share --to postgres://share@db.example/share
            """)

    @Option(help: ArgumentHelp("The server's state folder.", valueName: "dir"))
    var from = ServerSettings.standardData

    @Option(help: ArgumentHelp("The PostgreSQL database.", valueName: "url"))
    var to: String

    func run() async throws {
        let address: PostgresAddress
        do throws(PostgresAddress.AddressFault) { address = try PostgresAddress(to) } catch {
            throw ValidationError("--to takes an address such as postgres://user@host/database: \(error.reason).")
        }
        let console = Console(
            output: DescriptorSink.standardOutput, errors: DescriptorSink.standardError,
            showsProgress: isatty(STDERR_FILENO) == 1)
        let display = ProgressDisplay(console: console)
        switch try await copied(to: address, display) {
        case .done(let counts):
            for line in Table.lines(["TABLE", "ROWS"], counts.map { [$0.table, "\($0.rows)"] }) { print(line) }
            print("All of it is in \(address), counted there and here. Start the server with --store from now on.")
        case .unfinished:
            print("Copied, but for what the server that runs here writes. End it, and run this again.")
        }
    }

    private func copied(to address: PostgresAddress, _ display: ProgressDisplay) async throws -> StoreMigration.Ending {
        defer { display.end() }
        return try await StoreMigration(from: from, to: address).run { done, total in
            display.show(
                ProgressLine(
                    verb: "Copying", name: "\(address)", done: Int64(done), total: Int64(total), unit: "rows"))
        }
    }
}
