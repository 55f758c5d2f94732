import Hummingbird
import NodeControl

extension Routes {
    func membership(_ api: RouterGroup<Context>) {
        api.get("status") { _, _ in try await answer { try await status() } }
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
