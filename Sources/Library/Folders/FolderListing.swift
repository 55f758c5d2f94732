internal import Content
internal import Glibc

/// What a folder holds that can be published: its regular files, in the order of a file tree (BEP 52).
package struct FolderListing: Sendable {
    package struct File: Sendable {
        /// From the folder's own entries to the file's name.
        package let path: [[UInt8]]
        package let stamp: FileStamp
    }

    /// What is passed over, and why.
    package struct Skipped: Hashable, Sendable {
        package enum Reason: String, Hashable, Sendable {
            case symbolicLink
            /// A pipe, a device or a socket.
            case special
            /// The name is none that other computers could have.
            case badName
            /// A download that is not finished.
            case unfinishedDownload
            /// A folder without files.
            case emptyFolder
            /// What this program keeps for itself, its key among it.
            case ownState
            /// What a server keeps, the network's key among it.
            case serverState
            /// The key of an identity that was written for another program.
            case identityKey
            case unreadable
        }

        /// From the folder on; what is no text is replaced.
        package let path: String
        package let reason: Reason
    }

    /// More is in no info dictionary that peers hand on.
    package struct Limits: Sendable {
        package var files = FileTreeEntry.maximumCount
        /// Of all names together, in bytes.
        package var names = 16 << 20

        package init() {}
    }

    package static let depthLimit = FileTreeEntry.maximumDepth
    /// More of what is skipped is counted only.
    private static let skippedLimit = 1_000

    package private(set) var files: [File] = []
    package private(set) var size: Int64 = 0
    package private(set) var skipped: [Skipped] = []
    /// Of all that is skipped.
    package private(set) var skippedCount = 0
    private var nameLength = 0
    private let ownState: FolderIdentity?
    private let limits: Limits

    /// Looks into the folder and all that are in it. Throws ``FileFailure``, with ``FileFailure/Reason/ownState`` for a
    /// folder in `ownState`, or `CancellationError`. Blocks.
    ///
    /// - Parameter ownState: What is passed over, with all that is in it.
    init(
        of folder: Descriptor, ownState: FolderIdentity? = nil, limits: Limits = Limits(), flag: CancellationFlag
    ) throws {
        self.ownState = ownState
        self.limits = limits
        if let ownState, try ownState.holds(folder) { throw FileFailure(.ownState, path: folder.path) }
        try collect(folder, below: [], flag)
    }

    private mutating func collect(_ folder: Descriptor, below path: [[UInt8]], _ flag: CancellationFlag) throws {
        try flag.check()
        let before = files.count + skippedCount
        let names = try names(in: folder, path)
        if try folder.isServerState(names) {
            guard !path.isEmpty else { throw FileFailure(.serverState, path: folder.path) }
            return skip(path, .serverState)
        }
        let isIdentity = try folder.isIdentity(names)
        for name in names {
            let entry = path + [name]
            var status = stat()
            guard name.withName({ fstatat(folder.number, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
                // What is gone by now was not there.
                if errno != ENOENT { skip(entry, .unreadable) }
                continue
            }
            guard FileTreeEntry.isSafe(name) else {
                skip(entry, .badName)
                continue
            }
            guard !HiddenNames.contains(name) else {
                skip(entry, .unfinishedDownload)
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFREG where isIdentity && name == Descriptor.identityKey: skip(entry, .identityKey)
            case S_IFREG: try add(entry, FileStamp(status), folder)
            case S_IFDIR where ownState == FolderIdentity(status): skip(entry, .ownState)
            case S_IFDIR:
                guard entry.count < Self.depthLimit else { throw FileFailure(.tooDeep, path: folder.path) }
                let inner: Descriptor
                do throws(FileFailure) {
                    inner = try Descriptor(folder: name, in: folder)
                } catch {
                    guard error.reason != .tooManyOpenFiles else { throw error }
                    skip(entry, .unreadable)
                    continue
                }
                try collect(inner, below: entry, flag)
            case S_IFLNK: skip(entry, .symbolicLink)
            default: skip(entry, .special)
            }
        }
        if files.count + skippedCount == before, !path.isEmpty { skip(path, .emptyFolder) }
    }

    private mutating func names(in folder: Descriptor, _ path: [[UInt8]]) throws(FileFailure) -> [[UInt8]] {
        do throws(FileFailure) {
            return try folder.entryNames()
        } catch {
            guard !path.isEmpty, error.reason != .tooManyOpenFiles else { throw error }
            if error.reason != .missing { skip(path, .unreadable) }
            return []
        }
    }

    private mutating func add(_ path: [[UInt8]], _ stamp: FileStamp, _ folder: Descriptor) throws(FileFailure) {
        guard FileTreeEntry.byteCount(of: path) <= FileTreeEntry.maximumPathByteCount else {
            throw FileFailure(.pathTooLong, path: folder.path)
        }
        nameLength += path.last?.count ?? 0
        let (sum, isOver) = size.addingReportingOverflow(stamp.size)
        guard !isOver, sum <= ContentID.maximumSize else { throw FileFailure(.tooLarge, path: folder.path) }
        guard files.count < limits.files, nameLength <= limits.names else {
            throw FileFailure(.tooManyFiles, path: folder.path)
        }
        size = sum
        files.append(File(path: path, stamp: stamp))
    }

    private mutating func skip(_ path: [[UInt8]], _ reason: Skipped.Reason) {
        skippedCount += 1
        guard skipped.count < Self.skippedLimit else { return }
        let text = String(decoding: Array(path.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
        skipped.append(Skipped(path: text, reason: reason))
    }
}
