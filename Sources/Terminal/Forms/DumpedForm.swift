import FoundationEssentials

/// A command as the argument parser describes it, in the JSON of its `--experimental-dump-help`.
///
/// So what a program's own commands are is said once, where they are declared.
package struct DumpedForm: Sendable {
    package let summary: String
    package let explanation: String
    package let options: [OptionForm]
    package let arguments: [ArgumentForm]
    package let isRepeating: Bool
    /// By the name, with its hyphens where it is an option's.
    package let details: [String: Detail]

    /// What else is said of an argument or option.
    package struct Detail: Hashable, Sendable {
        /// As it was declared.
        package var sentence: String
        /// The default, as it could be typed.
        package var standard: String?
    }

    /// Nil for what is no such description.
    package init?(_ json: String) {
        guard let tool = try? JSONDecoder().decode(Tool.self, from: Data(json.utf8)) else { return nil }
        summary = Self.part(tool.command.abstract ?? "")
        explanation = tool.command.discussion ?? ""
        let shown = (tool.command.arguments ?? []).filter { $0.shouldDisplay && !$0.isOfEveryCommand }
        options = shown.compactMap(\.option)
        let positional = shown.filter { $0.kind == "positional" }
        arguments = positional.map(\.form)
        isRepeating = positional.last?.isRepeating ?? false
        details = Dictionary(
            shown.map { argument in
                let long = argument.names?.first { $0.kind == "long" }?.text
                let detail = Detail(sentence: argument.abstract ?? "", standard: argument.defaultValue)
                return (long ?? argument.valueName ?? "", detail)
            }
        ) { first, _ in first }
    }

    /// A sentence as part of a list.
    private static func part(_ sentence: String) -> String {
        let text = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    private struct Tool: Decodable {
        var command: Described
    }

    private struct Described: Decodable {
        var abstract: String?
        var discussion: String?
        var arguments: [Argument]?
    }

    private struct Name: Decodable {
        var kind: String
        var name: String
        var text: String { kind == "short" ? "-\(name)" : "--\(name)" }
    }

    private struct Argument: Decodable {
        var kind: String
        var shouldDisplay: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var allValues: [String]?
        var defaultValue: String?

        var isOfEveryCommand: Bool {
            ["help", "version"].contains { name in names?.contains { $0.name == name } == true }
        }

        var form: ArgumentForm {
            let name = valueName ?? ""
            if let allValues, !allValues.isEmpty { return ArgumentForm(name, .words, words: allValues) }
            let kind: ArgumentForm.Kind =
                switch name {
                case "dir", "folder": .folder
                case "file": .file
                case "network": .network
                default: .text
                }
            return ArgumentForm(name, kind)
        }

        var option: OptionForm? {
            guard kind != "positional", let long = names?.first(where: { $0.kind == "long" }) else { return nil }
            return OptionForm(
                long.text, names?.first { $0.kind == "short" }?.text, value: kind == "option" ? form : nil,
                summary: DumpedForm.part(abstract ?? ""))
        }
    }
}

extension CommandForm {
    /// - Parameter usage: the word and what stands behind it; nil to make it of the arguments and options.
    package init?(dumped json: String, word: String, usage: String? = nil) {
        guard let dumped = DumpedForm(json) else { return nil }
        let parts =
            dumped.arguments.map { "<\($0.name)>" }
            + dumped.options.map { "[\($0.long)\($0.value.map { " <\($0.name)>" } ?? "")]" }
        self.init(
            word: word, usage: usage ?? ([word] + parts).joined(separator: " "), summary: dumped.summary,
            explanation: dumped.explanation, options: dumped.options, arguments: dumped.arguments,
            isRepeating: dumped.isRepeating)
    }
}
