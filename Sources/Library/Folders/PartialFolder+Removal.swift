package import Content

/// Removing partial folders in such a way that it is finished some time, wherever it is interrupted: what is to go is
/// renamed first. Under its new name nobody looks for bytes, and anybody who comes may go on removing.
extension PartialFolder {
    /// Removes what a download may have left that was killed between naming its folder and tidying up, but nothing that
    /// another program is at work on. Blocks.
    package static func removeLeftovers(
        of folder: ContentID, at path: [String], in folderPath: String
    ) throws(FileFailure) {
        let outer = try Descriptor(folder: folderPath)
        let key = key(folder, path)
        var isAny = false
        for name in [HiddenNames.record(key), HiddenNames.part(key), HiddenNames.gone(key)] where !isAny {
            isAny = try outer.exists(name)
        }
        guard isAny else { return }
        let record = try outer.openLocked(HiddenNames.record(key))
        try outer.removePartial(key)
        withExtendedLifetime(record) {}
    }

    /// Finishes what was being removed in a folder when its program was killed. Blocks.
    package static func finishRemovals(in folderPath: String) throws(FileFailure) {
        let outer = try Descriptor(folder: folderPath)
        for name in try outer.entryNames() {
            guard let key = HiddenNames.key(ofGone: name) else { continue }
            // Whoever has the record finishes this himself, or leaves it to the next one who looks.
            if try outer.removeOrphanedRecord(key) { try outer.removeTree(name) }
        }
    }
}

extension Descriptor {
    /// Removes a partial folder, whose record is locked.
    func removePartial(_ key: Hash256) throws(FileFailure) {
        let gone = HiddenNames.gone(key)
        if try exists(HiddenNames.part(key)) {
            try removeTree(gone)
            try renameNew(HiddenNames.part(key), to: gone, in: self)
        }
        try remove(HiddenNames.record(key))
        try removeTree(gone)
    }

    /// The record goes before the folder, so that it is found; one that a new download has by now stays.
    ///
    /// - Returns: Whether there is none any more but a new download's.
    fileprivate func removeOrphanedRecord(_ key: Hash256) throws(FileFailure) -> Bool {
        let name = HiddenNames.record(key)
        guard try !exists(HiddenNames.part(key)), try exists(name) else { return true }
        do throws(FileFailure) {
            let record = try openLocked(name)
            if try !exists(HiddenNames.part(key)) { try remove(name) }
            withExtendedLifetime(record) {}
            return true
        } catch {
            guard error.reason == .inUse else { throw error }
            return false
        }
    }
}
