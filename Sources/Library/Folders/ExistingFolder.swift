package import Content
internal import Glibc

/// What stands under a name where a download would put a folder.
extension ExistingFile {
    /// Compares what is in the folder with what a part of a folder is to be, and where names and sizes are the same
    /// hashes. Throws ``FileFailure`` where it is there but cannot be read, or `CancellationError`.
    package static func compare(
        _ path: String, with part: FolderPart, hasher: FileHasher,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> ExistingFile {
        if part.isFile {
            let content = part.layout.content(of: part.files.lowerBound)
            return try await compare(path, with: content, hasher: hasher, progress: progress)
        }
        let folders = FolderHasher(hasher)
        let place = Folders.resolved(path)
        let listing: FolderListing
        do {
            listing = try await folders.list(place)
        } catch let failure as FileFailure {
            switch failure.reason {
            case .missing: return isEntry(path) ? .different : .absent
            case .isLink, .notAFolder, .serverState, .tooManyFiles, .tooDeep, .pathTooLong, .tooLarge:
                return .different
            default: throw failure
            }
        }
        guard listing.skippedCount == 0, listing.files.count == part.files.count,
            zip(listing.files, part.files).allSatisfy({ file, number in
                file.path == part.place(of: number) && file.stamp.size == part.layout.content(of: number).size
            })
        else { return .different }
        let contents = try await folders.contents(of: listing, in: place, progress: progress)
        return zip(contents, part.files).allSatisfy { $0 == part.layout.content(of: $1) } ? .identical : .different
    }
}
