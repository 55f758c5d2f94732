import DirectoryClient
import Library
import Logging
import NodeControl
import Wire

/// From the record to the directory.
extension Shares {
    /// Rows that are told of at once.
    private static let portion = 4_000
    /// Before it is looked whether something is gone or moved.
    private static let portionsAtOnce = 8

    /// Compares the folders with what the directory lists. To be done at every login, and when the directory is back.
    func reconcile() async {
        served = []
        guard !list.isEmpty else { return }
        do {
            let moment = parts.restrictions.moment
            let published = try await parts.client.published().filter(\.isParent)
            // Unless somebody said meanwhile for whom they are.
            let isCurrent = parts.restrictions.moment == moment
            try await parts.restrictions.note(
                published.map { ($0.id, $0.visibility != .everybody) }, asOf: moment)
            let listed = Dictionary(published.map { ($0.id, $0.visibility) }) { first, _ in first }
            for folder in list {
                guard let id = folder.publication else { continue }
                if let visibility = listed[id] {
                    if visibility != folder.visibility, isCurrent {
                        try await parts.folders.note(visibility, of: folder)
                    }
                    continue
                }
                // Somebody withdrew it, or shared or published something else under the name, on another device.
                parts.notices.tell(.superseded(name: folder.name.text, path: folder.path))
                try await parts.folders.remove(folder, watch, isKnown: false)
            }
            try await reload()
            await serve()
        } catch {
            fellBehind(error)
        }
        tells.ring()
    }

    /// What is published stays so, and can be had from here or cannot: the directory is told.
    func setServing(_ isServing: Bool) async {
        self.isServing = isServing
        await serve()
    }

    /// Tells which folders can be had from here: with each, all that is in it.
    func serve() async {
        let present = list.filter { !away.contains($0.number) }.compactMap(\.publication)
        let wanted = isServing ? Set(present) : []
        let all = Set(list.compactMap(\.publication))
        guard wanted != served else { return }
        do {
            try await parts.client.serve(
                add: wanted.subtracting(served).sorted(), remove: all.subtracting(wanted).sorted())
            served = wanted
        } catch {
            fellBehind(error)
        }
    }

    func keepTelling() async {
        for await _ in tells.rings {
            do {
                while try await tellSome() {}
                arrears = Arrears()
                await serve()
            } catch is CancellationError {
                return
            } catch {
                fellBehind(error)
            }
            guard isBehind else { continue }
            isBehind = false
            hashes.ring()
        }
    }

    private func fellBehind(_ error: any Error) {
        arrears.grow()
        parts.logger.warning("The directory does not know all that is shared", metadata: ["reason": "\(error)"])
    }

    /// In this order: a place may have been another one's. False where nothing was left to tell.
    private func tellSome() async throws -> Bool {
        try Task.checkCancellation()
        let folders = parts.folders
        try await tellAnew()
        let gone = try await folders.gone(limit: Self.portion)
        guard gone.isEmpty else {
            try await parts.client.withdraw(gone)
            try await folders.toldGone(gone)
            return true
        }
        let moved = try await folders.moved(limit: Self.portion)
        guard moved.isEmpty else {
            let results = try await parts.client.arrange(moved.map(\.place))
            let done = zip(moved, results).compactMap { $1 ? $0 : nil }
            // Some may have waited for the place of others; where none could go, two may have changed places.
            done.isEmpty ? try await folders.publishAnew(moved) : try await folders.toldMoved(done)
            return true
        }
        let isMore = try await publishSome()
        if !isMore, isTelling {
            try await folders.setTelling(false)
            isTelling = false
        }
        return isMore
    }

    /// Of folders of which a program told when it ended, nobody knows what the directory heard: what is gone since could not
    /// be withdrawn.
    private func tellAnew() async throws {
        for folder in list where interrupted.contains(folder.number) {
            // In this order: one whose number the directory does not know is taken for another device's.
            try await parts.folders.publishAnew(folder)
            try await reload()
            _ = try await parts.client.unpublish([folder.name])
            interrupted.remove(folder.number)
        }
        interrupted = []
    }

    /// Of several portions, each is noted while the directory is told of the next.
    private func publishSome() async throws -> Bool {
        let (client, folders) = (parts.client, parts.folders)
        var drafts = try await folders.unpublished(limit: Self.portion)
        guard !drafts.isEmpty else { return false }
        if !isTelling {
            try await folders.setTelling(true)
            isTelling = true
        }
        var told: [(SharedFolders.Unpublished, PublicationID)] = []
        var refusal: DirectoryRefusal?
        var isTopTold = false
        for number in 1...Self.portionsAtOnce where !drafts.isEmpty && refusal == nil {
            if drafts.count == Self.portion { isBehind = true }
            let isLast = drafts.count < Self.portion || number == Self.portionsAtOnce
            let (some, done) = (drafts, told)
            async let noted: Void = folders.told(done)
            async let results = client.publish(some.map(\.draft))
            async let next = isLast ? [] : folders.unpublished(after: some.last?.entry ?? 0, limit: Self.portion)
            let answers = try await zip(some, results)
            isTopTold = isTopTold || some.contains { $0.draft.parent == nil }
            try await noted
            told = []
            for (draft, result) in answers {
                switch result {
                case .published(let id): told.append((draft, id))
                case .refused(let reason): refusal = refusal ?? reason
                }
            }
            // Before anything of it can be served.
            let tops = told.filter { $0.0.draft.visibility != nil }
            try await parts.restrictions.note(tops.map { ($0.1, $0.0.draft.visibility != .everybody) })
            drafts = try await next
        }
        try await folders.told(told)
        if isTopTold {
            try await reload()
            await serve()
        }
        guard let refusal else { return true }
        if !isRefusalTold {
            isRefusalTold = true
            for folder in list { parts.notices.tell(.notServed(name: folder.name.text, reason: refusal.sentence)) }
            // A parent that the directory does not know any more is told of once more.
            if refusal == .noSuchPublication {
                for folder in list { try await parts.folders.publishAnew(folder) }
                return true
            }
        }
        throw refusal
    }
}
