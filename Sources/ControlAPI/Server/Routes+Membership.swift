import HTTPTypes
import Hummingbird
import NIOCore
import NodeControl

extension Routes {
    func membership(_ api: RouterGroup<Context>) {
        api.get("status") { _, _ in try await answer { try await status() } }
        api.get("attend") { request, _ in attendance(request) }
        api.get("peers") { _, _ in try await answer { PeersBody(peers: try await node.activePeers()) } }
        api.get("links") { _, _ in try await answer { LinksBody(links: try await node.openLinks()) } }
        api.get("peers/{member}/publications") { request, context in
            let member = try part("member", context)
            let folder = try optionalQuery("folder", request)
            return try await answer { try await node.browse(member: member, folder: folder) }
        }
        api.get("listings") { request, _ in
            let terms = try searchTerms(request)
            return try await answer { try await node.listings(matching: terms) }
        }
        api.get("search") { request, _ in
            let terms = try searchTerms(request)
            return try await answer { NamesBody(names: try await node.search(terms)) }
        }
    }

    /// A line at once, and then nothing: who asked is a guest until he hangs up.
    private func attendance(_ request: Request) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain", .connection: Answers.lastOfConnection],
            body: ResponseBody { writer in
                guests.arrive()
                defer { guests.depart() }
                try await writer.write(ByteBuffer(string: "\n"))
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    while true { try await Task.sleep(for: .seconds(3_600)) }
                }
            })
    }

    func status() async throws(NodeFailure) -> StatusBody {
        let status = try await node.status()
        let role = try await node.role()
        return StatusBody(
            member: status.member, server: status.server, at: status.at, fingerprint: status.fingerprint,
            isServerThere: status.isServerThere, port: status.port, proxy: status.proxy,
            version: configuration.version, role: role,
            upMilliseconds: Int64((ContinuousClock.now - began) / .milliseconds(1)),
            downloads: configuration.downloads())
    }
}
