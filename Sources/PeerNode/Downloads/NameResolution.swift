package import Content
package import NodeControl
package import Wire

/// What a name in `get` may mean: a published name, `name@owner`, or `name#root-prefix`. The name as it
/// stands wins over the other two.
package struct NameQuery: Hashable, Sendable {
    package enum Choice: Hashable, Sendable {
        case any
        /// Who it is, or what somebody took for a user's name.
        case owner(String)
        /// Of the first hexadecimal digits, in lower case, or what somebody took for them.
        case root(String)
    }

    package var name: FileName
    package var choice: Choice

    /// In the order in which they are tried.
    package static func readings(of text: String) -> [NameQuery] {
        var readings: [NameQuery] = []
        if let name = try? FileName(text) { readings.append(NameQuery(name: name, choice: .any)) }
        if let (name, owner) = split(text, at: "@") { readings.append(NameQuery(name: name, choice: .owner(owner))) }
        if let (name, root) = split(text, at: "#") {
            readings.append(NameQuery(name: name, choice: .root(root.lowercased())))
        }
        return readings
    }

    /// What a name with slashes means: a folder, by any reading of ``readings(of:)``, and a path in it.
    package static func splitPath(_ text: String) -> (name: String, path: [String]) {
        // A slash at the end says that it is a folder, which is seen anyway.
        let parts = text.pathParts
        // At the beginning it makes a path of this computer of it, and no name.
        return text.utf8.first == UInt8(ascii: "/") ? ("", parts) : (parts.first ?? "", Array(parts.dropFirst()))
    }

    /// The same, with the choice that stands behind the path behind the name at its top, where it belongs. Nil where there
    /// is none.
    package static func choosingAtTop(_ name: String, _ path: [String]) -> (name: String, path: [String])? {
        guard let last = path.last, let choosing = readings(of: last).last(where: { $0.choice != .any }) else {
            return nil
        }
        let choice =
            switch choosing.choice {
            case .any: ""
            case .owner(let owner): "@\(owner)"
            case .root(let root): "#\(root)"
            }
        return (name + choice, path.dropLast() + [choosing.name.text])
    }

    /// Nil where there is nothing on one of the two sides.
    private static func split(_ text: String, at separator: Character) -> (FileName, String)? {
        guard let position = text.lastIndex(of: separator), let name = try? FileName(text[..<position]) else {
            return nil
        }
        let rest = text[text.index(after: position)...]
        return rest.isEmpty ? nil : (name, String(rest))
    }

    /// Those of the publications of that name that are meant.
    package func select(_ findings: [Finding]) -> [Finding] {
        switch choice {
        case .any: findings
        case .owner(let owner): findings.filter { $0.owner.text == owner }
        case .root(let prefix): findings.filter { $0.content?.root.hex.hasPrefix(prefix) == true }
        }
    }
}

/// The one content that the publications found stand for, or why there is none.
package enum NameResolution {
    /// - Parameters:
    ///   - waits: whoever asks waits for owners who are away, where nobody is there.
    ///   - held: what of it others have who are there, and did not publish it.
    /// - Returns: Also the publication that stands for it, one that is for everybody where there is one.
    package static func content(
        of findings: [Finding], named name: String, waits: Bool = false, held: Set<ContentID> = []
    ) throws(NodeFailure) -> (content: ContentID, origin: Finding) {
        let active = findings.filter { $0.absentSince == nil }
        let fromOthers = findings.filter { $0.content.map(held.contains) ?? false }
        let meant = !active.isEmpty ? active : !fromOthers.isEmpty ? fromOthers : waits ? findings : []
        guard !meant.isEmpty else { throw .notFound(name: name, absent: absent(findings)) }
        let contents = Set(meant.compactMap(\.content))
        let origins = meant.filter { $0.content == contents.first }
        guard let content = contents.first,
            let origin = origins.first(where: { $0.access == .everybody }) ?? origins.first
        else {
            throw .notHashedYet(name: name, owner: meant.map(\.owner).min()?.text ?? "")
        }
        guard contents.count == 1 else { throw .ambiguous(name: name, choices: choices(meant)) }
        return (content, origin)
    }

    /// Those that may be had. Throws where all that could be is locked.
    package static func unlocked(_ findings: [Finding], named name: String) throws(NodeFailure) -> [Finding] {
        let open = findings.filter { $0.access != .locked }
        if open.contains(where: { $0.absentSince == nil }) { return open }
        let locked = findings.filter { $0.access == .locked }
        if let first = locked.first(where: { $0.absentSince == nil }) ?? (open.isEmpty ? locked.first : nil) {
            throw .locked(name: name, owner: first.owner.text)
        }
        return open
    }

    /// Why nothing is meant where the name is published: it is all somebody else's, or something else.
    package static func noSuchChoice(_ query: NameQuery, of findings: [Finding]) -> NodeFailure {
        let choice =
            switch query.choice {
            case .any: ""
            case .owner(let owner): "@\(owner)"
            case .root(let root): "#\(root)"
            }
        return .noSuchChoice(
            name: query.name.text, choice: choice, choices: choices(findings.filter { $0.absentSince == nil }),
            absent: absent(findings))
    }

    private static func choices(_ findings: [Finding]) -> [ContentChoice] {
        let owners = Dictionary(grouping: findings.filter { $0.content != nil }, by: \.content)
        return owners.keys.compactMap(\.self).sorted().map { content in
            ContentChoice(
                size: content.size, root: content.root.hex,
                owners: (owners[content] ?? []).map(\.owner.text).sorted())
        }
    }

    package static func absent(_ findings: [Finding]) -> [AbsentOwner] {
        findings.compactMap { finding in
            finding.absentSince.map { AbsentOwner(name: finding.owner.text, since: $0 > 0 ? $0 : nil) }
        }
        .sorted { $0.name < $1.name }
    }
}

extension NodeFailure {
    /// The same, with the difference between those who are away and those who are here and give nothing: the directory
    /// tells only from whom a publication is to be had.
    ///
    /// - Parameter ask: nil where the directory does not say.
    func telling(whoIsOnline ask: () async -> [String]?) async -> NodeFailure {
        func marked(_ absent: [AbsentOwner]) async -> [AbsentOwner] {
            guard !absent.isEmpty else { return [] }
            let online = Set(await ask() ?? [])
            return absent.map { AbsentOwner(name: $0.name, since: $0.since, isOnline: online.contains($0.name)) }
        }
        func away(_ members: [String]) async -> [String]? {
            guard !members.isEmpty, let online = await ask().map({ Set($0) }) else { return nil }
            return members.filter { !online.contains($0) }
        }
        return switch self {
        case .notFound(let name, let absent): .notFound(name: name, absent: await marked(absent))
        case .noSuchChoice(let name, let choice, let choices, let absent):
            .noSuchChoice(name: name, choice: choice, choices: choices, absent: await marked(absent))
        case .sourcesLost(let name, let partial, let done, let total, let reasons, let missed, _, let withdrawn):
            .sourcesLost(
                name: name, partial: partial, done: done, total: total, reasons: reasons, missed: missed,
                away: await away(missed), withdrawn: withdrawn)
        default: self
        }
    }
}
