import Content

/// Lets one at a time open a content to serve it. Who waits does so no longer than those before him take.
actor Openings {
    /// Who waits, in order; there is an entry while somebody is at work.
    private var waiting: [ContentID: [CheckedContinuation<Void, Never>]] = [:]

    /// Returns when it is the caller's turn, which ends with ``end(_:)``.
    func begin(_ content: ContentID) async {
        guard waiting[content] != nil else {
            waiting[content] = []
            return
        }
        await withCheckedContinuation { waiting[content, default: []].append($0) }
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
