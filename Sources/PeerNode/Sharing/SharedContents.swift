import Content
import Library
import Wire

/// Which files can be served from here at this moment, by what peers ask for: a content's canonical
/// info-hash in this network, or that of an exported torrent, which has a published name in it.
struct SharedContents: Sendable {
    let certificate: [UInt8]
    private var files: [FileName: PublishedFile] = [:]
    private var names: [ContentID: Set<FileName>] = [:]
    private var contents: [TruncatedInfoHash: ContentID] = [:]

    init(certificatePEM: String) { certificate = Array(certificatePEM.utf8) }

    var publications: [PublicationID] { files.values.compactMap(\.publication) }
    var all: [PublishedFile] { Array(files.values) }

    subscript(name: FileName) -> PublishedFile? { files[name] }

    /// Files with the content of that info-hash.
    subscript(hash: TruncatedInfoHash) -> [PublishedFile] {
        guard let content = contents[hash] else { return [] }
        return (names[content] ?? []).sorted().compactMap { files[$0] }
    }

    func isShared(_ content: ContentID) -> Bool { names[content] != nil }

    /// Puts a file in the place of an earlier one of its name.
    mutating func insert(_ file: PublishedFile) {
        remove(file.name)
        files[file.name] = file
        names[file.content, default: []].insert(file.name)
        for hash in infoHashes(of: file) { contents[hash] = file.content }
    }

    @discardableResult
    mutating func remove(_ name: FileName) -> PublishedFile? {
        guard let file = files.removeValue(forKey: name) else { return nil }
        names[file.content]?.remove(name)
        for hash in infoHashes(of: file) { contents[hash] = nil }
        if names[file.content]?.isEmpty == true {
            names[file.content] = nil
        } else if let hash = InfoHashes.canonical(file.content, certificate: certificate) {
            contents[hash] = file.content
        }
        return file
    }

    mutating func removeAll() { self = SharedContents(certificate: certificate) }

    private init(certificate: [UInt8]) { self.certificate = certificate }

    /// The two are one where a file is called by its root.
    private func infoHashes(of file: PublishedFile) -> Set<TruncatedInfoHash> {
        InfoHashes.of(file.content, named: CollectionOfOne(file.name), certificate: certificate)
    }
}
