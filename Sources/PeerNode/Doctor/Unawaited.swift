/// Runs what may hang where nothing can end it, as in the kernel at a disk that is dead: it is waited for until the limit, then
/// cancelled, and left to itself where it does not heed that.
package func unawaited(after limit: Duration, _ body: @escaping @Sendable () async -> Void) async {
    let (end, sink) = AsyncStream.makeStream(of: Void.self)
    // unstructured: a parent would wait for it
    let work = Task {
        await body()
        sink.finish()
    }
    await withTaskGroup(of: Void.self) { group in
        group.addTask { for await _ in end {} }
        group.addTask { try? await Task.sleep(for: limit) }
        await group.next()
        group.cancelAll()
    }
    work.cancel()
}
