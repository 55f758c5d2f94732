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

    package init(name: FileName, path: String, stamp: FileStamp, content: ContentID, publication: PublicationID? = nil)
    {
        self.name = name
        self.path = path
        self.stamp = stamp
        self.content = content
        self.publication = publication
    }
}
