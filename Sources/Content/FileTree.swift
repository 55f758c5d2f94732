/// A file of an info dictionary.
package struct FileTreeEntry: Hashable, Sendable {
    /// From the outermost folder to the file's name; every component is UTF-8, not empty, neither `.` nor
    /// `..`, without `/` and NUL, and no longer than file systems have names; all together no longer than a system takes paths.
    package let path: [[UInt8]]
    package let content: ContentID
    /// Padding, or a symbolic link (`attr` of BEP 47): nothing that a folder has as a file.
    package let isNoFile: Bool

    /// A file tree has as many levels at most, with room for what is around it (``Bencode/maximumDepth``), and so many
    /// files: more is not taken from anybody.
    package static let maximumDepth = 48
    package static let maximumCount = 250_000
    /// NAME_MAX of nearly every file system.
    package static let maximumNameByteCount = 255
    /// PATH_MAX of Linux without its NUL, the slashes counted: a file of a longer path can be made, and then no program names it.
    package static let maximumPathByteCount = 4_095

    /// Nil where the path is not fit for a file system, or the content is none of a file.
    package init?(path: [[UInt8]], content: ContentID, isNoFile: Bool = false) {
        guard !path.isEmpty, content.kind == .file, path.allSatisfy(Self.isSafe),
            Self.byteCount(of: path) <= Self.maximumPathByteCount
        else { return nil }
        self.path = path
        self.content = content
        self.isNoFile = isNoFile
    }

    package static func isSafe(_ component: [UInt8]) -> Bool {
        !component.isEmpty && component.count <= maximumNameByteCount && component != Array(".".utf8)
            && component != Array("..".utf8)
            && !component.contains(UInt8(ascii: "/")) && !component.contains(0)
            && String(validating: component, as: UTF8.self) != nil
    }

    /// With a slash between each two.
    package static func byteCount(of path: [[UInt8]]) -> Int { path.reduce(path.count - 1) { $0 + $1.count } }
}

/// `file tree` of BEP 52: dictionaries in dictionaries, where the empty key describes a file.
enum FileTree {
    /// Throws where two files have one path, or one's path goes through the other.
    static func encode(_ files: [FileTreeEntry]) throws(MetainfoError) -> Bencode {
        let sorted = files.sorted { left, right in
            left.path.lexicographicallyPrecedes(right.path) { $0.lexicographicallyPrecedes($1) }
        }
        return .dictionary(try folder(sorted[...], depth: 0))
    }

    private static func folder(
        _ files: ArraySlice<FileTreeEntry>, depth: Int
    ) throws(MetainfoError) -> BencodeDictionary {
        var entries: [BencodeDictionary.Entry] = []
        var rest = files
        while let first = rest.first {
            let name = first.path[depth]
            let group = rest.prefix { $0.path[depth] == name }
            rest = rest.dropFirst(group.count)
            if first.path.count == depth + 1 {
                guard group.count == 1 else { throw .conflictingPaths }
                let leaf = BencodeDictionary(dictionaryLiteral: ("", file(first.content)))
                entries.append(.init(key: name, value: .dictionary(leaf)))
            } else {
                entries.append(.init(key: name, value: .dictionary(try folder(group, depth: depth + 1))))
            }
        }
        guard let dictionary = BencodeDictionary(sorted: entries) else { throw .conflictingPaths }
        return dictionary
    }

    private static func file(_ content: ContentID) -> Bencode {
        .dictionary([
            "length": .integer(content.size),
            "pieces root": content == .empty ? nil : .hash(content.root),
        ])
    }

    /// The files in the order of the tree, which is that of their pieces.
    static func decode(_ tree: Bencode?) throws(MetainfoError) -> [FileTreeEntry] {
        guard let root = tree?.dictionary else { throw .malformed("file tree") }
        var files: [FileTreeEntry] = []
        var folderCount = 0
        try collect(root, below: [], into: &files, &folderCount)
        return files
    }

    /// As deep as bencoding may nest, no deeper, and no more folders than files may be: a few bytes make one.
    private static func collect(
        _ folder: BencodeDictionary, below path: [[UInt8]], into files: inout [FileTreeEntry], _ folderCount: inout Int
    ) throws(MetainfoError) {
        guard path.count < FileTreeEntry.maximumDepth else { throw .malformed("file tree") }
        for entry in folder.entries {
            // A file among siblings, or the tree itself a file: BEP 52 allows neither.
            guard !entry.key.isEmpty, let below = entry.value.dictionary else { throw .malformed("file tree") }
            let path = path + [entry.key]
            if let description = below[bytes: []] {
                guard below.entries.count == 1 else { throw .malformed("file tree") }
                let attributes = description.dictionary?["attr"]?.string ?? []
                guard
                    let file = FileTreeEntry(
                        path: path, content: try content(description),
                        isNoFile: attributes.contains { $0 == UInt8(ascii: "p") || $0 == UInt8(ascii: "l") })
                else { throw .unsafePath }
                guard files.count < FileTreeEntry.maximumCount else { throw .malformed("file tree") }
                files.append(file)
            } else {
                folderCount += 1
                guard folderCount <= FileTreeEntry.maximumCount else { throw .malformed("file tree") }
                try collect(below, below: path, into: &files, &folderCount)
            }
        }
    }

    private static func content(_ description: Bencode) throws(MetainfoError) -> ContentID {
        guard let description = description.dictionary, let length = description["length"]?.integer else {
            throw .malformed("length")
        }
        let root = description["pieces root"]
        guard let hash = root == nil ? .zero : root?.hash, let content = ContentID(root: hash, size: length) else {
            throw .malformed("pieces root")
        }
        return content
    }
}
