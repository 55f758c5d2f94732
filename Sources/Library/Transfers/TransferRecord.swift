package import Content
package import Wire

/// A download as it outlasts the program: what is fetched, to where, and what its user wants of it.
package struct TransferRecord: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// It goes on whenever there is a place.
        case wanted
        /// The same, and somebody waits for its end who began it: after the end of the program it is his again.
        case awaited
        case paused
        /// The same, and whoever waits for its end has not heard of it: he had no node that could tell him.
        case pausedUnheard
        /// It was cancelled at that time, in milliseconds since 1970, and whoever waits for its end has not heard of it. It is there
        /// for him alone.
        case cancelledUnheard(since: Int64)
        /// Why, in the words of whoever stored it.
        case failed(String)
    }

    /// Under which its user knows it.
    package var number: Int64
    /// Orders those of one priority: the lower, the earlier.
    package var place: Int64
    /// The higher, the earlier.
    package var priority: Int
    package var content: ContentID
    /// The publication through which it is fetched.
    package var origin: PublicationID
    /// Who published it; nil where an earlier version began it.
    package var owner: UserName?
    /// As it is published, or the folder at the top in which it is shared.
    package var name: FileName
    /// In the folder; empty for all of it, and for a file that is at the top.
    package var path: [String]
    /// Of what is at that path, in bytes; nil while it is not known.
    package var partSize: Int64?
    /// Where the file will stand: absolute.
    package var folder: String
    /// What it will be called there.
    package var target: String
    package var state: State
    /// Bytes that were verified when it was stored.
    package var verified: Int64
    /// In bytes a second; nil for no limit.
    package var upward: Int?
    package var downward: Int?

    /// As one asks for it.
    package var text: String { ([name.text] + path).joined(separator: "/") }
    /// Of what is fetched, in bytes; nil while it is not known how large the part is.
    package var size: Int64? { path.isEmpty || content.kind == .file ? content.size : partSize }

    /// Whether both fill one partial file: the same content, or part of it, for the same folder.
    package func sharesPartial(with other: TransferRecord) -> Bool {
        content == other.content && folder == other.folder && (content.kind == .file || path == other.path)
    }

    package init(
        number: Int64, place: Int64, priority: Int, content: ContentID, origin: PublicationID, name: FileName,
        path: [String] = [], partSize: Int64? = nil, folder: String, target: String, state: State = .wanted,
        verified: Int64 = 0, upward: Int? = nil, downward: Int? = nil, owner: UserName? = nil
    ) {
        self.number = number
        self.place = place
        self.priority = priority
        self.content = content
        self.origin = origin
        self.name = name
        self.path = path
        self.partSize = partSize
        self.folder = folder
        self.target = target
        self.state = state
        self.verified = verified
        self.upward = upward
        self.downward = downward
        self.owner = owner
    }
}
