import DirectoryServer
import Glibc
import Terminal
import Yams

/// A file of settings: YAML 1.1, a mapping from keys to values, and nothing else.
enum ConfigurationFile {
    /// Bytes.
    private static let limit = 1 << 20

    /// - Throws: ``ServerRefusal``
    static func read(_ path: String) throws -> [GivenSetting] {
        let bytes: [UInt8]?
        do throws(StartFailure) {
            bytes = try StateFile.read(path, limit: limit)
        } catch {
            let code: Int32 = if case .file(_, let code) = error { code } else { EIO }
            throw ServerRefusal(ServerMessages.configurationUnreadable(path, code))
        }
        guard let bytes else { throw ServerRefusal(ServerMessages.configurationUnreadable(path, ENOENT)) }
        return try settings(in: String(decoding: bytes, as: UTF8.self), of: path)
    }

    static func settings(in text: String, of path: String) throws -> [GivenSetting] {
        func refusal(_ line: Int?, _ what: String, _ hint: String) -> ServerRefusal {
            ServerRefusal(
                ServerMessages.configuration(at: line.map { "\(path):\($0)" } ?? path, what: what, hint: hint))
        }
        let form = "Write a setting a line, such as: heartbeat: 30"
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw refusal(error.line, "This is not YAML: \(error.reason).", form)
        }
        guard let root else { return [] }
        if root.scalar?.string.isEmpty == true { return [] }
        guard let mapping = root.mapping else { throw refusal(root.mark?.line, "This is no list of settings.", form) }
        return try mapping.map { key, value in
            let line = key.mark?.line
            let name = key.scalar?.string ?? ""
            guard let setting = Setting.named(name) else {
                let nearest = Nearest.choice(to: name, among: Setting.all.map(\.key))
                throw refusal(
                    line, "There is no setting \(SafeText(name).truncated(to: 60)).",
                    (nearest.map { "Did you mean \($0)? " } ?? "") + "All of them: bittrickle-server --print-config")
            }
            guard let scalar = value.scalar, !scalar.string.isEmpty else {
                throw refusal(
                    value.mark?.line ?? line, "\(name) takes one value.", "Write it behind the colon, or leave it out.")
            }
            return GivenSetting(setting: setting, text: scalar.string, place: .file(path, line: line ?? 0))
        }
    }
}

extension YamlError {
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }

    /// A part of a sentence.
    fileprivate var reason: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let keys, _):
            "\(SafeText("\(keys.map { "\($0)" }.joined(separator: ", "))").truncated(to: 60)) is there twice"
        default: "it cannot be read"
        }
    }
}
