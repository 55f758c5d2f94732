package import Library
package import Wire

/// What has to be done so that the directory, the record of published files and the files themselves agree.
///
/// The directory's list says what is published; the record says from where; the file says whether it is
/// still that. Publications without a record are another device's and are left alone; records
/// without a publication were withdrawn elsewhere and are dropped.
package struct Reconciliation: Sendable {
    package enum Finding: Hashable, Sendable {
        /// The file is as it was hashed.
        case unchanged
        case changed
        /// There is no such file any more: why, as part of a sentence.
        case gone(String)
        /// Out of reach, on a disk that is away for instance, which is no deletion: why, as part of a sentence.
        case unreachable(String)
    }

    /// Files to serve as they are, with the directory's number.
    package var serve: [PublishedFile] = []
    /// Files of which the directory has another content than the record: publish again.
    package var republish: [PublishedFile] = []
    /// Files that have to be hashed again.
    package var rehash: [PublishedFile] = []
    package var withdraw: [(file: PublishedFile, reason: String)] = []
    /// Files that stay published and are not served.
    package var suspend: [(file: PublishedFile, reason: String)] = []
    package var forget: [FileName] = []

    package init(published: [Publication], files: [PublishedFile], finding: (PublishedFile) -> Finding) {
        let listed = Dictionary(published.filter { $0.parent == nil }.map { ($0.name, $0) }) { first, _ in first }
        for var file in files {
            guard let publication = listed[file.name] else {
                forget.append(file.name)
                continue
            }
            file.publication = publication.id
            switch finding(file) {
            case .unchanged where publication.content == file.content: serve.append(file)
            case .unchanged: republish.append(file)
            case .changed: rehash.append(file)
            case .gone(let reason): withdraw.append((file, reason))
            case .unreachable(let reason): suspend.append((file, reason))
            }
        }
    }
}
