import NodeControl
import Terminal

/// Carries out the commands about searches that are kept.
extension CommandRun {
    func saveSearch(_ draft: SearchDraft) async -> Bool {
        await succeeds(.search) { () async throws(NodeFailure) in
            let search = try await node.saveSearch(draft)
            voice.done("Search saved successfully", .search(search))
            voice.remark(Message.searchesWhileRunning)
        }
    }

    func listSearches() async -> Bool {
        await succeeds(.searches) { () async throws(NodeFailure) in
            let searches = try await node.savedSearches()
            voice.answer(
                DialogueLines.searches(searches, now: now(), width: voice.console.outputWidth),
                searches.map(Record.search))
        }
    }

    func look(at name: String) async -> Bool {
        await succeeds(.searches) { () async throws(NodeFailure) in
            let matches = try await node.newMatches(ofSearch: name)
            names.found = matches.map(\.shown)
            voice.answer(
                DialogueLines.matches(matches, now: now(), width: voice.console.outputWidth),
                matches.map(Record.match))
        }
    }

    func forgetSearch(_ name: String) async -> Bool {
        await succeeds(.searches) { () async throws(NodeFailure) in
            try await node.forgetSearch(name)
            voice.done("Search forgotten successfully", .done("searches --forget", of: name))
        }
    }
}

extension SearchMatch {
    /// A folder has a slash behind its name.
    fileprivate var shown: String { isFolder ? "\(name)/" : name }
}

extension DialogueLines {
    static func searches(_ searches: [SavedSearch], now: Int64, width: Int?) -> [String] {
        guard !searches.isEmpty else { return ["No searches saved"] }
        let table = TextTable(
            [.init("NEW", isNumber: true), .init("LAST RUN"), .init("NAME"), .init("TEXT"), .init("RUNS")],
            rows: searches.map { search in
                [
                    "\(search.newCount)", search.isComplete ? ago(search.lastRun, now) : "too broad", search.name,
                    search.text, search.command ?? "-",
                ]
            })
        return [searches.count == 1 ? "1 search saved:" : "\(searches.count) searches saved:"]
            + table.lines(width: width)
    }

    static func matches(_ matches: [SearchMatch], now: Int64, width: Int?) -> [String] {
        guard !matches.isEmpty else { return ["Nothing new found"] }
        let table = TextTable(
            [.init("SIZE", isNumber: true), .init("FOUND"), .init("OWNER"), .init("NAME")],
            rows: matches.map { match in
                [match.size.map(HumanUnits.size) ?? "-", ago(match.found, now), match.owner, match.shown]
            })
        return [matches.count == 1 ? "1 new file found:" : "\(matches.count) new files found:"]
            + table.lines(width: width)
    }
}
