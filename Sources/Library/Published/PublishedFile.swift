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
    /// never did. Where the directory lists neither this one nor ``content``, another device has published.
    package var agreed: ContentID?

    package init(
        name: FileName, path: String, stamp: FileStamp, content: ContentID, publication: PublicationID? = nil,
        agreed: ContentID? = nil
    ) {
        self.name = name
        self.path = path
        self.stamp = stamp
        self.content = content
        self.publication = publication
        self.agreed = agreed
    }
}
