package import Library
package import Logging
package import NodeControl

/// Runs the saved searches, one after the other, and tells what is new. What is told once was kept as known before: it is
/// not told again, whatever happens to the program.
package actor SavedSearches {
    /// Without any search nothing has to be looked at so soon.
    private static let idle = Duration.seconds(3_600)

    private let surroundings: SearchSurroundings
    private let file: SearchFile
    private let threads: IOThreads
    private let logger: Logger
    private var book: SearchBook
    private var turns = Turns()
    private var sleeping: Task<Void, Never>?
    private var isOver = false

    package init(_ surroundings: SearchSurroundings, interval: Duration, threads: IOThreads, logger: Logger) {
        self.surroundings = surroundings
        self.threads = threads
        self.logger = logger
        file = SearchFile(path: surroundings.path)
        book = SearchBook(interval: interval)
    }

    package var searches: [SavedSearch] { book.searches }

    /// Takes up what was saved before.
    package func begin() async {
        do {
            let kept = try await threads.run { [file] _ in try file.read() }
            if kept == nil {
                logger.warning("The saved searches were damaged and are set aside", metadata: ["path": "\(file.path)"])
            }
            book.restore(kept ?? [], at: surroundings.pace.now())
        } catch {
            logger.warning("The saved searches cannot be read", metadata: ["reason": "\(error)"])
        }
    }

    /// Until ``end()``, or its task is cancelled.
    package func run() async {
        while !isOver, !Task.isCancelled {
            guard let turn = book.next(at: surroundings.pace.now()) else {
                await sleep(for: book.pause(at: surroundings.pace.now()) ?? Self.idle)
                continue
            }
            do throws(NodeFailure) {
                await take(try await surroundings.find(turn.text), of: turn)
            } catch {
                // It is tried again when its next turn comes.
                logger.debug("A saved search failed", metadata: ["search": "\(turn.name)", "reason": "\(error)"])
            }
        }
    }

    private func take(_ found: FoundListings, of turn: SearchBook.Turn) async {
        await exclusively {
            guard let news = book.take(found, of: turn, surroundings.wall()), !news.matches.isEmpty else { return }
            do { try await store() } catch {
                logger.warning("What a saved search found may be told again", metadata: ["reason": "\(error)"])
            }
            await surroundings.tell(news)
        }
    }

    private func sleep(for pause: Duration) async {
        // unstructured: ended before its time when something is due earlier than was known
        let sleeping = Task { [pace = surroundings.pace] in _ = try? await pace.sleep(pause) }
        self.sleeping = sleeping
        await withTaskCancellationHandler {
            await sleeping.value
        } onCancel: {
            sleeping.cancel()
        }
    }

    package func end() {
        isOver = true
        sleeping?.cancel()
    }

    package func set(interval: Duration) {
        book.set(interval: interval, at: surroundings.pace.now())
        sleeping?.cancel()
    }

    // MARK: What people do

    package func save(_ draft: SearchDraft) async throws(NodeFailure) -> SavedSearch {
        guard draft.isPossible else { throw .searchUnfit }
        guard book.hasRoom(for: draft.name) else { throw .keptLimit(limit: SearchBook.limit) }
        let found = try await surroundings.find(draft.text)
        guard found.isComplete else { throw .searchTooBroad(limit: FoundListings.matchingLimit) }
        return try await changing { book throws(NodeFailure) in
            // Another may have taken the last place meanwhile.
            guard book.hasRoom(for: draft.name) else { throw .keptLimit(limit: SearchBook.limit) }
            return book.save(draft, found: found.listings, at: surroundings.pace.now(), surroundings.wall())
        }
    }

    package func forget(_ name: String) async throws(NodeFailure) {
        try await changing { book throws(NodeFailure) in
            guard book.forget(name) else { throw .noSuchSearch(name) }
        }
    }

    package func look(at name: String) async throws(NodeFailure) -> [SearchMatch] {
        try await changing { book throws(NodeFailure) in
            guard let matches = book.look(at: name) else { throw .noSuchSearch(name) }
            return matches
        }
    }

    /// What cannot be kept is not done.
    private func changing<Value: Sendable>(
        _ change: (inout SearchBook) throws(NodeFailure) -> Value
    ) async throws(NodeFailure) -> Value {
        do {
            return try await exclusively {
                let before = book
                let value = try change(&book)
                do { try await store() } catch {
                    book = before
                    throw error
                }
                // What was saved just now may be due before whatever is waited for.
                sleeping?.cancel()
                return value
            }
        } catch {
            throw NodeFailure(ofState: error)
        }
    }

    private func store() async throws {
        let kept = book.kept
        try await threads.run { [file] _ in try file.write(kept) }
    }

    private func exclusively<Value: Sendable>(_ work: () async throws -> Value) async rethrows -> Value {
        if !turns.take() { await withCheckedContinuation { turns.wait($0) } }
        defer { turns.pass() }
        return try await work()
    }
}
