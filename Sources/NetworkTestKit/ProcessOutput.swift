import NIOCore
import Synchronization
import TestKit

/// What a program wrote to one stream so far, and those who wait for more.
///
/// Memory is bounded: of more than 32 MiB, the front goes.
package final class ProcessOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        /// Before this offset everything was matched.
        var cursor = 0
        var isEnded = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private static let maximumByteCount = 32 << 20
    private let state = Mutex(State())

    func append(_ more: some Sequence<UInt8>) {
        wake { state in
            state.bytes.append(contentsOf: more)
            let excess = state.bytes.count - Self.maximumByteCount
            if excess > 0 {
                state.bytes.removeFirst(excess)
                state.cursor = max(0, state.cursor - excess)
            }
        }
    }

    func end() { wake { $0.isEnded = true } }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// All of it, whether matched or not.
    package var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }
    package var bytes: [UInt8] { state.withLock { $0.bytes } }
    package var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Waits until what was not matched yet contains `text`; gives all up to and with it, which counts as
    /// matched from now on. One waits at a time.
    ///
    /// - Throws: `TestKitError.timedOut` with what was there instead, also where the stream ended.
    @discardableResult
    package func expect(_ text: String, within limit: Duration = .seconds(10)) async throws -> String {
        let wanted = Array(text.utf8)
        return try await wait(within: limit, for: "“\(text)”") { state in
            guard let found = firstRange(of: wanted, in: state.bytes, from: state.cursor) else { return nil }
            defer { state.cursor = found.upperBound }
            return String(decoding: state.bytes[state.cursor..<found.upperBound], as: UTF8.self)
        }
    }

    /// Waits until the stream has ended, and gives all that was not matched yet.
    @discardableResult
    package func expectEnd(within limit: Duration = .seconds(10)) async throws -> String {
        try await wait(within: limit, for: "the end") { state in
            guard state.isEnded else { return nil }
            defer { state.cursor = state.bytes.count }
            return String(decoding: state.bytes[state.cursor...], as: UTF8.self)
        }
    }

    private func wait(
        within limit: Duration, for what: String, _ match: @Sendable (inout State) -> String?
    ) async throws -> String {
        let deadline = ContinuousClock.now + limit
        while true {
            let (found, count, isEnded) = state.withLock { (match(&$0), $0.bytes.count, $0.isEnded) }
            if let found { return found }
            guard !isEnded, ContinuousClock.now < deadline else {
                throw TestKitError.timedOut("awaited \(what); there is: \(rest)")
            }
            await change(from: count, until: deadline)
        }
    }

    private var rest: String { state.withLock { String(decoding: $0.bytes[$0.cursor...], as: UTF8.self) } }

    /// Returns when there are not `count` bytes any more, the stream ended, or the time is up.
    private func change(from count: Int, until deadline: ContinuousClock.Instant) async {
        await withTaskGroup { group in
            group.addTask {
                await withCheckedContinuation { continuation in
                    let isLate = self.state.withLock { state in
                        guard state.waiter == nil, state.bytes.count == count, !state.isEnded else { return true }
                        state.waiter = continuation
                        return false
                    }
                    if isLate { continuation.resume() }
                }
            }
            group.addTask {
                try? await Task.sleep(until: deadline, clock: .continuous)
                self.wake { _ in }
            }
            await group.next()
            group.cancelAll()
        }
    }
}

private func firstRange(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Range<Int>? {
    guard wanted.count <= bytes.count - start else { return nil }
    guard !wanted.isEmpty else { return start..<start }
    for offset in start...(bytes.count - wanted.count) where bytes[offset] == wanted[0] {
        if bytes[offset..<offset + wanted.count].elementsEqual(wanted) { return offset..<offset + wanted.count }
    }
    return nil
}

/// Hands what a pipe brings to a ``ProcessOutput``.
final class OutputCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let output: ProcessOutput

    init(_ output: ProcessOutput) { self.output = output }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        output.append(unwrapInboundIn(data).readableBytesView)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { output.end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) { output.end() }

    /// Reading a pseudo-terminal whose program has ended is an error (EIO): it is the end.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        output.end()
        context.close(promise: nil)
    }
}
