package import Content

/// Cuts what a client asks for many of into requests that each fit a datagram, as do their answers.
package enum Batches {
    /// So many results fit one answer.
    package static let draftLimit = 24

    package static func publish(_ drafts: [PublicationDraft]) -> [DirectoryRequest] {
        cut(drafts, atMost: draftLimit, DirectoryRequest.publish)
    }

    package static func unpublish(_ names: [FileName]) -> [DirectoryRequest] {
        cut(names, DirectoryRequest.unpublish)
    }

    package static func serve(add: [PublicationID], remove: [PublicationID] = []) -> [DirectoryRequest] {
        cut(add) { .serve(add: $0, remove: []) } + cut(remove) { .serve(add: [], remove: $0) }
    }

    package static func hold(add: [HolderEntry], remove: [ContentID] = []) -> [DirectoryRequest] {
        cut(add) { .hold(add: $0, remove: []) } + cut(remove) { .hold(add: [], remove: $0) }
    }

    package static func arrange(_ arrangements: [Arrangement]) -> [DirectoryRequest] {
        cut(arrangements, DirectoryRequest.arrange)
    }

    package static func withdraw(_ ids: [PublicationID]) -> [DirectoryRequest] {
        cut(ids, DirectoryRequest.withdraw)
    }

    /// In bytes: what the list itself takes, with the digits by which length prefixes grow.
    private static let listFrame = 16

    private static func cut<Item>(
        _ items: [Item], atMost limit: Int = .max, _ request: ([Item]) -> DirectoryRequest
    ) -> [DirectoryRequest] {
        func byteCount(_ items: [Item]) -> Int {
            DirectoryMessage.request(TransactionID(rawValue: 0), request(items)).encoded.count
        }
        let empty = byteCount([]) + listFrame
        var requests: [DirectoryRequest] = []
        var batch: [Item] = []
        var total = empty
        for item in items {
            let added = byteCount([item, item]) - byteCount([item])
            if !batch.isEmpty, total + added > DirectoryMessage.maximumPlaintext || batch.count == limit {
                requests.append(request(batch))
                batch = []
                total = empty
            }
            batch.append(item)
            total += added
        }
        if !batch.isEmpty { requests.append(request(batch)) }
        return requests
    }
}
