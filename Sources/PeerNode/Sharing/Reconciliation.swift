package import Library
package import Wire

/// What has to be done so that the directory, the record of published files and the files themselves agree.
///
/// The directory's list says what is published; the record says from where; the file says whether it is
/// still that. Publications without a record are another device's and are left alone; records
/// without a publication were withdrawn elsewhere and are dropped.
///
/// A member has one device online at a time, so what another one published is seen here at the next login. Where
/// the directory lists a content that is neither the record's, nor the one that was last agreed, nor one that was put
/// forward here since without an answer, another device published it. That was somebody's act, and a file that changed
/// here is none: the other publication stands, whether or not the file changed too, until somebody publishes the file
/// here again.
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
    /// Files that the directory lists as they were before: it could not be told that they changed.
    package var republish: [PublishedFile] = []
    /// Files in whose place another device has published.
    package var superseded: [PublishedFile] = []
    /// Files that have to be hashed again.
    package var rehash: [PublishedFile] = []
    package var withdraw: [(file: PublishedFile, reason: String)] = []
    /// Files that stay published and are not served.
    package var suspend: [(file: PublishedFile, reason: String)] = []
    package var forget: [FileName] = []
    /// Files that the directory lists as the record has them, whatever became of them on the disk.
    package var agreed: [FileName: PublicationID] = [:]

    package init(published: [Publication], files: [PublishedFile], finding: (PublishedFile) -> Finding) {
        let listed = Dictionary(published.filter { $0.parent == nil }.map { ($0.name, $0) }) { first, _ in first }
        for var file in files {
            guard let publication = listed[file.name] else {
                forget.append(file.name)
                continue
            }
            file.publication = publication.id
            let isListed = publication.content == file.content
            if isListed { agreed[file.name] = publication.id }
            guard isListed || publication.content.map(file.wasPutForward) ?? false else {
                superseded.append(file)
                continue
            }
            switch finding(file) {
            case .unchanged: isListed ? serve.append(file) : republish.append(file)
            case .changed: rehash.append(file)
            case .gone(let reason): withdraw.append((file, reason))
            case .unreachable(let reason): suspend.append((file, reason))
            }
        }
    }
}
