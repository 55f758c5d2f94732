import NodeControl
import Terminal

extension CommandRun {
    /// False where something is wrong, too.
    func examine(_ member: String?) async -> Bool {
        voice.remark(Message.examining)
        do throws(NodeFailure) {
            let examination = try await node.examine(ExaminationRequest(member: member, directory: directory))
            voice.tell(examination)
            return !examination.hasProblem
        } catch {
            report(error, for: .doctor)
            return false
        }
    }
}

extension Voice {
    func tell(_ examination: Examination) {
        answer(
            DialogueLines.examination(examination, isWhole: !manner.isQuiet), isLaidOut: true,
            examination.findings.map(Record.finding))
    }
}
