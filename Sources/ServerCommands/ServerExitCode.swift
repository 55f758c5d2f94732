package import ArgumentParser

/// How the server ends, after sysexits.h, for scripts and service managers; `--help` shows the table.
package enum ServerExitCode: Int32, CaseIterable, Sendable {
    /// Ended by SIGTERM or SIGINT.
    case ended = 0
    /// The command line is wrong.
    case usage = 64
    /// The port is taken, the address is none of this machine, or PostgreSQL does not answer.
    case unavailable = 69
    /// The server failed while it ran: the log says why.
    case software = 70
    /// The state directory or a file in it cannot be made.
    case cannotCreate = 73
    /// A file cannot be read or written, because the disk is full for one, or the database is damaged.
    case inputOutput = 74
    /// Another server uses the state directory, or another program the database.
    case locked = 75
    /// This user may not do that: a port below 1024, a key or a database of somebody else.
    case noPermission = 77
    /// A setting of the configuration file or the environment is wrong; credentials.txt or the files of the network's key are
    /// missing or wrong, or the database is another program's.
    case configuration = 78

    package var exitCode: ExitCode { ExitCode(rawValue) }

    /// For `--help`.
    static var table: String {
        allCases.map { "  \(String(repeating: " ", count: $0.rawValue < 10 ? 1 : 0))\($0.rawValue)  \($0.meaning)" }
            .joined(separator: "\n")
    }

    private var meaning: String {
        switch self {
        case .ended: "ended by a signal, as it should"
        case .usage: "the command line is wrong"
        case .unavailable: "the port is taken, the address not of this machine, or PostgreSQL away"
        case .software: "the server failed while it ran"
        case .cannotCreate: "the state folder cannot be made or used"
        case .inputOutput: "a file cannot be read or written, or is damaged"
        case .locked: "another program uses the state folder"
        case .noPermission: "this user may not use the port or a file"
        case .configuration: "a setting, credentials.txt, the key or the database is missing or wrong"
        }
    }
}
