package import Logging

/// swift-log's handler of the server: one line an event, its facts behind the message as `key=value`.
package struct EventLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let writer: LineWriter
    private let now: @Sendable () -> Int64

    /// - Parameter now: Milliseconds since 1970.
    package init(writer: LineWriter, level: Logger.Level, now: @escaping @Sendable () -> Int64) {
        self.writer = writer
        logLevel = level
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let time = now()
        let level = event.level
        let message = event.message
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
        writer.write { text in
            let pairs = facts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            return LogText.safe("\(text.format(time)) \(level) \(message)\(pairs)")
        }
    }
}

package enum LogText {
    /// A line without what would end it or command a terminal: names are a stranger's bytes.
    package static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
