import Wire

/// Whom we had called and who may come in by himself, by his ``LinkPreface``.
typealias ExpectedLinks = Expectations<LinkPreface, LinkCore>

extension ExpectedLinks {
    /// Connections by one attempt that are not looked at yet: each of the other's ways is one.
    convenience init() { self.init(bound: 16) }

    /// Who comes too late for the body is nobody's: his connection ends.
    func expecting<Result>(
        _ member: UserName, by attempt: AttemptID, _ body: (AsyncStream<LinkCore>) async -> Result
    ) async -> Result {
        await expecting(member, by: LinkPreface(attempt: attempt), body) { LinkCore.cut($0.channel, .closed) }
    }
}
