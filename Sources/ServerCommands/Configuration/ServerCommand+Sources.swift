import ArgumentParser
import Directory
import Terminal

extension ServerCommand {
    /// The command line with what the configuration file and the environment say before it: each value by itself is looked
    /// at where it stands, so that who wrote it hears where.
    ///
    /// - Throws: ``ServerRefusal``, or what the argument parser makes of a wrong command line.
    package static func configured(_ arguments: [String], _ environment: [String: String]) throws -> ServerCommand {
        let typed = try parse(arguments)
        let path = typed.config ?? environment[configVariable]
        let given =
            try (path.map(ConfigurationFile.read) ?? []) + EnvironmentSettings.read(environment)
        var words: [String] = []
        var port: [String] = []
        for one in given {
            let own = try checkedWords(of: one)
            if one.setting.isPositional { port = own } else { words += own }
        }
        // The parser takes no port twice.
        var command = try parse(words + (typed.settings.port == nil ? port : []) + arguments)
        command.given = given + typedSettings(arguments, typed)
        return command
    }

    static let configVariable = "BITTRICKLE_CONFIG"
    /// All that the environment may set.
    package static var variables: [String] { Setting.all.map(\.variable) + [configVariable] }

    /// What a server can be started with.
    func checked() throws -> DirectorySettings {
        guard settings.port != nil else {
            throw ValidationError(
                "There is no port: give one, as in bittrickle-server 12000, or set BITTRICKLE_PORT, or port in the file."
            )
        }
        return try directory()
    }

    /// Where values do not fit each other, it is said where they come from.
    func directory() throws -> DirectorySettings {
        do {
            return try settings.directory()
        } catch let error as ValidationError {
            let places = ["heartbeat", "silence"].compactMap { key -> String? in
                guard let place = place(of: key) else { return nil }
                if case .flag = place { return nil }
                return "\(key) from \(place)"
            }
            guard !places.isEmpty else { throw error }
            throw ValidationError("\(error.message) (\(places.joined(separator: ", ")))")
        }
    }

    /// Where what counts was set; nil for the default.
    func place(of key: String) -> SettingPlace? { given.last { $0.setting.key == key }?.place }

    private static func checkedWords(of one: GivenSetting) throws -> [String] {
        let hint = "What it takes: bittrickle-server --help"
        guard let words = one.setting.words(for: one.text) else {
            throw ServerRefusal(
                ServerMessages.configuration(
                    at: "\(one.place)", what: "\(one.setting.key) takes true or false.", hint: hint))
        }
        do {
            _ = try ServerSettings.parse(words)
        } catch {
            let text = ServerSettings.message(for: error)
            throw ServerRefusal(
                ServerMessages.configuration(
                    at: "\(one.place)", what: text.hasSuffix(".") ? text : "\(text).", hint: hint))
        }
        return words
    }

    /// What of the command line, which the parser understands, sets something.
    private static func typedSettings(_ arguments: [String], _ typed: ServerCommand) -> [GivenSetting] {
        var given: [GivenSetting] = []
        if let port = typed.settings.port, let setting = Setting.named("port") {
            given.append(GivenSetting(setting: setting, text: "\(port)", place: .flag(setting.flag)))
        }
        for (index, word) in arguments.prefix(while: { $0 != "--" }).enumerated() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            for setting in Setting.all where !setting.isPositional {
                let text: String? =
                    if setting.valueName == nil {
                        word == setting.flag ? "true" : word == "--no-\(setting.key)" ? "false" : nil
                    } else if parts[0] == setting.flag {
                        parts.count > 1 ? parts[1] : arguments.dropFirst(index + 1).first
                    } else {
                        nil
                    }
                if let text { given.append(GivenSetting(setting: setting, text: text, place: .flag(setting.flag))) }
            }
        }
        return given
    }
}

/// `BITTRICKLE_…`.
enum EnvironmentSettings {
    /// Those that are empty are as if they were not there.
    static func read(_ environment: [String: String]) throws -> [GivenSetting] {
        let known = ServerCommand.variables
        // What is no setting is refused where it nearly is one; of the rest it is said that it means nothing.
        for name in environment.keys.sorted() where name.hasPrefix(Setting.prefix) && !known.contains(name) {
            guard let nearest = known.first(where: { isSlip(name, of: $0) }) else { continue }
            throw ServerRefusal(
                ServerMessages.configuration(
                    at: name, what: "There is no such setting.", hint: "Did you mean \(nearest)?"))
        }
        return Setting.all.compactMap { setting in
            environment[setting.variable].flatMap { text in
                text.isEmpty
                    ? nil : GivenSetting(setting: setting, text: text, place: .variable(setting.variable))
            }
        }
    }
}

extension EnvironmentSettings {
    /// Of short names one letter, so that another word is not taken for it.
    private static func isSlip(_ name: String, of known: String) -> Bool {
        Nearest.slips(from: name, to: known) <= max(1, min(2, (known.count - Setting.prefix.count) / 4))
    }
}
