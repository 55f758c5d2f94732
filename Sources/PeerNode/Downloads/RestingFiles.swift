package import NodeControl
package import Wire

/// The files that the get of a folder leaves out, as its user paused or cancelled them: each comes as soon as he resumes it. They are
/// looked through only where something was said since: there may be thousands, and each of the others that ends asks.
package struct RestingFiles {
    private struct Resting {
        let path: [FileName]
        let reason: NodeFailure
        let meant: [String]
        let words: Int
    }

    private var resting: [Resting] = []
    /// How many words there were when it was looked last.
    private var looked = 0

    package init() {}

    /// With the reason why each is left out.
    package var all: [(path: [FileName], reason: NodeFailure)] { resting.map { ($0.path, $0.reason) } }

    /// - Parameters:
    ///   - path: Of one that was begun, and is left out.
    ///   - meant: The file whose word that is: this one, or another of the same content.
    ///   - number: Of the words that there were when it was begun.
    ///   - words: By now.
    /// - Returns: False where it was resumed meanwhile, and does not rest.
    package mutating func add(
        _ path: [FileName], for reason: NodeFailure, by meant: [String], begunAfter number: Int, _ words: PartWords
    ) -> Bool {
        guard !words.isResumed(meant, since: number) else { return false }
        resting.append(Resting(path: path, reason: reason, meant: meant, words: number))
        return true
    }

    /// Those that were resumed, which do not rest any more.
    package mutating func takeResumed(_ words: PartWords) -> [[FileName]] {
        guard words.number != looked else { return [] }
        looked = words.number
        func isResumed(_ one: Resting) -> Bool { words.isResumed(one.meant, since: one.words) }
        defer { resting.removeAll(where: isResumed) }
        return resting.filter(isResumed).map(\.path)
    }
}
