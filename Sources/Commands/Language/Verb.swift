/// The commands of the shell.
package enum Verb: String, CaseIterable, Sendable {
    case get, lap, lpf, pub, sch, unp, xit, help

    package var usage: String {
        switch self {
        case .get: "get NAME [--output PATH]"
        case .lap: "lap"
        case .lpf: "lpf"
        case .pub: "pub FILE..."
        case .sch: "sch SUBSTRING"
        case .unp: "unp NAME..."
        case .xit: "xit"
        case .help: "help [COMMAND]"
        }
    }

    package var summary: String {
        switch self {
        case .get: "download a file into this folder"
        case .lap: "list who is online"
        case .lpf: "list the files that you have published"
        case .pub: "publish files"
        case .sch: "search the files of those who are online"
        case .unp: "withdraw files that you have published"
        case .xit: "leave"
        case .help: "explain a command"
        }
    }

    package var explanation: String {
        switch self {
        case .get:
            """
            Downloads the file of exactly this name from everybody who is online and has it, checks every byte,
            and puts it into the folder in which bittrickle was started. What was interrupted goes on where it stopped.
            A file that is here already is never overwritten. Several names may be given.

              get a.pdf                     the file a.pdf
              get "my notes.txt"            a name with a space
              get a.pdf --output b.pdf      save it as b.pdf
              get a.pdf@hans                hans' file, where several files have this name
              get a.pdf#1a2b3c4d            the one whose root begins so
            """
        case .lap: "Lists the users who are online, without yourself."
        case .lpf: "Lists the files that you have published; they stay published while you are away."
        case .pub:
            """
            Publishes files, each under the last part of its path. They stay published, also while you are away,
            until you withdraw them with unp. The files stay where they are; nothing is copied to the server.

              pub a.pdf
              pub ~/Music/song.mp3 "my notes.txt"
            """
        case .sch:
            """
            Lists the names that contain the substring, of the files of everybody who is online but yourself.
            Upper and lower case count.

              sch pdf
              sch "my notes"
            """
        case .unp: "Withdraws files that you have published, by name. The files themselves stay where they are."
        case .xit: "Says goodbye to the server and ends bittrickle; so does Ctrl-D."
        case .help: "Lists the commands, or explains one."
        }
    }

    /// What `help` says.
    package static var overview: String {
        let width = allCases.map(\.usage.count).max() ?? 0
        let rows = allCases.map { verb in
            "  \(verb.usage)\(String(repeating: " ", count: width - verb.usage.count))  \(verb.summary)"
        }
        return (rows + ["Names with spaces go in quotes. Ctrl-C stops the running command, Ctrl-D leaves."])
            .joined(separator: "\n")
    }

    /// What `help VERB` says.
    package var page: String { "\(usage)\n\n\(explanation)" }
}
