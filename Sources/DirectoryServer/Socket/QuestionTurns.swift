import Wire

/// When each question is asked: at once, but for those that read the database. Of these few are under way, and the
/// sessions take turns, so that whoever asks much waits behind himself.
package struct QuestionTurns: Sendable {
    /// Of all sessions together, those that wait too.
    package static let limit = 1_024
    /// Reads under way: more than the database has readers, so that none of them is idle.
    package static let readLimit = 8

    /// Of those that are under way or wait.
    private(set) var count = 0
    private var reads = 0
    private var lines: [SessionID: [Question]] = [:]
    /// The sessions that have a line, in the order of their turns.
    private var turns: [SessionID] = []

    package init() {}

    package var hasRoom: Bool { count < Self.limit }

    /// - Returns: What is to be asked now.
    package mutating func add(_ question: Question) -> [Question] {
        count += 1
        guard question.request.onlyReads else { return [question] }
        if lines[question.session] == nil { turns.append(question.session) }
        lines[question.session, default: []].append(question)
        return begin()
    }

    /// - Returns: What is to be asked now.
    package mutating func finish(_ question: Question) -> [Question] {
        count -= 1
        if question.request.onlyReads { reads -= 1 }
        return begin()
    }

    private mutating func begin() -> [Question] {
        var begun: [Question] = []
        while reads < Self.readLimit, !turns.isEmpty {
            let session = turns.removeFirst()
            guard var line = lines.removeValue(forKey: session), !line.isEmpty else { continue }
            begun.append(line.removeFirst())
            reads += 1
            guard !line.isEmpty else { continue }
            lines[session] = line
            turns.append(session)
        }
        return begun
    }
}
