import Library
import Logging
package import NodeControl
import Synchronization

/// What a program brings along for the settings of its node.
package struct SettingsOfProgram: Sendable {
    /// What a setting is by itself, where that is for the program to say.
    package var standard: [SettingKey: String]
    /// What it was started with: it comes before what is set.
    package var commandLine: [SettingKey: String]

    package init(standard: [SettingKey: String] = [:], commandLine: [SettingKey: String] = [:]) {
        self.standard = standard
        self.commandLine = commandLine
    }
}

/// What a member has set besides the limits, kept beside them.
final class MemberSettings: Sendable {
    private let records: TransferRecords
    private let program: SettingsOfProgram
    private let logger: Logger
    private let values = Mutex<[SettingKey: String]>([:])

    init(records: TransferRecords, program: SettingsOfProgram, logger: Logger) {
        self.records = records
        self.program = program
        self.logger = logger
    }

    /// What was stored last, where it makes sense.
    func load() async {
        do {
            let texts = try await records.texts()
            let pairs = SettingKey.allCases.compactMap { key in
                texts[key.rawValue].flatMap(key.canonical).map { (key, $0) }
            }
            values.withLock { $0 = Dictionary(uniqueKeysWithValues: pairs) }
        } catch {
            logger.warning("Settings are those of a new member", metadata: ["reason": "\(error)"])
        }
    }

    func setting(_ key: SettingKey) -> Setting {
        if let value = program.commandLine[key] { return Setting(key: key, value: value, source: .commandLine) }
        if let value = values.withLock({ $0[key] }) { return Setting(key: key, value: value, source: .set) }
        return Setting(key: key, value: program.standard[key] ?? Self.standard(key), source: .standard)
    }

    func set(_ key: SettingKey, to value: String?) async throws {
        try await records.set(key.rawValue, toText: value)
        values.withLock { $0[key] = value }
    }

    func isOn(_ key: SettingKey) -> Bool { setting(key).value == "on" }

    /// What the system picked the last time that no port was wanted: routers and firewalls may know it.
    func pickedPort() async -> UInt16? { try? await records.texts()[Self.pickedPortName].flatMap { UInt16($0) } }

    /// Without it another one is picked the next time, which is not worth a word.
    func note(pickedPort port: UInt16) async { try? await records.set(Self.pickedPortName, toText: "\(port)") }

    private static let pickedPortName = "picked port"

    var searchInterval: Duration { .seconds(setting(.searchInterval).value.flatMap { Int($0) } ?? 60) }

    private static func standard(_ key: SettingKey) -> String? {
        switch key {
        case .handOn, .notify, .mapPort: "on"
        case .searchInterval: "60"
        case .port, .webPort: "0"
        case .up, .down, .slots, .active, .downloads: nil
        }
    }
}

extension NodeLimits {
    /// One of them, as ``SettingKey/canonical(_:)`` has it; nil for what is none.
    func text(_ key: SettingKey) -> String? {
        switch key {
        case .up: upward.map { "\($0)" } ?? "none"
        case .down: downward.map { "\($0)" } ?? "none"
        case .slots: "\(slots)"
        case .active: "\(active)"
        case .handOn, .downloads, .port, .mapPort, .webPort, .notify, .searchInterval: nil
        }
    }

    /// - Parameter text: In the canonical form.
    mutating func set(_ key: SettingKey, to text: String) {
        switch key {
        case .up: upward = Int(text)
        case .down: downward = Int(text)
        case .slots: slots = Int(text) ?? slots
        case .active: active = Int(text) ?? active
        case .handOn, .downloads, .port, .mapPort, .webPort, .notify, .searchInterval: break
        }
    }
}
