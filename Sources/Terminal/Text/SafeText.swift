/// A text from others (names of files and members, a server's words) as it may be shown on a terminal.
///
/// What could move the cursor, change colours, reorder or hide characters is shown as a visible sign
/// instead: control characters as their pictures (`␛`), all else as `�`. It is one line, whatever it was.
package struct SafeText: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ remote: some StringProtocol) {
        let scalars = Array(remote.unicodeScalars)
        var shown = String.UnicodeScalarView()
        var marks = 0
        for (index, scalar) in scalars.enumerated() {
            let isMark = Self.isMark(scalar)
            marks = isMark ? marks + 1 : 0
            let isStacked = isMark && (index == 0 || marks > Self.mostMarks)
            shown.append(isStacked ? Self.sign : Self.shown(scalar, at: index, in: scalars))
        }
        text = String(shown)
    }

    package var description: String { text }
    package var columns: Int { DisplayWidth.columns(of: text) }
    package func truncated(to limit: Int) -> String { DisplayWidth.truncated(text, to: limit) }

    /// Real orthographies stack no more; beyond that, marks run over the neighbouring lines.
    private static let mostMarks = 4
    private static let sign: Unicode.Scalar = "\u{FFFD}"

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: !isSelector(scalar)
        default: false
        }
    }

    private static func shown(_ scalar: Unicode.Scalar, at index: Int, in all: [Unicode.Scalar]) -> Unicode.Scalar {
        switch scalar.value {
        case 0x00...0x1F: return Unicode.Scalar(0x2400 + scalar.value) ?? sign
        case 0x20...0x7E: return scalar
        case 0x7F: return "\u{2421}"
        // The blank braille pattern looks like a space and is none.
        case 0x2800: return sign
        default: break
        }
        if scalar.properties.isDefaultIgnorableCodePoint {
            return joins(scalar, at: index, in: all) ? scalar : sign
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return sign
        default: return scalar
        }
    }

    private static func isSelector(_ scalar: Unicode.Scalar) -> Bool { (0xFE0E...0xFE0F).contains(scalar.value) }

    /// Whether an invisible character does here what it exists for: choosing the form of an emoji, joining
    /// two of them, or shaping letters in a script that needs it.
    private static func joins(_ scalar: Unicode.Scalar, at index: Int, in all: [Unicode.Scalar]) -> Bool {
        guard index > 0 else { return false }
        let before = all[index - 1]
        if isSelector(scalar) { return before.properties.isEmoji }
        guard scalar.value == 0x200D || scalar.value == 0x200C, index + 1 < all.count else { return false }
        let after = all[index + 1]
        let isEmoji = scalar.value == 0x200D && after.properties.isEmoji && after.value > 0x7F
        if isEmoji { return before.properties.isEmoji || isSelector(before) || before.properties.isEmojiModifier }
        return shapes(before) && shapes(after)
    }

    /// Arabic, Syriac, N'Ko and the Indic scripts, Myanmar, Khmer, Mongolian.
    private static func shapes(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0600...0x0DFF, 0x1000...0x109F, 0x1780...0x18AF: !scalar.properties.isDefaultIgnorableCodePoint
        default: false
        }
    }
}
