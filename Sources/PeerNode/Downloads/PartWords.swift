import NodeControl

/// What its user said of parts of a folder while all of it is fetched: what he paused rests until he resumes it, and what he
/// cancelled does not come.
package struct PartWords: Sendable {
    package enum Word: Sendable {
        case paused, resumed, cancelled

        /// Nil for what is said of those alone that are transfers.
        init?(_ change: TransferChange) {
            switch change {
            case .pause: self = .paused
            case .resume: self = .resumed
            case .cancel: self = .cancelled
            case .prioritise, .moveToFront, .moveToBack, .limit: return nil
            }
        }
    }

    private struct Said {
        let part: [String]
        let word: Word
        let number: Int
    }

    private var said: [Said] = []
    /// Counts all that was said.
    package private(set) var number = 0

    package init() {}

    /// - Parameter part: Its path in the folder; empty for all of it.
    package mutating func say(_ word: Word, of part: [String]) {
        // What is said of the whole goes for what lies in it, too.
        said.removeAll { $0.part.starts(with: part) && (word == .cancelled || $0.word != .cancelled) }
        number += 1
        said.append(Said(part: part, word: word, number: number))
    }

    /// The part with which a file is left out, and the word; nil for one that is to come.
    package func leftOut(_ file: [String]) -> (part: [String], word: Word)? {
        let meant = said.filter { file.starts(with: $0.part) }
        if let cancelled = meant.first(where: { $0.word == .cancelled }) { return (cancelled.part, .cancelled) }
        guard let last = meant.last, last.word == .paused else { return nil }
        return (last.part, .paused)
    }

    /// Whether a file is to come because that was said after so much else.
    package func isResumed(_ file: [String], since number: Int) -> Bool {
        guard leftOut(file) == nil else { return false }
        return said.contains { $0.word == .resumed && $0.number > number && file.starts(with: $0.part) }
    }
}
