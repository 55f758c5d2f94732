import Content
import NodeControl
import Wire

extension PublishedFile {
    init(_ name: String, _ content: ContentID?, for visibility: Visibility = .everybody, at path: String? = nil) {
        self.init(
            name: name, size: content?.size,
            root: content.flatMap { $0 == .empty ? nil : $0.root.hex }, isFolder: content?.kind == .folder,
            audience: Audience(visibility), path: path)
    }
}
