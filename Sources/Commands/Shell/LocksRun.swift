import NodeControl
import Terminal

/// What others have by a folder that is shared, though it was published for fewer.
extension CommandRun {
    /// - Parameter path: Of a folder that was just shared.
    func tellWhatIsUnlocked(sharing path: String) async {
        let place = RealPath(path, in: directory)
        guard let share = (try? await node.shares())?.first(where: { RealPath($0.path) == place }),
            let published = try? await node.published()
        else { return }
        tell(UnlockedFiles.of([share], published))
    }

    /// - Parameter file: It was just published.
    func tellWhatIsUnlocked(publishing file: PublishedFile) async {
        guard !file.audience.isEverybody, let shares = try? await node.shares() else { return }
        tell(UnlockedFiles.of(shares, [file]))
    }

    private func tell(_ unlocked: [UnlockedFiles]) {
        for some in unlocked { voice.warn(Message.unlocked(some.files, by: some.folder)) }
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
