package struct PublishedFile: Codable, Hashable, Sendable {
    package var name: String
    /// In bytes; nil while the content is not hashed.
    package var size: Int64?
    /// 64 hexadecimal digits; nil where the file is empty or not hashed.
    package var root: String?
    package var isFolder: Bool
    package var audience: Audience
    /// Where it lies on this computer; nil where it does not, and of what is shared, which has ``ShareStatus/path``.
    package var path: String?

    package init(
        name: String, size: Int64?, root: String?, isFolder: Bool = false, audience: Audience = .everybody,
        path: String? = nil
    ) {
        self.name = name
        self.size = size
        self.root = root
        self.isFolder = isFolder
        self.audience = audience
        self.path = path
    }
}

/// What came of publishing.
package struct Publishing: Codable, Hashable, Sendable {
    package var file: PublishedFile
    /// Nil where it is a file.
    package var folder: FolderContents?
    /// The path of what was published under the same name until now, where it is another one.
    package var replaced: String?

    package init(file: PublishedFile, folder: FolderContents? = nil, replaced: String? = nil) {
        self.file = file
        self.folder = folder
        self.replaced = replaced
    }
}

/// What of a folder was published, and what was not.
package struct FolderContents: Codable, Hashable, Sendable {
    package var fileCount: Int
    package var skipped: [SkippedEntry]
    /// Of all that was skipped, of which only some is named.
    package var skippedCount: Int
    /// Nil where no file is.
    package var hidden: HiddenFiles?

    package init(fileCount: Int, skipped: [SkippedEntry], skippedCount: Int, hidden: HiddenFiles? = nil) {
        self.fileCount = fileCount
        self.skipped = skipped
        self.skippedCount = skippedCount
        self.hidden = hidden
    }
}

/// Files of a folder with a dot before their names, or before that of a folder on the way.
package struct HiddenFiles: Codable, Hashable, Sendable {
    package var count: Int
    /// From the folder on, of some of them: ``namedLimit`` at most.
    package var paths: [String]

    package static let namedLimit = 5

    package init(count: Int, paths: [String]) {
        self.count = count
        self.paths = paths
    }
}

/// Something in a folder that cannot be published.
package struct SkippedEntry: Codable, Hashable, Sendable {
    package enum Reason: String, Codable, Sendable {
        case symbolicLink
        /// A pipe, a device or a socket.
        case special
        /// The name is none that other computers could have.
        case badName
        /// A download that is not finished.
        case unfinishedDownload
        /// A folder without files.
        case emptyFolder
        /// What the program keeps for itself, its key among it.
        case ownState
        /// What a server keeps, the network's key among it.
        case serverState
        /// The key of an identity that was written for another program.
        case identityKey
        case unreadable
    }

    /// From the folder on.
    package var path: String
    package var reason: Reason

    package init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }
}

/// What to download, and to where.
package struct DownloadRequest: Codable, Hashable, Sendable {
    /// A published name, or `name@owner`, or `name#root-prefix`; a published name that looks like one of
    /// these wins over it. Of a folder, also with a path in it behind: `name/inner/file`.
    package var name: String
    /// The final path; nil for the published name, or the last one of a path, in ``directory``.
    package var output: String?
    /// Where a file without ``output`` goes.
    package var directory: String
    /// Whoever asks waits for its end also where it goes on by itself, as nothing goes on when he leaves. Nil: no.
    package var waits: Bool?
    /// It had begun at a node that has ended, and is asked of the next one: what its user did with it between the two holds.
    /// Nil: no.
    package var isContinued: Bool?

    package init(
        name: String, output: String? = nil, directory: String, waits: Bool? = nil, isContinued: Bool? = nil
    ) {
        self.name = name
        self.output = output
        self.directory = directory
        self.waits = waits
        self.isContinued = isContinued
    }
}

package enum DownloadOutcome: Codable, Hashable, Sendable {
    /// Fetched, verified, synced. `name` is the published one, with the path in it where that was asked for; `files` are
    /// those of a folder; `sources` are the members it came from.
    case completed(name: String, path: String, size: Int64, files: Int?, sources: [String])
    /// A file of that name with identical content stood there already; nothing was touched.
    case alreadyThere(path: String)
}

/// A file of a folder that did not come, and why.
package struct MissingFile: Codable, Hashable, Sendable {
    package var name: String
    package var reason: NodeFailure

    package init(name: String, reason: NodeFailure) {
        self.name = name
        self.reason = reason
    }
}

/// Where some work is. Coalesced: a face gets the latest, at most ten a second.
package struct NodeProgress: Codable, Hashable, Sendable {
    package enum Activity: String, Codable, Sendable {
        case hashing
        case downloading
    }
    package var activity: Activity
    package var name: String
    /// Bytes hashed or verified so far, and in all.
    package var done: Int64
    package var total: Int64
    /// Bytes a second over the last seconds; nil while there is nothing to go by.
    package var rate: Double?
    /// Links that deliver; 0 while hashing.
    package var sources: Int
    /// Which ways these came about, each once, the best first.
    package var paths: [LinkKind]
    /// While nothing comes: the first ``mostWaitedFor`` of the members from whom it may come, who are away or let wait;
    /// empty where none is known. Nil while something comes, and in the first seconds of silence.
    package private(set) var waitsFor: [String]?

    private static let mostWaitedFor = 8

    package init(
        activity: Activity, name: String, done: Int64, total: Int64, rate: Double?, sources: Int,
        paths: [LinkKind] = [], waitsFor: [String]? = nil
    ) {
        self.activity = activity
        self.name = name
        self.done = done
        self.total = total
        self.rate = rate
        self.sources = sources
        self.paths = paths
        self.waitsFor = waitsFor.map { Array($0.prefix(Self.mostWaitedFor)) }
    }
}

/// One of several contents that a name stands for.
package struct ContentChoice: Codable, Hashable, Sendable {
    package var size: Int64
    /// 64 hexadecimal digits (zeros for the empty file).
    package var root: String
    package var owners: [String]

    package init(size: Int64, root: String, owners: [String]) {
        self.size = size
        self.root = root
        self.owners = owners
    }
}

/// An owner of a looked-for file from whom it is not to be had.
package struct AbsentOwner: Codable, Hashable, Sendable {
    package var name: String
    /// Milliseconds since 1970; nil where it is not known.
    package var since: Int64?
    /// He is here all the same, and gives nothing of it just now.
    package var isOnline: Bool

    package init(name: String, since: Int64?, isOnline: Bool = false) {
        self.name = name
        self.since = since
        self.isOnline = isOnline
    }
}
