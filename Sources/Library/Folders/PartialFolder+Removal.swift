package import Content

/// Removing partial folders in such a way that it is finished some time, wherever it is interrupted: what is to go is
/// renamed first. Under its new name nobody looks for bytes, and anybody who comes may go on removing.
extension PartialFolder {
    private static let prefix = ".bittrickle-"
    private static let goneSuffix = ".gone"
    /// What ends names that downloads have for themselves.
    static let suffixes = [".part", ".have", goneSuffix]

    fileprivate static func goneName(_ key: Hash256) -> String { "\(prefix)\(key.hex)\(goneSuffix)" }

    private static func key(ofGone name: [UInt8]) -> Hash256? {
        guard name.starts(with: prefix.utf8), name.suffix(goneSuffix.count).elementsEqual(goneSuffix.utf8) else {
            return nil
        }
        let digits = name.dropFirst(prefix.count).dropLast(goneSuffix.count)
        return Hash256(hex: String(decoding: digits, as: UTF8.self))
    }

    /// Removes what a download may have left that was killed between naming its folder and tidying up, but nothing that
    /// another program is at work on. Blocks.
    package static func removeLeftovers(
        of folder: ContentID, at path: [String], in folderPath: String
    ) throws(FileFailure) {
        let outer = try Descriptor(folder: folderPath)
        let key = key(folder, path)
        var isAny = false
        for name in [recordName(key), dataName(key), goneName(key)] where !isAny { isAny = try outer.exists(name) }
        guard isAny else { return }
        let record = try outer.openLocked(recordName(key))
        try outer.removePartial(key)
        withExtendedLifetime(record) {}
    }

    /// Finishes what was being removed in a folder when its program was killed. Blocks.
    package static func finishRemovals(in folderPath: String) throws(FileFailure) {
        let outer = try Descriptor(folder: folderPath)
        for name in try outer.entryNames() {
            guard let key = key(ofGone: name) else { continue }
            try outer.removeOrphanedRecord(key)
            try outer.removeTree(name)
        }
    }
}

extension Descriptor {
    /// Removes a partial folder, whose record is locked.
    func removePartial(_ key: Hash256) throws(FileFailure) {
        let gone = PartialFolder.goneName(key)
        if try exists(PartialFolder.dataName(key)) {
            try removeTree(gone)
            try renameNew(PartialFolder.dataName(key), to: gone, in: self)
        }
        try remove(PartialFolder.recordName(key))
        try removeTree(gone)
    }

    /// The record goes before the folder, so that it is found; one that a new download has by now stays.
    fileprivate func removeOrphanedRecord(_ key: Hash256) throws(FileFailure) {
        let name = PartialFolder.recordName(key)
        guard try !exists(PartialFolder.dataName(key)), try exists(name) else { return }
        do throws(FileFailure) {
            let record = try openLocked(name)
            if try !exists(PartialFolder.dataName(key)) { try remove(name) }
            withExtendedLifetime(record) {}
        } catch {
            guard error.reason == .inUse else { throw error }
        }
    }
}
