package import Content
package import NodeControl
package import Wire

/// What a name in `get` may mean: a published name, `name@owner`, or `name#root-prefix`. The name as it
/// stands wins over the other two.
package struct NameQuery: Hashable, Sendable {
    package enum Choice: Hashable, Sendable {
        case any
        case owner(UserName)
        /// Hexadecimal digits, lower case.
        case root(String)
    }

    package var name: FileName
    package var choice: Choice

    /// In the order in which they are tried.
    package static func readings(of text: String) -> [NameQuery] {
        var readings: [NameQuery] = []
        if let name = try? FileName(text) { readings.append(NameQuery(name: name, choice: .any)) }
        if let (front, back) = split(text, at: "@"), let name = try? FileName(front), let owner = UserName(back) {
            readings.append(NameQuery(name: name, choice: .owner(owner)))
        }
        if let (front, back) = split(text, at: "#"), let name = try? FileName(front), isRootPrefix(back) {
            readings.append(NameQuery(name: name, choice: .root(back.lowercased())))
        }
        return readings
    }

    private static func split(_ text: String, at separator: Character) -> (Substring, Substring)? {
        guard let position = text.lastIndex(of: separator) else { return nil }
        return (text[..<position], text[text.index(after: position)...])
    }

    private static func isRootPrefix(_ text: Substring) -> Bool {
        (1...64).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    /// Those of the publications of that name that are meant.
    package func select(_ findings: [Finding]) -> [Finding] {
        switch choice {
        case .any: findings
        case .owner(let owner): findings.filter { $0.owner == owner }
        case .root(let prefix): findings.filter { $0.content?.root.hex.hasPrefix(prefix) == true }
        }
    }
}

/// The one content that the publications found stand for, or why there is none.
package enum NameResolution {
    package static func content(of findings: [Finding], named name: String) throws(NodeFailure) -> ContentID {
        let active = findings.filter { $0.absentSince == nil }
        guard !active.isEmpty else {
            let absent = findings.map { finding in
                AbsentOwner(name: finding.owner.text, since: finding.absentSince.flatMap { $0 > 0 ? $0 : nil })
            }
            throw .notFound(name: name, absent: absent.sorted { $0.name < $1.name })
        }
        let owners = Dictionary(grouping: active.filter { $0.content != nil }, by: \.content)
        let contents = owners.keys.compactMap(\.self).sorted()
        guard let content = contents.first else {
            throw .notHashedYet(name: name, owner: active.map(\.owner).min()?.text ?? "")
        }
        guard contents.count == 1 else {
            throw .ambiguous(
                name: name,
                choices: contents.map { content in
                    ContentChoice(
                        size: content.size, root: content.root.hex,
                        owners: (owners[content] ?? []).map(\.owner.text).sorted())
                })
        }
        return content
    }
}
