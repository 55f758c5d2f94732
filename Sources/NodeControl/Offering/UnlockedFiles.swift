/// What others have by a folder that is shared with them, though it was published for fewer: for whom a publication is holds for
/// that publication.
package struct UnlockedFiles: Codable, Hashable, Sendable {
    package var folder: ShareStatus
    package var files: [PublishedFile]

    /// - Returns: By folder, without those by which nobody has more than he may.
    package static func of(_ folders: [ShareStatus], _ published: [PublishedFile]) -> [UnlockedFiles] {
        folders.compactMap { folder in
            let files = published.filter { folder.unlocks($0) }
            return files.isEmpty ? nil : UnlockedFiles(folder: folder, files: files)
        }
    }

    /// Those where the folder, or what was published, is at a place.
    package static func at(
        _ place: RealPath, _ folders: [ShareStatus], _ published: [PublishedFile]
    ) -> [UnlockedFiles] {
        let isThere = { (path: String?) in path.map { RealPath($0) == place } ?? false }
        return of(folders.filter { isThere($0.path) }, published)
            + of(folders.filter { !isThere($0.path) }, published.filter { isThere($0.path) })
    }
}

extension ShareStatus {
    /// Whether somebody may have by the folder, in whole or in part, what he may not have as it was published.
    fileprivate func unlocks(_ file: PublishedFile) -> Bool {
        guard let path = file.path, !file.audience.isEverybody,
            audience.isEverybody || !Set(audience.readers).isSubset(of: file.audience.readers)
        else { return false }
        let (folder, place) = (RealPath(self.path), RealPath(path))
        // What is hidden in a folder is not shared with it.
        if let way = folder.way(to: place) { return !way.contains { $0.hasPrefix(".") } }
        return file.isFolder && place.holds(folder)
    }
}
