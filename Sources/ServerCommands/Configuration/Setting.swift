import ArgumentParser
import Terminal

/// One of ``ServerSettings``, as it is set in a file, in the environment or on the command line.
struct Setting: Hashable, Sendable {
    /// In the file: `log-level`.
    let key: String
    /// A sentence.
    let help: String
    /// What it takes, as help calls it; nil where it is on or off.
    let valueName: String?
    /// Its default; nil where it has none, or one that cannot be written.
    let standard: String?
    /// Of the command line, without a name: the port.
    let isPositional: Bool

    /// `BITTRICKLE_LOG_LEVEL`.
    var variable: String { Self.prefix + key.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() }
    static let prefix = "BITTRICKLE_"

    /// On the command line.
    var flag: String { isPositional ? "<\(key)>" : "--\(key)" }

    /// Those of the program that say where settings are, and what is done with them, are none.
    private static let others: Set<String> = ["--config", "--print-config"]

    /// In the order of the help.
    static let all: [Setting] = {
        guard let form = DumpedForm(ServerCommand._dumpHelp()) else { return [] }
        let positional = form.arguments.map {
            Setting(
                key: $0.name, help: form.details[$0.name]?.sentence ?? "", valueName: $0.name, standard: nil,
                isPositional: true)
        }
        let options = form.options.filter { !others.contains($0.long) && !$0.long.hasPrefix("--no-") }.map { option in
            Setting(
                key: String(option.long.dropFirst(2)), help: form.details[option.long]?.sentence ?? "",
                valueName: option.value?.name, standard: form.details[option.long]?.standard, isPositional: false)
        }
        return positional + options
    }()

    static func named(_ key: String) -> Setting? { all.first { $0.key == key } }

    /// Words of a command line that set it; nil where a text is not what it takes: on or off.
    func words(for text: String) -> [String]? {
        if isPositional { return [text] }
        guard valueName == nil else { return ["--\(key)=\(text)"] }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return ["--\(key)"]
        case "false", "no", "off", "0": return ["--no-\(key)"]
        default: return nil
        }
    }
}

/// Where somebody set something.
enum SettingPlace: Hashable, Sendable, CustomStringConvertible {
    case file(String, line: Int)
    case variable(String)
    case flag(String)

    var description: String {
        switch self {
        case .file(let path, let line): "\(path):\(line)"
        case .variable(let name): name
        case .flag(let flag): flag
        }
    }
}

/// What somebody set, as it was written.
struct GivenSetting: Hashable, Sendable {
    let setting: Setting
    let text: String
    let place: SettingPlace
}
