import Wire

/// What a search asks of a publication, made ready for looking at very many.
struct NameTest: Sendable {
    /// Each as it is looked for: folded, where case does not matter.
    private let words: [SoughtWord]
    private let ignoresCase: Bool
    private let sizes: ClosedRange<Int64>?
    private let times: ClosedRange<Int64>?
    /// With the dot before it, folded.
    private let endings: [[UInt8]]
    private let owner: Int64?
    /// Runs of up to three bytes that stand in every name that is found; those of a word that is no text are not known.
    let runs: [ArraySlice<UInt8>]

    /// Nil where nothing can be found.
    ///
    /// - Parameter owner: the store's number of the query's owner.
    init?(_ query: SearchQuery, owner: Int64?) {
        let folded = query.words.map { FoldedText.fold($0) }
        if query.ignoresCase, folded.contains(nil) { return nil }
        ignoresCase = query.ignoresCase
        words = (query.ignoresCase ? folded.compactMap(\.self) : query.words).compactMap(SoughtWord.init)
        sizes = query.sizes
        times = query.times
        endings = query.extensions.map { FoldedText.fold("." + $0) }
        self.owner = owner
        var runs: [ArraySlice<UInt8>] = []
        for word in folded.compactMap(\.self) where !word.isEmpty {
            if word.count < 3 { runs.append(word[...]) }
            for start in word.indices.dropLast(2) { runs.append(word[start..<start + 3]) }
        }
        self.runs = runs
    }

    /// Whether it has all but the visibility.
    func holds(_ slot: Int, of columns: ColumnView) -> Bool {
        if let owner, columns.owners[slot] != owner { return false }
        if let sizes, !sizes.contains(columns.sizes[slot]) || columns.sizes[slot] < 0 { return false }
        if let times, !times.contains(columns.times[slot]) { return false }
        let name = ignoresCase ? columns.folded(slot) : columns.name(slot)
        let foldsASCII = ignoresCase && columns.isASCII[slot]
        for word in words where !word.stands(in: name, of: columns.text, foldingASCII: foldsASCII) { return false }
        return endings.isEmpty || hasEnding(columns.text[columns.folded(slot)])
    }

    private func hasEnding(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        endings.contains { ending in
            name.count >= ending.count
                && zip(name.suffix(ending.count), ending).allSatisfy { FoldedText.lower($0) == $1 }
        }
    }
}
