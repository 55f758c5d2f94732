import Hummingbird
import NodeControl

extension Routes {
    func downloading(_ api: RouterGroup<Context>) {
        api.post("downloads") { request, _ in
            var request = request
            let wanted = try await body(DownloadRequest.self, &request).checked()
            return lines(request) { progress throws(NodeFailure) in
                try await node.download(wanted, progress: progress)
            }
        }
        api.get("transfers") { _, _ in
            try await answer { TransfersBody(transfers: try await node.transfers()) }
        }
        api.post("transfers") { request, _ in
            var request = request
            let wanted = try await body(QueueBody.self, &request)
            let download = try DownloadRequest(
                name: wanted.name, output: wanted.output, directory: wanted.directory ?? configuration.downloads()
            ).checked()
            return try await answer { TransfersBody(transfers: try await node.enqueue(download)) }
        }
        api.post("transfers/{transfer}") { request, context in
            var request = request
            let change = try await body(TransferChange.self, &request)
            let transfer = try part("transfer", context)
            try change.check()
            return try await answer { try await node.change(transfer: transfer, change) }
        }
        api.get("transfers/{transfer}/pieces") { _, context in
            let transfer = try part("transfer", context)
            return try await answer { try await node.pieces(of: transfer) }
        }
        api.get("limits") { _, _ in try await answer { try await node.limits() } }
        api.put("limits") { request, _ in
            var request = request
            let limits = try await body(NodeLimits.self, &request)
            guard limits.arePossible else { throw HTTPError(.badRequest, message: "a limit is out of its range") }
            return try await perform { try await node.setLimits(limits) }
        }
    }
}

extension DownloadRequest {
    fileprivate func checked() throws -> DownloadRequest {
        _ = try LocalPath.checked(directory)
        if let output, output.utf8.contains(0) { throw HTTPError(.badRequest, message: "output is no path") }
        return self
    }
}

extension TransferChange {
    /// Throws where the node would take it for a fault of ours.
    fileprivate func check() throws {
        guard case .limit(_, let rate?) = self, !NodeLimits.isPossible(rate) else { return }
        throw HTTPError(.badRequest, message: "a limit is out of its range")
    }
}
