import NodeControl
import Terminal

extension CommandForm {
    static let config = CommandForm(
        word: "config", usage: "config [KEY [VALUE] | --unset KEY]", summary: "show or change settings",
        explanation: """
            Lists all settings with their values, and where each comes from: set by you, given to the program when it was
            started, or what it is by itself. With a key it shows that one, with a value it sets it, and with --unset it
            is again what it is by itself. All take effect at once, but for port,
            map-port and web-port: those the next time that bittrickle is started.

            \(SettingKey.allCases.map(line).joined(separator: "\n"))

              config down 2M
              config notify off
              config --unset down
            """,
        options: [
            OptionForm(
                "--unset", value: ArgumentForm("key", .words, words: SettingKey.allCases.map(\.rawValue)),
                summary: "as it is by itself")
        ],
        arguments: [
            ArgumentForm("key", .words, words: SettingKey.allCases.map(\.rawValue)), ArgumentForm("value", .text),
        ])

    private static func line(_ key: SettingKey) -> String {
        "  " + key.rawValue + String(repeating: " ", count: max(2, 30 - key.rawValue.count))
            + SettingText.meaning(key)
    }
}
