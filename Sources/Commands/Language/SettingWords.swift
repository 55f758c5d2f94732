import NodeControl
import Terminal

/// The words after `config`.
extension Command {
    static func config(_ arguments: Arguments) throws(Misunderstanding) -> Action {
        if let word = arguments.text(of: "--unset") {
            try arguments.refuse(beyond: 0)
            return .set(try key(word), nil)
        }
        guard let word = arguments.optionalText(0) else { return .listSettings }
        let key = try key(word)
        let words = arguments.words.dropFirst().map(\.text)
        guard let first = words.first else { return .showSetting(key) }
        // A rate may be typed with a space in it.
        let isSpaced = words.count == 2 && RateText.isSpaced(first, words[1])
        if !isSpaced { try arguments.refuse(beyond: 2) }
        let typed = isSpaced ? words.joined() : key == .downloads ? arguments.optionalPath(1) ?? first : first
        guard let value = SettingText.parse(typed, of: key) else { throw .noSettingValue(key, typed) }
        return .set(key, value)
    }

    private static func key(_ word: String) throws(Misunderstanding) -> SettingKey {
        guard let key = SettingKey(rawValue: word) else {
            throw .noSetting(word, nearest: Nearest.choice(to: word, among: SettingKey.allCases.map(\.rawValue)))
        }
        return key
    }
}

/// Values of settings as people type and read them.
enum SettingText {
    private static let yes = ["on", "yes", "true", "1"]
    private static let no = ["off", "no", "false", "0"]

    /// Nil for what is none. A path may still be one from the working folder on.
    static func parse(_ text: String, of key: SettingKey) -> String? {
        switch key {
        case .up, .down:
            guard let rate = RateText.parse(text) else { return nil }
            return key.canonical(rate.map { "\($0)" } ?? "none")
        case .handOn, .notify, .mapPort:
            let word = text.lowercased()
            return yes.contains(word) ? "on" : no.contains(word) ? "off" : nil
        case .searchInterval:
            let seconds = text.hasSuffix("s") ? String(text.dropLast()) : text
            return key.canonical(Period.milliseconds(text).map { "\($0 / 1_000)" } ?? seconds)
        case .downloads:
            return text.isEmpty || key.canonical(text.hasPrefix("/") ? text : "/\(text)") == nil ? nil : text
        case .slots, .active, .port, .webPort: return key.canonical(text)
        }
    }

    static func shown(_ setting: Setting) -> String {
        guard let value = setting.value else { return "-" }
        switch setting.key {
        case .up, .down: return value == "none" ? value : RateText.text(Int(value))
        case .searchInterval: return "\(value) s"
        case .port, .webPort: return value == "0" ? "any" : value
        case .slots, .active, .handOn, .downloads, .notify, .mapPort: return value
        }
    }

    /// What can be set, for who typed something else.
    static func expected(_ key: SettingKey) -> String {
        switch key {
        case .up: "a rate such as 500k or 1.5M, none, or 0 for nothing at all"
        case .down: "a rate such as 500k or 1.5M, or none"
        case .slots: "a number from \(NodeLimits.slotRange.lowerBound) to \(NodeLimits.slotRange.upperBound)"
        case .active: "a number from \(NodeLimits.activeRange.lowerBound) to \(NodeLimits.activeRange.upperBound)"
        case .handOn, .notify, .mapPort: "on or off"
        case .downloads: "the path of a folder"
        case .port, .webPort: "a port from 1 to 65535, or 0 for any that is free"
        case .searchInterval: "a time from 5s to 24h, such as 90s, 5m or 1h"
        }
    }

    static func meaning(_ key: SettingKey) -> String {
        switch key {
        case .up: "given at most, in bytes a second"
        case .down: "taken at most, in bytes a second"
        case .slots: "how many are served at the same time"
        case .active: "how many downloads are active at the same time"
        case .handOn: "give on what was fetched, too"
        case .downloads: "where downloads of the page go"
        case .port: "TCP port on which others reach this computer"
        case .mapPort: "have the router let others reach that port"
        case .webPort: "port of the page"
        case .notify: "show on the desktop what saved searches find"
        case .searchInterval: "time between two runs of a saved search"
        }
    }
}
