import Content
import Library
import NodeControl
import Wire

/// Transfers by what people call them: their numbers, their names, and what was typed to have them.
extension Transfers {
    /// Changes the one that is meant, or all that is to be fetched of a folder that others share; whoever waits for that folder, or for
    /// one around it, does not go on with what is to be paused or cancelled, begun or not, and does with what is resumed.
    ///
    /// - Returns: How it is then; of a folder, of all of it together, with the number of the first.
    func change(_ text: String, _ change: TransferChange) async throws(NodeFailure) -> TransferStatus {
        do throws(NodeFailure) {
            let others = change.isSaidOfParts ? parts(AskedName(text)).map(\.place) : []
            return try await self.change(try find(text, besides: others), change, isNoted: false)
        } catch .noSuchTransfer(text) {
            guard let folder = try await self.change(below: text, change) else {
                throw .noSuchTransfer(text)
            }
            return folder
        }
    }

    /// - Parameter others: Where something of this name is to come that may not have begun.
    func find(_ text: String, besides others: [[String]] = []) throws(NodeFailure) -> Number {
        if let number = Number(text), known[number] != nil { return number }
        let exact = known.values.filter { $0.text == text }
        let asked = AskedName(text)
        let named = (exact.isEmpty ? known.values.filter { asked.means($0) } : exact).map(\.number).sorted()
        // What is finished is not what somebody wants to change.
        let open = named.filter { queue.items[$0]?.wish != .finished }
        let meant = open.isEmpty && others.isEmpty ? named : open
        guard let number = meant.first else { throw .noSuchTransfer(text) }
        let places = Set(others).subtracting(meant.compactMap { known[$0]?.place })
        guard meant.count + places.count < 2 else { throw .several(text, meant, at: places) }
        return number
    }

    /// What the name stands for in folders that somebody waits for, and of which something has not come: where it is in each of
    /// them, and where it will stand.
    private func parts(_ asked: AskedName) -> [(get: FolderGet, way: [String], place: [String])] {
        folderGets.compactMap { get in asked.part(of: get).map { (get: get, way: $0, place: get.path.pathParts + $0) } }
    }

    /// Whoever waits for a folder in which it comes leaves it out, or waits for it again.
    func note(_ change: TransferChange, of record: TransferRecord) {
        // Who clears the list of what is finished says nothing of what comes.
        guard queue.items[record.number]?.wish != .finished else { return }
        for get in folderGets {
            if let way = record.way(in: get) { _ = get.note(change, of: way) }
        }
    }

    /// Nil where nothing is being fetched of such a folder. Throws ``NodeFailure/severalTransfers(name:numbers:places:)`` where several
    /// come, into different places: each by its first number, or, where it has not begun, by its place.
    private func change(below text: String, _ change: TransferChange) async throws(NodeFailure) -> TransferStatus? {
        let asked = AskedName(text)
        let begun = Dictionary(grouping: open(below: asked)) {
            Array($0.record.folder.pathParts.dropLast($0.way.count - 1))
        }
        let gets = folderGets.compactMap { get in asked.way(to: get).map { (get: get, way: $0) } }
        let parts = parts(asked)
        let others = parts.map(\.place) + gets.map { Array($0.get.path.pathParts.dropLast($0.way.count)) }
        let places = change.isSaidOfParts ? Set(others).subtracting(begun.keys) : []
        guard begun.count + places.count < 2 else {
            throw .several(text, begun.values.compactMap { $0.first?.record.number }.sorted(), at: places)
        }
        var meant = parts.map { (get: $0.get, way: $0.way) }
        if change == .resume { meant += gets.map { ($0.get, []) } }
        let noted = meant.filter { $0.get.note(change, of: $0.way) }
        if let word = change.word {
            for (get, _) in gets { get.stop(word(get.name)) }
            for (get, _) in gets { await get.isOver() }
        }
        let files = open(below: asked)
        guard let (first, way) = files.first else {
            // Nothing of it has begun.
            let stopped = change.word == nil ? nil : gets.first.map { (get: $0.get, way: [String]()) }
            guard let (get, way) = stopped ?? noted.first else { return nil }
            return TransferStatus(
                number: 0, name: ([get.name] + way).joined(separator: "/"),
                path: ([get.path] + way).joined(separator: "/"), state: change == .resume ? .queued : .paused, done: 0,
                total: nil)
        }
        var changed: [TransferStatus] = []
        // Whichever is moved last is before the others.
        for (record, _) in change == .moveToFront ? files.reversed() : files {
            do throws(NodeFailure) {
                changed.append(try await self.change(record.number, change))
            } catch .noSuchTransfer, .transferFinished {
                // It came to its end first.
            }
        }
        guard var all = changed.first else { throw .transferFinished(name: first.text) }
        all.name = ([first.name.text] + first.path.dropLast(way.count)).joined(separator: "/")
        all.path = "/" + first.folder.pathParts.dropLast(way.count - 1).joined(separator: "/")
        all.done = changed.map(\.done).saturatingSum
        all.total = changed.contains { $0.total == nil } ? nil : changed.compactMap(\.total).saturatingSum
        (all.rate, all.sources, all.paths, all.missed, all.waitsFor) = (nil, 0, [], [], nil)
        return all
    }

    /// Files of a folder that others share, by their numbers, each with its way in it.
    private func open(below asked: AskedName) -> [(record: TransferRecord, way: [String])] {
        known.values.compactMap { record in
            guard queue.items[record.number]?.wish != .finished, let way = asked.way(to: record) else { return nil }
            return (record, way.path)
        }.sorted { $0.record.number < $1.record.number }
    }
}

extension NodeFailure {
    /// - Parameter places: Of those that have not begun.
    fileprivate static func several(_ name: String, _ numbers: [Int64], at places: Set<[String]>) -> Self {
        let paths = places.map { "/" + $0.joined(separator: "/") }.sorted()
        return .severalTransfers(name: name, numbers: numbers, places: paths.isEmpty ? nil : paths)
    }
}

extension TransferRecord {
    /// Where it will stand.
    fileprivate var place: [String] { folder.pathParts + [target] }

    /// Where in the folder that the get fetches it is; nil where it is none of its files.
    fileprivate func way(in get: FolderGet) -> [String]? {
        let (parts, whole) = (get.name.pathParts, [name.text] + path)
        guard whole.starts(with: parts), owner == nil || owner?.text == get.owner else { return nil }
        let way = Array(whole.dropFirst(parts.count))
        return place == get.path.pathParts + way ? way : nil
    }
}

extension TransferChange {
    /// Whether it is said of what has not begun, too.
    fileprivate var isSaidOfParts: Bool { PartWords.Word(self) != nil }

    /// What it is for whoever waits; nil where he goes on waiting.
    fileprivate var word: ((String) -> NodeFailure)? {
        switch self {
        case .pause: { .pausedElsewhere(name: $0) }
        case .cancel: { .cancelledElsewhere(name: $0) }
        case .resume, .prioritise, .moveToFront, .moveToBack, .limit: nil
        }
    }
}
