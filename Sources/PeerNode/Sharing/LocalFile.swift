import Library

/// A published file as this device knows it, as against what faces are told of it.
typealias LocalFile = PublishedFile

extension LocalFile {
    /// Whether others get the same from both.
    func isServed(like other: LocalFile) -> Bool {
        name == other.name && path == other.path && stamp == other.stamp && content == other.content
            && publication == other.publication
    }
}
