import Directory
package import DirectoryServer
import Terminal

/// What came of a look at all that a server keeps.
struct Report: Encodable {
    var file: String
    /// Whom the database knows.
    var members: Int64
    var publications: Int64
    /// Sentences.
    var faults: [String]

    init(file: String, _ totals: StoreTotals, faults: [String] = []) {
        self.file = file
        members = totals.members
        publications = totals.publications
        self.faults = faults
    }
}

extension ServerAccess {
    /// - Parameter sentence: without its end, for people.
    func report(_ report: Report, _ sentence: String) throws {
        if json { return print(try JSONLine.of(report)) }
        print(
            "\(sentence): \(HumanUnits.counted(report.members, "member")), \(HumanUnits.counted(report.publications, "publication"))"
                + (report.publications == 0 ? "" : ", with each file and folder in shared folders")
        )
    }
}

extension ServerMessages {
    /// What was wrong with a backup, a folder that one is for, or what a server keeps.
    package static func message(for failure: MaintenanceFailure) -> ServerMessage {
        switch failure {
        case .state(.locked(let path)):
            ServerMessage(
                what: "A server is running on the state directory \(path).",
                hint: "Stop it first: what it has in memory would be written over what is put back.", exitCode: .locked)
        case .state(let failure): message(for: failure)
        case .noState(let folder):
            ServerMessage(
                what: "There is no server's state in \(folder).",
                hint: "Name the state folder with --data DIR, such as /var/lib/bittrickle-server.",
                exitCode: .cannotCreate)
        case .elsewhere(let folder, let database):
            ServerMessage(
                what: "What the server of \(folder) keeps is not there but in the database \(database).",
                hint: "Back that up with pg_dump, and network.key and network.pem of the folder besides.",
                exitCode: .configuration)
        case .exists(let path):
            ServerMessage(
                what: "There is a file \(path) already.", hint: "Name another one, or replace it with --force.",
                exitCode: .cannotCreate)
        case .inUse(let path):
            ServerMessage(
                what: "The state folder has a network already: there is \(path).",
                hint: "Name another folder with --data DIR, or give that network up with --force.",
                exitCode: .cannotCreate)
        case .noFile(let path):
            ServerMessage(
                what: "There is no file \(path).", hint: "Name a file that bittrickle-server backup has made.",
                exitCode: .inputOutput)
        case .damaged(let path):
            ServerMessage(
                what: "The backup \(path) is damaged: it was cut off, or something else was written into it.",
                hint: "Nothing was changed. Take another backup, or another copy of this one.", exitCode: .inputOutput)
        case .noBackup(let path):
            ServerMessage(
                what: "\(path) is no backup of a network.",
                hint: "Name a file that bittrickle-server backup has made.", exitCode: .configuration)
        case .faulty(let path, let faults):
            ServerMessage(
                what: (["\(path) is not sound."] + faults.map { "  \(SafeText($0))" }).joined(separator: "\n"),
                hint: "Restore the last backup that is: bittrickle-server check FILE says which.",
                exitCode: .inputOutput)
        case .database(let path, let error): message(for: StartFailure.database(path: path, error))
        }
    }
}
