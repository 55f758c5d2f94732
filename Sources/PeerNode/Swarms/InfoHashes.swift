import Content
import Wire

/// By what peers ask for a content.
enum InfoHashes {
    /// The canonical info-hash of a content in this network, and for each name that of the torrent which `export` writes
    /// under it. None for the empty content, which nobody fetches; of a folder there is the canonical one only.
    static func of(
        _ content: ContentID, named names: some Sequence<FileName>, certificate: [UInt8]
    ) -> Set<TruncatedInfoHash> {
        guard let canonical = canonical(content, certificate: certificate) else { return [] }
        guard content.kind == .file else { return [canonical] }
        let named = names.compactMap { name in
            try? InfoDictionary.single(name: name.bytes, content: content, certificate: certificate)
        }
        return Set([canonical] + named.map(\.infoHash.truncated))
    }

    static func canonical(_ content: ContentID, certificate: [UInt8]) -> TruncatedInfoHash? {
        content.kind == .folder
            ? InfoHash(content.root).truncated
            : InfoDictionary.canonical(content, certificate: certificate)?.infoHash.truncated
    }
}
