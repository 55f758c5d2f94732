package import Content
package import Wire

/// A file that this member publishes, as it was when it was hashed.
package struct PublishedFile: Hashable, Sendable {
    /// In the network.
    package var name: FileName
    /// Absolute, on this computer.
    package var path: String
    package var stamp: FileStamp
    package var content: ContentID
    /// What the directory calls it; nil until it has said so.
    package var publication: PublicationID?
    /// The content with which the directory listed the name when this device and it last agreed; nil where they
    /// never did.
    package var agreed: ContentID?
    /// What stood here before ``content`` and was put forward since they last agreed: of none of these it is known
    /// whether the directory took it. Where it lists none of the three, another device has published.
    package var offered: Set<ContentID>

    package init(
        name: FileName, path: String, stamp: FileStamp, content: ContentID, publication: PublicationID? = nil,
        agreed: ContentID? = nil, offered: Set<ContentID> = []
    ) {
        self.name = name
        self.path = path
        self.stamp = stamp
        self.content = content
        self.publication = publication
        self.agreed = agreed
        self.offered = offered
    }

    /// Whether this device published the content under this name, or tried to.
    package func wasPutForward(_ content: ContentID) -> Bool { content == agreed || offered.contains(content) }
}
