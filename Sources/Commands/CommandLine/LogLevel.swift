import ArgumentParser
import Logging
import Terminal

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

/// Events as remarks, so that they spare the prompt.
struct ConsoleLog: LogHandler {
    let console: Console
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { " \($0.key)=\(SafeText($0.value.description))" }
        console.remark("\(event.level): \(SafeText(event.message.description))\(facts.joined())")
    }
}
