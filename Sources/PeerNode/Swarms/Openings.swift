import Content

/// Lets one at a time open a content to serve it. Who waits does so no longer than those before him take; when many wait
/// already, nobody more does.
actor Openings {
    /// Who waits, in order; there is an entry while somebody is at work.
    private var waiting: [ContentID: [CheckedContinuation<Void, Never>]] = [:]

    private static let limit = 64

    /// Returns when it is the caller's turn, which ends with ``end(_:)``. False where there will be none.
    func begin(_ content: ContentID) async -> Bool {
        guard let others = waiting[content] else {
            waiting[content] = []
            return true
        }
        guard others.count < Self.limit else { return false }
        await withCheckedContinuation { waiting[content, default: []].append($0) }
        return true
    }

    func end(_ content: ContentID) {
        guard var rest = waiting[content], !rest.isEmpty else {
            waiting[content] = nil
            return
        }
        let next = rest.removeFirst()
        waiting[content] = rest
        next.resume()
    }
}
