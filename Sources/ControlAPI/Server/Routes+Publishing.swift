import Hummingbird
import NIOCore
import NodeControl

extension Routes {
    func publishing(_ api: RouterGroup<Context>) {
        api.get("published") { _, _ in try await answer { PublishedBody(published: try await node.published()) } }
        api.post("published") { request, _ in
            var request = request
            let offer = try await body(OfferBody.self, &request)
            let path = try LocalPath.checked(offer.path)
            return lines(request) { progress throws(NodeFailure) in
                try await node.publish(path: path, to: offer.audience, progress: progress)
            }
        }
        api.delete("published/{name}") { _, context in
            let name = try part("name", context)
            return try await perform { try await node.unpublish(name: name) }
        }
        api.put("published/{name}/audience") { request, context in
            var request = request
            let name = try part("name", context)
            let audience = try await body(Audience.self, &request)
            return try await perform { try await node.show(name: name, to: audience) }
        }
        api.get("shares") { _, _ in try await answer { SharesBody(shares: try await node.shares()) } }
        api.post("shares") { request, _ in
            var request = request
            let offer = try await body(OfferBody.self, &request)
            let path = try LocalPath.checked(offer.path)
            return try await perform { try await node.share(path: path, to: offer.audience) }
        }
        api.delete("shares") { request, _ in
            let path = try query("path", request)
            // A name in the network, where it is no path.
            return try await perform {
                try await node.unshare(path: path.contains("/") ? LocalPath.checked(path) : path)
            }
        }
        api.get("cautions") { request, _ in
            let place = RealPath(try LocalPath.checked(try query("path", request)))
            return try await answer {
                CautionsBody(
                    place: place.text, caution: await PathCaution.of(place, home: configuration.home),
                    unlocked: UnlockedFiles.at(place, try await node.shares(), try await node.published()))
            }
        }
        api.put("uploads/{name}") { request, context in
            let name = try part("name", context)
            let audience = try audience(request)
            return try await answer {
                try await node.upload(
                    request.body.map { Array($0.readableBytesView) }, as: name, in: configuration.downloads(),
                    to: audience)
            }
        }
    }

    /// For whom a body of bytes is: `to`, once for each reader, and `locked`. Nil where nothing is said of it.
    private func audience(_ request: Request) throws -> Audience? {
        let readers = try queries("to", request)
        let isLocked: Bool
        switch try optionalQuery("locked", request) {
        case nil, "false": isLocked = false
        case "true": isLocked = true
        default: throw HTTPError(.badRequest, message: "locked is true or false")
        }
        return readers.isEmpty && !isLocked ? nil : .only(readers, isListed: isLocked)
    }
}
