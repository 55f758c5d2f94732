import Library
import Logging
import NodeControl

/// From the disk to the record.
extension Shares {
    /// What changes together is looked at together: a move is two changes.
    private static let gathering = Duration.milliseconds(150)
    /// Where changes are not told by the system, everything is looked at so often, in intervals of ``Parts/checkInterval``,
    /// but for no more than a fiftieth of the time.
    private static let pollIntervals = 12
    private static let pollShare = 50
    /// Of what is passed over, so much is told of, and so much is named at a time.
    private static let mostOutOfReach = 1_000
    private static let namedOutOfReach = 3

    func follow(_ watch: FolderWatch) async {
        for await _ in watch.signals {
            do { try await Task.sleep(for: Self.gathering) } catch { return }
            if let some = watch.take() { changed.formUnion(some) } else { unknown.formUnion(list.map(\.number)) }
            looks.ring()
        }
    }

    func keepLooking() async {
        for await _ in looks.rings {
            while let (folders, look) = nextLook() {
                for folder in folders { await self.look(at: folder, look) }
            }
            parts.folders.rest()
        }
    }

    private func nextLook() -> (folders: [SharedFolder], look: ShareLook)? {
        let present = list.filter { !away.contains($0.number) }
        if let folder = present.first(where: { unknown.contains($0.number) }) {
            unknown.remove(folder.number)
            return ([folder], .everything)
        }
        guard !changed.isEmpty else { return nil }
        defer { changed = [] }
        return (present, .folders(changed))
    }

    private func look(at folder: SharedFolder, _ look: ShareLook) async {
        let begun = ContinuousClock.now
        let (folders, watch, ownState) = (parts.folders, watch, parts.ownState)
        do {
            order.news()
            let (end, outOfReach) = try await parts.threads.sharing.run { [tells, hashes] flag in
                var outOfReach: [String] = []
                let end = try folders.look(
                    at: folder, look, ownState: ownState, watch: watch, flag: flag,
                    outOfReach: { if outOfReach.count < Self.mostOutOfReach { outOfReach.append($0) } },
                    progress: {
                        tells.ring()
                        hashes.ring()
                    })
                return (end, outOfReach)
            }
            say(outOfReach, in: folder)
            if end == .away { await noteAbsence(of: folder) }
        } catch is CancellationError {
            return
        } catch {
            // It is looked at once more when the system says that something changed, or the program starts anew.
            parts.logger.warning(
                "A shared folder could not be looked at", metadata: ["path": "\(folder.path)", "reason": "\(error)"])
        }
        order.news()
        tells.ring()
        hashes.ring()
        let time = begun.duration(to: .now)
        if look == .everything {
            pollDue = .now + max(parts.checkInterval * Self.pollIntervals, time * Self.pollShare)
        }
    }

    /// Each is said once.
    private func say(_ outOfReach: [String], in folder: SharedFolder) {
        let new = outOfReach.filter { path in
            toldOutOfReach.count < Self.mostOutOfReach && toldOutOfReach.insert("\(folder.path)/\(path)").inserted
        }
        guard !new.isEmpty else { return }
        parts.notices.tell(
            .outOfReach(folder: folder.path, paths: Array(new.prefix(Self.namedOutOfReach)), count: new.count))
    }

    /// A file is not the one that was hashed, or was to be: its folder is looked at.
    func foundChanged(_ file: SharedFile) async {
        guard let folder = try? await parts.folders.parent(of: file) else { return }
        changed.insert(folder)
        looks.ring()
    }

    // MARK: Absence

    func keepChecking() async {
        while true {
            do { try await Task.sleep(for: parts.checkInterval) } catch { return }
            guard !list.isEmpty else { continue }
            await noteAbsences()
            if arrears.isDue(isBack: false) { tells.ring() }
            if watch?.isExhausted ?? true, pollDue <= .now { unknown.formUnion(list.map(\.number)) }
            if !unknown.isDisjoint(with: list.map(\.number)) { looks.ring() }
        }
    }

    /// A folder that is not there was not removed, as far as anybody knows: what is in it stays published, and nobody is
    /// told of it.
    func noteAbsences() async {
        let list = list
        let missing = try? await parts.threads.files.run { _ in
            Set(list.filter { !SharedFolders.isThere($0) }.map(\.number))
        }
        guard let missing, missing != away else { return }
        // What is back may be anything, and is watched by nobody.
        unknown.formUnion(away.subtracting(missing))
        away = missing
        await serve()
    }

    private func noteAbsence(of folder: SharedFolder) async {
        unknown.insert(folder.number)
        guard away.insert(folder.number).inserted else { return }
        await serve()
    }
}
