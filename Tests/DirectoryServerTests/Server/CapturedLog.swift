import Logging
import Synchronization

/// A log that a test reads.
final class CapturedLog: Sendable {
    private let entries = Mutex<[(message: String, line: String)]>([])

    var messages: [String] { entries.withLock { $0.map(\.message) } }
    /// Each message with its facts behind it.
    var lines: [String] { entries.withLock { $0.map(\.line) } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private func append(_ message: String, _ facts: Logger.Metadata) {
        let line = message + facts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        entries.withLock { $0.append((message, line)) }
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.append("\(event.message)", metadata.merging(event.metadata ?? [:]) { $1 })
        }
    }
}
