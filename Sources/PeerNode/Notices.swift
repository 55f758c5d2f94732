import NodeControl

/// What a node says without being asked: bounded, for one reader; when he lags, the oldest are dropped.
struct Notices: Sendable {
    let stream: AsyncStream<NodeNotice>
    private let continuation: AsyncStream<NodeNotice>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256)) }

    func tell(_ notice: NodeNotice) { continuation.yield(notice) }
    func end() { continuation.finish() }
}
