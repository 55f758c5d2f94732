package import Content

/// Cuts what a client asks for many of into requests that each fit a datagram, as do their answers.
package enum Batches {
    /// So many results fit one answer.
    package static let draftLimit = 24

    package static func publish(_ drafts: [PublicationDraft]) -> [DirectoryRequest] {
        cut(drafts, atMost: draftLimit, measured, DirectoryRequest.publish)
    }

    package static func unpublish(_ names: [FileName]) -> [DirectoryRequest] {
        cut(names, measured, DirectoryRequest.unpublish)
    }

    package static func serve(add: [PublicationID], remove: [PublicationID] = []) -> [DirectoryRequest] {
        cut(add, ids) { .serve(add: $0, remove: []) } + cut(remove, ids) { .serve(add: [], remove: $0) }
    }

    package static func hold(add: [HolderEntry], remove: [ContentID] = []) -> [DirectoryRequest] {
        cut(add, measured) { .hold(add: $0, remove: []) }
            + cut(remove, contents) { .hold(add: [], remove: $0) }
    }

    package static func arrange(_ arrangements: [Arrangement]) -> [DirectoryRequest] {
        cut(arrangements, measured, DirectoryRequest.arrange)
    }

    package static func withdraw(_ publications: [PublicationID]) -> [DirectoryRequest] {
        cut(publications, ids, DirectoryRequest.withdraw)
    }

    /// In bytes: what the list itself takes, with the digits by which length prefixes grow.
    private static let listFrame = 16

    private static func measured(_ item: some DirectoryField) -> Int { item.field.encoded.count }
    private static func ids(_: PublicationID) -> Int { PublicationID.byteCount }
    private static func contents(_: ContentID) -> Int { ContentID.compactByteCount }

    /// - Parameter measure: The bytes that an item adds to the list.
    private static func cut<Item>(
        _ items: [Item], atMost limit: Int = .max, _ measure: (Item) -> Int, _ request: ([Item]) -> DirectoryRequest
    ) -> [DirectoryRequest] {
        let empty = DirectoryMessage.request(TransactionID(rawValue: 0), request([])).encoded.count + listFrame
        var requests: [DirectoryRequest] = []
        var batch: [Item] = []
        var total = empty
        for item in items {
            let added = measure(item)
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
