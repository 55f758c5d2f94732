import Content
import Library
import Wire

/// Where a content lies that is here whole, as far as is known: published, held, or in a folder that is.
struct WhatIsHere: Sendable {
    let sharing: Sharing
    let holdings: Holdings
    let folders: FolderHoldings
    let inner: InnerFiles
    let shares: Shares
    let record: PublishedFiles

    /// A file that has the content.
    struct File: Sendable {
        let path: String
        let stamp: FileStamp
        /// To be told where the file is not that any more.
        let changed: @Sendable () async -> Void
        /// Whether others are still to have it from there.
        let isWanted: @Sendable () async -> Bool
        /// Where another record than that of what is published has it.
        var layer: @Sendable () async -> PieceLayer? = { nil }
    }

    struct Folder: Sendable {
        let path: String
        let hashed: HashedFolder
        let changed: @Sendable () async -> Void
        let isWanted: @Sendable () async -> Bool
    }

    /// - Parameter published: Those that this member publishes.
    func files(of content: ContentID, _ published: [LocalFile]) -> [File] {
        var files = published.map { file in
            File(path: file.path, stamp: file.stamp) { [sharing] in
                await sharing.foundChanged(file)
            } isWanted: { [sharing] in
                await sharing.isShared(content)
            }
        }
        if let file = holdings.file(of: content) {
            files.append(
                File(path: file.path, stamp: file.stamp) { [holdings] in
                    await holdings.drop(content)
                } isWanted: { [holdings] in
                    holdings.file(of: content) != nil
                })
        }
        files += inner.files(of: content).map { file in
            File(path: file.path, stamp: file.stamp, changed: file.changed) { [inner] in
                !inner.files(of: content).isEmpty
            }
        }
        return files
    }

    /// Files of folders that are shared.
    func files(_ shared: [SharedFile]) -> [File] {
        shared.map { file in
            File(path: file.path, stamp: file.stamp) { [shares] in
                await shares.foundChanged(file)
            } isWanted: { [shares] in
                await shares.isThere(file)
            } layer: { [shares] in
                await shares.layer(of: file)
            }
        }
    }

    /// What `open` makes of the first folder of the content that it takes.
    ///
    /// - Parameter published: Those that this member publishes.
    func folder<Opened>(
        of content: ContentID, _ published: [LocalFile], _ open: (Folder) async -> Opened?
    ) async -> Opened? {
        for file in published {
            guard let hashed = try? await record.folder(named: file.name), hashed.content == content else { continue }
            let folder = Folder(path: file.path, hashed: hashed) { [sharing] in
                await sharing.foundChanged(file)
            } isWanted: { [sharing] in
                await sharing.isShared(content)
            }
            if let opened = await open(folder) { return opened }
        }
        for place in folders.whole(of: content) {
            guard let hashed = await folders.folder(at: place) else { continue }
            let folder = Folder(path: place.path, hashed: hashed) { [folders] in
                await folders.drop(place)
            } isWanted: { [folders] in
                folders.isWhole(place)
            }
            if let opened = await open(folder) { return opened }
        }
        return nil
    }
}
