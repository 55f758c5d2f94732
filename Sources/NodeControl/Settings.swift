/// What can be set of a node, in one place; kept over restarts.
package protocol NodeSettings: Sendable {
    /// All, in the order of ``SettingKey``.
    func settings() async throws(NodeFailure) -> [Setting]
    /// Sets one, or has it be again what it is by itself; at once, but where ``SettingKey/needsRestart`` says otherwise.
    ///
    /// - Parameter value: In the form that ``SettingKey/canonical(_:)`` gives, all else is a fault of the caller; nil for what
    ///   it is by itself.
    func set(_ key: SettingKey, to value: String?) async throws(NodeFailure) -> Setting
}

package enum SettingKey: String, Codable, CaseIterable, Hashable, Sendable {
    /// Bytes a second, or `none`: as in ``NodeLimits``.
    case up
    case down
    case slots
    case active
    /// `on` where others get what was fetched, too, and not only what is published.
    case handOn = "hand-on"
    /// The folder where the page's downloads go; absolute.
    case downloads
    /// Where others reach the node by TCP; 0 for any that is free.
    case port
    /// `on` where the router is asked to let others reach that port.
    case mapPort = "map-port"
    /// Of the daemon's page; 0 for any that is free.
    case webPort = "web-port"
    /// `on` where the desktop shows what saved searches find.
    case notify
    /// Seconds from one run of a saved search to the next.
    case searchInterval = "search-interval"

    package static let intervalRange = 5...86_400
    package static let portRange = 0...65_535

    /// Taken up when a node begins the next time.
    package var needsRestart: Bool { [.port, .mapPort, .webPort].contains(self) }

    /// The one form of a value; nil for what is none. Pure: whether a folder is there, is seen when something goes there.
    package func canonical(_ text: String) -> String? {
        switch self {
        case .up:
            if text == "0" { return text }
            return Self.rate(text)
        case .down: return Self.rate(text)
        case .slots: return Self.number(text, NodeLimits.slotRange)
        case .active: return Self.number(text, NodeLimits.activeRange)
        case .handOn, .notify, .mapPort: return ["on", "off"].contains(text) ? text : nil
        case .downloads:
            let isPath = text.hasPrefix("/") && text.utf8.count < 4_096 && !text.utf8.contains(0)
            return isPath ? text : nil
        case .port, .webPort: return Self.number(text, Self.portRange)
        case .searchInterval: return Self.number(text, Self.intervalRange)
        }
    }

    private static func rate(_ text: String) -> String? {
        if text == "none" { return text }
        guard let rate = Int(text), NodeLimits.isPossible(rate) else { return nil }
        return "\(rate)"
    }

    private static func number(_ text: String, _ range: ClosedRange<Int>) -> String? {
        guard let number = Int(text), range.contains(number) else { return nil }
        return "\(number)"
    }
}

package struct Setting: Codable, Hashable, Sendable {
    package enum Source: String, Codable, Hashable, Sendable, CaseIterable {
        /// Nobody has set it.
        case standard
        case set
        /// The running program was started with it: it comes before what is set.
        case commandLine
    }

    package var key: SettingKey
    /// In its canonical form; nil where it has none until a program runs that knows it.
    package var value: String?
    package var source: Source

    package init(key: SettingKey, value: String?, source: Source) {
        self.key = key
        self.value = value
        self.source = source
    }
}
