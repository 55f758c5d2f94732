import NodeControl
import Terminal

/// For whom a publication is holds for that publication: what is in a shared folder as well is to be had by the folder too.
extension CommandRun {
    /// - Parameter path: Of a folder that was just shared.
    func tellWhatIsUnlocked(sharing path: String) async {
        let place = RealPath(path, in: directory)
        guard let share = (try? await node.shares())?.first(where: { RealPath($0.path) == place }),
            let published = try? await node.published()
        else { return }
        tell(published.filter { share.unlocks($0) }, unlockedBy: share)
    }

    /// - Parameter file: It was just published.
    func tellWhatIsUnlocked(publishing file: PublishedFile) async {
        guard !file.audience.isEverybody, let shares = try? await node.shares() else { return }
        for share in shares where share.unlocks(file) { tell([file], unlockedBy: share) }
    }

    private func tell(_ files: [PublishedFile], unlockedBy share: ShareStatus) {
        if !files.isEmpty { voice.warn(Message.unlocked(files, by: share)) }
    }
}

extension ShareStatus {
    /// Whether somebody may have by the folder, in whole or in part, what he may not have as it was published.
    fileprivate func unlocks(_ file: PublishedFile) -> Bool {
        guard let path = file.path, !file.audience.isEverybody,
            audience.isEverybody || !Set(audience.readers).isSubset(of: file.audience.readers)
        else { return false }
        let (folder, place) = (RealPath(self.path), RealPath(path))
        // What is hidden in a folder is not shared with it.
        if let way = folder.way(to: place) { return !way.contains { $0.hasPrefix(".") } }
        return file.isFolder && place.holds(folder)
    }
}

extension Message {
    /// Files named at most.
    private static let mostUnlocked = 5

    fileprivate static func unlocked(_ files: [PublishedFile], by share: ShareStatus) -> String {
        let names = files.prefix(mostUnlocked).map { SafeText($0.shown).text }
        return """
            What is in \(SafeText(share.path)) is for \(SafeText(DialogueLines.audience(share.audience))), with what was \
            published for fewer: \(HumanUnits.list(names, of: files.count)).
            Move that out of the folder, or say for whom it is: share \(SafeText(Quoting.quoted(share.path))) --to NAMES
            """
    }
}
