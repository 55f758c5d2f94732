import Content
import Wire

/// What the directory said last of a content of which everybody may know: for all its swarms, so that another info-hash costs
/// neither another look nor another list.
struct TrackerContent: Sendable {
    /// Torrents of different names; and of those, how many one member may begin, so that he does not take all.
    static let swarmLimit = 32
    static let swarmsPerMember = 8

    let content: ContentID
    var sources = TrackerSources()
    /// When the directory was asked last, milliseconds, monotonic; and before which changes of the store that was.
    var checked: Int64 = 0
    var epoch = -1
    /// Where its swarms are.
    var swarms: [Int32] = []

    init(content: ContentID) { self.content = content }
}

/// A look of the directory at a content.
struct TrackerLook: Sendable {
    let content: ContentID
    let epoch: Int
    /// Of the content, since the first of the looks that are under way.
    let changes: Int
}

/// Looks that are under way: what changes meanwhile, they may not have seen.
struct TrackerLooks: Sendable {
    private var underWay: [ContentID: (count: Int, changes: Int)] = [:]

    mutating func begin(_ content: ContentID, epoch: Int) -> TrackerLook {
        underWay[content, default: (0, 0)].count += 1
        return TrackerLook(content: content, epoch: epoch, changes: underWay[content]?.changes ?? 0)
    }

    mutating func change(_ content: ContentID) { underWay[content]?.changes += 1 }

    /// False where it was overtaken.
    func isCurrent(_ look: TrackerLook) -> Bool { underWay[look.content]?.changes == look.changes }

    mutating func end(_ look: TrackerLook) {
        guard let (count, changes) = underWay[look.content] else { return }
        underWay[look.content] = count > 1 ? (count - 1, changes) : nil
    }
}
