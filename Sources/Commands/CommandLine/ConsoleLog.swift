package import Logging
import Synchronization
package import Terminal

/// Events as remarks, so that they spare the prompt; where somebody looks closely (`debug`) all of them, otherwise as
/// ``LogPacing`` says.
package struct ConsoleLog: LogHandler {
    /// Of all copies.
    private final class Pacer: Sendable {
        let pacing = Mutex(LogPacing())
    }

    private let console: Console
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let pacer = Pacer()

    package init(console: Console, logLevel: Logger.Level) {
        self.console = console
        self.logLevel = logLevel
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var facts = metadata.merging(event.metadata ?? [:]) { $1 }
        if logLevel > .debug {
            let kind = LogPacing.Kind(event.message.description, of: facts["member"]?.description)
            guard let leftOut = pacer.pacing.withLock({ $0.admits(kind, at: .now) }) else { return }
            if leftOut > 0 { facts["more"] = "\(leftOut)" }
        }
        let words = facts.sorted { $0.key < $1.key }.map { " \($0.key)=\(SafeText($0.value.description))" }
        console.remark("\(event.level): \(SafeText(event.message.description))\(words.joined())")
    }
}
