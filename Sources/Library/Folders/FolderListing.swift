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
            case unreadable
        }

        /// From the folder on; what is no text is replaced.
        package let path: String
        package let reason: Reason
    }

    package static let depthLimit = FileTreeEntry.maximumDepth
    /// Of all names together, in bytes, and of files: more is in no info dictionary that peers hand on.
    static let nameLimit = 16 << 20
    package static let fileLimit = FileTreeEntry.maximumCount
    /// More of what is skipped is counted only.
    private static let skippedLimit = 1_000

    package private(set) var files: [File] = []
    package private(set) var size: Int64 = 0
    package private(set) var skipped: [Skipped] = []
    /// Of all that is skipped.
    package private(set) var skippedCount = 0
    private var nameLength = 0
    private let ownState: FolderIdentity?

    /// Looks into the folder and all that are in it. Throws ``FileFailure``, with ``FileFailure/Reason/ownState`` for a
    /// folder in `ownState`, or `CancellationError`. Blocks.
    ///
    /// - Parameter ownState: What is passed over, with all that is in it.
    init(of folder: Descriptor, ownState: FolderIdentity? = nil, flag: CancellationFlag) throws {
        self.ownState = ownState
        if let ownState, try ownState.holds(folder) { throw FileFailure(.ownState, path: folder.path) }
        try collect(folder, below: [], flag)
    }

    private mutating func collect(_ folder: Descriptor, below path: [[UInt8]], _ flag: CancellationFlag) throws {
        try flag.check()
        let before = files.count + skippedCount
        for name in try names(in: folder, path) {
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
            guard !Self.isUnfinished(name) else {
                skip(entry, .unfinishedDownload)
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFREG: try add(entry, FileStamp(status), folder)
            case S_IFDIR where ownState == FolderIdentity(status): skip(entry, .ownState)
            case S_IFDIR:
                guard entry.count < Self.depthLimit else { throw FileFailure(.tooDeep, path: folder.path) }
                let inner: Descriptor
                do throws(FileFailure) {
                    inner = try Descriptor(folder: String(decoding: name, as: UTF8.self), in: folder)
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
        nameLength += path.last?.count ?? 0
        let (sum, isOver) = size.addingReportingOverflow(stamp.size)
        guard !isOver, sum <= ContentID.maximumSize else { throw FileFailure(.tooLarge, path: folder.path) }
        guard files.count < Self.fileLimit, nameLength <= Self.nameLimit else {
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

    /// What a download has for itself beside its target.
    private static func isUnfinished(_ name: [UInt8]) -> Bool {
        name.starts(with: ".bittrickle-".utf8) && [".part", ".have"].contains { name.suffix(5).elementsEqual($0.utf8) }
    }
}

extension [UInt8] {
    /// Calls the body with the bytes as C has them.
    fileprivate func withName<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map(body) ?? body("")
        }
    }
}

extension Descriptor {
    /// What is in the folder, in the order of the names' bytes.
    func entryNames() throws(FileFailure) -> [[UInt8]] {
        // The stream takes a descriptor of its own, with a position of its own.
        let copy = try retried(path) { openat(number, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw FileFailure(errno: code, path: path)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw FileFailure(errno: errno, path: path) }
                break
            }
            // The name ends with a zero; the array that C declares is as long as a name may be.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
