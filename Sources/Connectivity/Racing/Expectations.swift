import Synchronization
package import Wire

/// What members are expected to bring, each by a name that is told to nobody else, for whoever waits for it.
package final class Expectations<Name: Hashable & Sendable, Item: Sendable>: Sendable {
    private struct Expectation {
        let member: UserName
        let items: AsyncStream<Item>.Continuation
    }

    private let bound: Int
    private let expectations = Mutex<[Name: Expectation]>([:])

    /// - Parameter bound: Of what comes by one name and is not looked at yet: the first ones are kept.
    package init(bound: Int) { self.bound = bound }

    /// Runs the body with what comes by the name meanwhile. Of as many names as there are bodies.
    ///
    /// - Parameter leave: Gets what the body has not looked at.
    package func expecting<Result>(
        _ member: UserName, by name: Name, _ body: (AsyncStream<Item>) async -> Result,
        leave: (Item) -> Void = { _ in }
    ) async -> Result {
        let (stream, items) = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .bufferingOldest(bound))
        expectations.withLock { $0[name] = Expectation(member: member, items: items) }
        let result = await body(stream)
        expectations.withLock { $0[name] = nil }
        items.finish()
        for await item in stream { leave(item) }
        return result
    }

    package func member(by name: Name) -> UserName? { expectations.withLock { $0[name]?.member } }

    /// False where nobody waits for it any more, or too much came.
    @discardableResult
    package func deliver(_ item: Item, by name: Name) -> Bool {
        guard let expectation = expectations.withLock({ $0[name] }) else { return false }
        if case .enqueued = expectation.items.yield(item) { return true }
        return false
    }
}
