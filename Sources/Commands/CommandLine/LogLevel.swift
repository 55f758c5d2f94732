import ArgumentParser
import Logging

/// What `--log-level` takes.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}

extension Manner {
    /// From which level on a command logs.
    var level: Logger.Level { verbosity == 0 ? .error : verbosity == 1 ? .info : .debug }
}
