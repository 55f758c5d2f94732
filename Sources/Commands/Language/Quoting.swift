package import Terminal

/// Writing a name so that the shell reads it back as one word.
package enum Quoting {
    /// The name itself where nothing in it is special, else in quotes.
    package static func quoted(_ name: String) -> String {
        let isPlain =
            !name.isEmpty && !name.hasPrefix("~") && !name.hasPrefix("-")
            && !name.unicodeScalars.contains { special.contains($0) }
        if isPlain { return name }
        if !name.contains("\"") && !name.contains("\\") { return "\"\(name)\"" }
        if !name.contains("'") { return "'\(name)'" }
        return "\"" + name.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }

    /// What is to be typed for these characters in the given state.
    package static func typed(_ text: some StringProtocol, quote: Words.Quote?) -> String {
        var typed = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch quote {
            case .single: break
            case .double: if scalar == "\"" || scalar == "\\" { typed.append("\\") }
            case nil: if special.contains(scalar) { typed.append("\\") }
            }
            typed.append(scalar)
        }
        return String(typed)
    }

    private static let special: Set<Unicode.Scalar> = [" ", "\t", "'", "\"", "\\"]
}
