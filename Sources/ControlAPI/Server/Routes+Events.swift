import HTTPTypes
import Hummingbird
import NIOCore
import NodeControl

/// What happens, as server-sent events: `status` and `transfers` whenever they are other than before, `notice` each.
extension Routes {
    private static let pace = Duration.milliseconds(500)

    func events(_ request: Request) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .connection: Answers.lastOfConnection,
            ],
            body: ResponseBody { writer in
                let (events, continuation) = AsyncStream.makeStream(
                    of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(64))
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            for await notice in node.notices {
                                continuation.yield(try Self.event("notice", notice))
                            }
                        }
                        group.addTask { try await watch(continuation) }
                        for await event in events { try await writer.write(event) }
                        group.cancelAll()
                    }
                }
                try await writer.finish(nil)
            })
    }

    private func watch(_ events: AsyncStream<ByteBuffer>.Continuation) async throws {
        var transfers: TransfersBody?
        var status: (NodeStatus, MemberRole)?
        var quiet = 0
        while !Task.isCancelled {
            let (now, queue) = (try? await self.status(), try? await node.transfers())
            if let now, status?.0 != now.status || status?.1 != now.role {
                status = (now.status, now.role)
                events.yield(try Self.event("status", now))
                quiet = 0
            }
            if let queue = queue.map(TransfersBody.init), queue != transfers {
                transfers = queue
                events.yield(try Self.event("transfers", queue))
                quiet = 0
            }
            // Who is gone without a word is noticed by writing.
            if quiet >= 30 {
                events.yield(ByteBuffer(string: ":\n\n"))
                quiet = 0
            }
            quiet += 1
            try await Task.sleep(for: Self.pace)
        }
    }

    private static func event(_ name: String, _ value: some Encodable) throws -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: \(name)\ndata: ")
        buffer.writeImmutableBuffer(try JSON.encode(value))
        buffer.writeString("\n\n")
        return buffer
    }
}
