import NodeControl

/// A folder gets a content once at a time. What is to stand there under a second name comes when the first one is whole, and is
/// copied. It is known as long as the program runs; afterwards the same request does it.
extension Transfers {
    /// For how many of them there is room, for all transfers together.
    private static let mostTwins = TransferQueue.limit

    func enqueue(_ request: DownloadRequest, after number: Number) throws(NodeFailure) {
        guard let first = queue.items[number], first.wish != .finished else { return again(request) }
        guard !twins[number, default: []].contains(request) else { return }
        guard twins.values.reduce(0, { $0 + $1.count }) < Self.mostTwins else {
            throw .queueFull(limit: Self.mostTwins)
        }
        twins[number, default: []].append(request)
    }

    /// The one that they waited for has ended.
    func release(_ requests: [DownloadRequest], after outcome: TransferJob.Outcome) {
        for request in requests {
            switch outcome {
            case .success: again(request)
            case .failure(let failure): notices.tell(.downloadFailed(name: request.name, failure: failure))
            }
        }
    }

    private func again(_ request: DownloadRequest) {
        begin.yield { [notices] in
            do throws(NodeFailure) {
                do throws(NodeFailure) {
                    _ = try await self.enqueue(request)
                } catch .queuedAlready(let number, _) {
                    // Others that waited, too, were faster.
                    try await self.enqueue(request, after: number)
                }
            } catch {
                notices.tell(.downloadFailed(name: request.name, failure: error))
            }
        }
    }
}
