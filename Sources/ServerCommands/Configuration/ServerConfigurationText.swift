import Terminal

/// What `--print-config` writes: a configuration file with all settings, which read again sets the same.
struct ServerConfigurationText {
    let text: String

    /// - Throws: where the settings do not fit each other; a port may be missing.
    init(_ command: ServerCommand) throws {
        _ = try command.directory()
        let head = """
            # Settings of bittrickle-server. Start it with: bittrickle-server --config FILE
            # What has a # before it is as it is without. A variable counts more than the file, and an option more than both.
            """
        text = ([head] + Setting.all.map { Self.paragraph($0, command) }).joined(separator: "\n\n") + "\n"
    }

    private static func paragraph(_ setting: Setting, _ command: ServerCommand) -> String {
        let sentence = TextLayout.paragraph(setting.help, columns: 100)
        let source = command.given.last { $0.setting.key == setting.key }
        let names =
            "\(setting.flag)\(setting.valueName.map { setting.isPositional ? "" : " \($0)" } ?? ""), \(setting.variable)"
        let value = source.map { scalar($0, setting) } ?? setting.standard ?? ""
        let line = "\(setting.key): \(value)"
        let place = source.map { ["From \($0.place)."] } ?? []
        let isSet = source != nil
        return (sentence + [names] + place).map { "# \($0)" }.joined(separator: "\n") + "\n"
            + (isSet ? line : value.isEmpty ? "#\(setting.key):" : "#\(line)")
    }

    private static func scalar(_ given: GivenSetting, _ setting: Setting) -> String {
        guard setting.valueName == nil else { return quoted(given.text) }
        return setting.words(for: given.text) == ["--\(setting.key)"] ? "true" : "false"
    }

    /// As YAML (1.1, §5.7 and 7.3) has any text in one line: plain where that is beyond doubt.
    static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "_", "-": true
            default: false
            }
        }
        if isPlain, let first = text.first, first != "-" { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case _ where scalar.properties.generalCategory == .control || !scalar.isASCII:
                let digits = String(scalar.value, radix: 16)
                escaped += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }
}
