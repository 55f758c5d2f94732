/// The exit codes of `bittrickle`; those from 64 on have the meaning of sysexits.h.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    /// Every command succeeded.
    case success = 0
    /// At least one command of the shell failed; or one command did, in several ways; or somebody gave up what it was to do.
    case commandFailed = 1
    /// The command line makes no sense.
    case usage = 64
    /// A file to read is missing or cannot be read.
    case noInput = 66
    /// The server does not answer, nobody has what was asked for, or a port is taken.
    case unavailable = 69
    /// A fault of the program.
    case internalError = 70
    /// A file cannot be made.
    case cannotCreate = 73
    /// Reading or writing failed.
    case inputOutput = 74
    /// It may succeed later: the server is busy, or a download waits or is paused.
    case temporary = 75
    /// The server is not the one that it was, or does not speak our language.
    case protocolError = 76
    /// Nobody is logged in: wrong password, or a network that is not trusted. Or this user may not have the port.
    case noPermission = 77
    /// Ended by Ctrl-C.
    case interrupted = 130
    /// Ended by SIGHUP.
    case hungUp = 129
    /// Ended by SIGTERM.
    case terminated = 143

    package var meaning: String {
        switch self {
        case .success: "every command succeeded"
        case .commandFailed: "at least one command failed"
        case .usage: "the command line makes no sense"
        case .noInput: "a file to read is missing or unreadable"
        case .unavailable: "the server is away, nobody has what was asked for, or a port is taken"
        case .internalError: "a fault of the program"
        case .cannotCreate: "a file or folder cannot be made"
        case .inputOutput: "reading or writing failed"
        case .temporary: "the server is busy, or a download waits or was paused; try again later"
        case .protocolError: "the server is not the one that it was, or cannot be understood"
        case .noPermission: "nobody is logged in, the network is not trusted, or the port not allowed"
        case .hungUp: "the terminal was closed"
        case .interrupted: "ended by Ctrl-C"
        case .terminated: "ended by a signal"
        }
    }

    /// For the help page.
    package static var table: String {
        allCases.sorted { $0.rawValue < $1.rawValue }
            .map { status in
                let code = "\(status.rawValue)"
                return String(repeating: " ", count: 5 - code.count) + "\(code)  \(status.meaning)"
            }
            .joined(separator: "\n")
    }
}
