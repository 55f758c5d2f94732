/// What is looked for: all of it has to hold of what is found.
package struct SearchTerms: Codable, Hashable, Sendable {
    /// Each stands somewhere in the last component of a name, in any order. Without one, every name will do.
    package var words: [String]
    package var ignoresCase: Bool
    /// In bytes; what has no size that is known is not found by one.
    package var leastSize: Int64?
    package var greatestSize: Int64?
    /// Seconds since it was published, at most and at least.
    package var newerThan: Int64?
    package var olderThan: Int64?
    /// Names end in a dot and one of these, without regard to case; empty: in anything.
    package var extensions: [String]
    /// Member name.
    package var owner: String?
    package var order: Order
    package var isReversed: Bool

    package enum Order: String, Codable, Hashable, Sendable, CaseIterable {
        case name
        /// The smallest first.
        case size
        /// The latest first.
        case age
        /// The most active holders first.
        case holders
    }

    package init(
        words: [String], ignoresCase: Bool = false, leastSize: Int64? = nil, greatestSize: Int64? = nil,
        newerThan: Int64? = nil, olderThan: Int64? = nil, extensions: [String] = [], owner: String? = nil,
        order: Order = .name, isReversed: Bool = false
    ) {
        self.words = words
        self.ignoresCase = ignoresCase
        self.leastSize = leastSize
        self.greatestSize = greatestSize
        self.newerThan = newerThan
        self.olderThan = olderThan
        self.extensions = extensions
        self.owner = owner
        self.order = order
        self.isReversed = isReversed
    }

    /// One text, without regard to case.
    package init(text: String) { self.init(words: [text], ignoresCase: true) }

    /// Words at most, and bytes of all together.
    package static let wordLimit = 16
    package static let byteLimit = 255
    /// Extensions at most, and bytes of each.
    package static let extensionLimit = 64
    package static let extensionByteLimit = 16
}

/// Files that are of use for the same, told by how their names end.
package enum FileKind: String, Codable, Hashable, Sendable, CaseIterable {
    case audio, video, picture, document, archive, program

    /// Without the dot.
    package var extensions: [String] {
        switch self {
        case .audio: ["mp3", "flac", "ogg", "opus", "m4a", "aac", "wav", "aiff", "wma", "mka", "m3u"]
        case .video: ["mkv", "mp4", "m4v", "avi", "webm", "mov", "mpg", "mpeg", "ogv", "ts", "wmv", "flv"]
        case .picture: ["jpg", "jpeg", "png", "gif", "webp", "svg", "tif", "tiff", "bmp", "heic", "avif", "raw"]
        case .document:
            [
                "pdf", "epub", "txt", "md", "odt", "doc", "docx", "rtf", "tex", "ods", "xls", "xlsx", "csv", "odp",
                "pptx",
            ]
        case .archive: ["zip", "tar", "gz", "tgz", "xz", "bz2", "zst", "7z", "rar", "iso", "img", "cab"]
        case .program: ["exe", "msi", "deb", "rpm", "appimage", "apk", "dmg", "pkg", "jar", "sh", "flatpak", "snap"]
        }
    }

    /// Those of a kind, or the word itself as an extension, with or without its dot. Nil for what is neither.
    package static func extensions(of word: String) -> [String]? {
        if let kind = FileKind(rawValue: word) { return kind.extensions }
        let ending = word.hasPrefix(".") ? String(word.dropFirst()) : word
        let isPossible =
            (1...SearchTerms.extensionByteLimit).contains(ending.utf8.count)
            && ending.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "/" && $0.value != 0x7F }
        return isPossible ? [ending] : nil
    }
}
