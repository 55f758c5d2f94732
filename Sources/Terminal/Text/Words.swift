/// A line of the shell, split into words.
///
/// Spaces separate words. Inside '…' every character stands for itself; inside "…" a backslash gives `"` and
/// `\`; outside, a backslash gives any character. A `~` at the beginning of a word, outside of quotes and before
/// `/` or the end, is the home folder of who reads the word as a path.
package struct Words: Hashable, Sendable {
    package struct Word: Hashable, Sendable {
        package var text: String
        package var startsWithHome: Bool

        package init(text: String, startsWithHome: Bool = false) {
            self.text = text
            self.startsWithHome = startsWithHome
        }

        /// The word as a path.
        package func path(home: String?) -> String {
            guard startsWithHome, let home else { return text }
            return home + text.dropFirst()
        }
    }

    package enum Quote: Character, Hashable, Sendable {
        case single = "'"
        case double = "\""
    }

    /// What is still open at the end of the text: what completion looks at.
    package struct Ending: Hashable, Sendable {
        /// The word that the cursor touches; nil after a space.
        package var word: Word?
        package var quote: Quote?
        package var isAfterBackslash = false
    }

    package private(set) var words: [Word] = []
    package private(set) var ending = Ending()

    package init(_ line: some StringProtocol) {
        var word: Word?
        var quote: Quote?
        var isEscaped = false
        // Scalars, not characters: a combining mark after a quote must not hide it.
        let scalars = Array(line.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let character = Character(scalar)
            if isEscaped {
                isEscaped = false
                let isLiteral = quote == .double && character != "\"" && character != "\\"
                Self.append(isLiteral ? "\\" : "", scalar, to: &word)
            } else if character == "\\", quote != .single {
                isEscaped = true
                word = word ?? Word(text: "")
            } else if let open = quote {
                if character == open.rawValue { quote = nil } else { Self.append("", scalar, to: &word) }
            } else if let opening = Quote(rawValue: character) {
                quote = opening
                word = word ?? Word(text: "")
            } else if character == " " || character == "\t" {
                if let word { words.append(word) }
                word = nil
            } else {
                let isHome =
                    character == "~" && word == nil
                    && (index + 1 == scalars.count || scalars[index + 1] == "/"
                        || scalars[index + 1] == " ")
                Self.append("", scalar, to: &word)
                if isHome { word?.startsWithHome = true }
            }
        }
        ending = Ending(word: word, quote: quote, isAfterBackslash: isEscaped)
        if let word { words.append(word) }
    }

    private static func append(_ prefix: String, _ scalar: Unicode.Scalar, to word: inout Word?) {
        var grown = word ?? Word(text: "")
        grown.text += prefix
        grown.text.unicodeScalars.append(scalar)
        word = grown
    }
}
