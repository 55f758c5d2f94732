import NodeControl
import Terminal

extension DialogueLines {
    /// What `doctor` answers: a finding each, and behind it, where there is something to mend, how.
    ///
    /// - Parameter isWhole: With what is as it should be.
    static func examination(_ examination: Examination, isWhole: Bool) -> [String] {
        let shown = examination.findings.filter { isWhole || $0.severity != .ok }
        var lines = shown.flatMap { finding in
            ["\(mark(finding.severity)) \(finding.line)"] + (finding.remedy.map { ["     \(SafeText($0))"] } ?? [])
        }
        let problems = examination.findings.count { $0.severity == .problem }
        lines.append(problems == 0 ? "No problem found" : "\(HumanUnits.counted(problems, "problem")) found")
        return lines
    }

    private static func mark(_ severity: HealthFinding.Severity) -> String {
        switch severity {
        case .ok: "  ok"
        case .note: "note"
        case .problem: "BAD "
        }
    }
}

extension HealthFinding {
    /// The code, by which it is looked up, and the sentence.
    var line: String { "\(code.rawValue): \(SafeText(sentence))" }
}

extension Message {
    /// With the words that `doctor` has for the same at its end.
    func ending(with finding: HealthFinding?) -> Message {
        guard let finding else { return self }
        var message = self
        let words = "\(finding.line)" + (finding.remedy.map { "\n  \(SafeText($0))" } ?? "")
        message.hint = hint.map { "\($0)\n\(words)" } ?? words
        return message
    }

    static var examining: String { "This takes up to ten seconds." }
}
