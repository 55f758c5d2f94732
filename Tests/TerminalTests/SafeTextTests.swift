import Terminal
import TestKit
import Testing

@Suite struct SafeTextTests {
    @Test(arguments: [
        ("a.pdf", "a.pdf"),
        ("größe 文件 (2).txt", "größe 文件 (2).txt"),
        // Escape sequences, line feeds, C1 controls
        ("\u{1B}[31mred", "␛[31mred"),
        ("a\nb\rc\td\u{7}", "a␊b␍c␉d␇"),
        ("\u{0}\u{7F}", "␀␡"),
        ("\u{9B}31m\u{85}", "�31m�"),
        // Bidirectional overrides and isolates, marks
        ("a\u{202E}fdp.exe", "a�fdp.exe"),
        ("\u{2066}x\u{2069}\u{200E}\u{200F}\u{61C}", "�x����"),
        // What cannot be seen
        ("a\u{200B}b\u{2060}c\u{FEFF}d\u{AD}e", "a�b�c�d�e"),
        ("\u{E0041}\u{3164}\u{115F}\u{2800}", "����"),
        ("\u{2028}\u{2029}\u{E000}\u{FFFF}", "����"),
        // A mark with nothing to stand on, and more than any script stacks
        ("\u{301}a", "�a"),
        ("a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", "a\u{301}\u{302}\u{303}\u{304}��"),
        // Joiners where they belong, and where not
        ("👨‍👩‍👧❤️", "👨‍👩‍👧❤️"),
        ("می‌خواهم", "می‌خواهم"),
        ("a\u{200D}b\u{200C}c\u{FE0F}", "a�b�c�"),
        ("", ""),
    ]) func shownAs(remote: String, shown: String) {
        #expect(Array(SafeText(remote).text.unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test func whateverComesNothingMovesTheCursor() {
        var random = SeededRandom.fresh()
        for _ in 0..<2_000 {
            let text = String(decoding: random.bytes(Int(random.next() % 40)), as: UTF8.self)
            let scalars = (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) }
            var remote = text
            remote.unicodeScalars.append(contentsOf: scalars)
            let safe = SafeText(remote)
            let isHarmless = safe.text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
                case .format: scalar.value == 0x200C || scalar.value == 0x200D
                default: true
                }
            }
            #expect(isHarmless, "seed \(random.seed)")
            #expect(SafeText(safe.text).text == safe.text, "seed \(random.seed)")
            #expect(DisplayWidth.columns(of: safe.truncated(to: 10)) <= 10, "seed \(random.seed)")
        }
    }
}
