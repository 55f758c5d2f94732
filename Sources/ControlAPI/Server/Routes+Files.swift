import HTTPTypes
import Hummingbird
import NIOCore
import NodeControl

/// Publications as files for players, also while they come.
///
/// What stands there is anybody's, and it comes from the page's own origin: it is never shown as a page, and nothing in it is run.
extension Routes {
    /// Bytes of one read.
    private static let step = 65_536

    func files(_ router: Router<Context>) {
        router.get("files/**") { request, _ in try await file(request) }
        router.head("files/**") { request, _ in try await head(request) }
    }

    /// What GET would say before the bytes (RFC 9110, section 9.3.2). A range is for GET alone (section 14.2).
    private func head(_ request: Request) async throws -> Response {
        let stream = try await opened(request)
        await stream.close()
        var headers = MediaType.headers(of: stream.name)
        headers[.contentLength] = "\(stream.size)"
        return Response(status: .ok, headers: headers)
    }

    private func opened(_ request: Request) async throws -> any FileStream {
        let path = request.uri.path
        guard path.hasPrefix("/files/"), let name = PercentEncoding.decode(path.dropFirst("/files/".count)),
            !name.isEmpty
        else {
            throw HTTPError(.badRequest, message: "the path is not well-formed")
        }
        return try await node.open(name: name, directory: configuration.downloads())
    }

    private func file(_ request: Request) async throws -> Response {
        let stream = try await opened(request)
        var headers = MediaType.headers(of: stream.name)
        headers[.connection] = Answers.lastOfConnection
        let range: Range<Int64>
        let isPart: Bool
        switch ByteRange(request.headers[.range]) {
        case .none:
            range = 0..<stream.size
            isPart = false
        case .some(let asked):
            guard let wanted = asked.range(of: stream.size) else {
                await stream.close()
                headers[.contentRange] = "bytes */\(stream.size)"
                return Response(status: .rangeNotSatisfiable, headers: headers)
            }
            range = wanted
            isPart = true
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(stream.size)"
        }
        return Response(
            status: isPart ? .partialContent : .ok, headers: headers,
            body: ResponseBody(contentLength: Int(range.count)) { writer in
                do {
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        var position = range.lowerBound
                        while position < range.upperBound {
                            let most = Int(min(Int64(Self.step), range.upperBound - position))
                            let bytes = try await stream.read(at: position, upTo: most)
                            guard !bytes.isEmpty else { throw CancellationError() }
                            try await writer.write(ByteBuffer(bytes: bytes))
                            position += Int64(bytes.count)
                        }
                    }
                } catch {
                    // What was promised cannot be kept: the connection ends before its length.
                    await stream.close()
                    throw error
                }
                await stream.close()
                try await writer.finish(nil)
            })
    }
}
