package import Content

/// What hashing a file or a folder gave: what it is, and what serving it needs.
package enum HashedContent: Sendable {
    case file(PieceLayer)
    case folder(HashedFolder)

    package var content: ContentID {
        switch self {
        case .file(let layer): layer.content
        case .folder(let folder): folder.content
        }
    }
}
