internal import Content
internal import Glibc

/// Files that are made for a user or his other programs: whole under their names or not there, and never in the place
/// of what stands there.
package enum NewFile {
    /// Makes a file in a folder that is there. Throws ``FileFailure``, ``FileFailure/Reason/exists`` where the name is
    /// taken. Blocks.
    ///
    /// - Parameter isPrivate: its user alone may read it.
    package static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool = false) throws(FileFailure) {
        let parts = path.pathParts
        let folder: Descriptor
        do throws(FileFailure) {
            folder = try Descriptor(folder: "/" + parts.dropLast().joined(separator: "/"))
        } catch { throw FileFailure(error.reason, path: path) }
        let draft = HiddenNames.draft()
        do throws(FileFailure) {
            let file = try Descriptor(draft, in: folder, exclusive: true, mode: isPrivate ? 0o600 : 0o666)
            try file.write(bytes, at: 0)
            try file.sync()
            try folder.rename(draft, to: parts.last ?? "", hardLinks: true)
        } catch {
            unlinkat(folder.number, draft, 0)
            throw FileFailure(error.reason, path: path)
        }
        // Some file systems cannot sync a folder.
        try? folder.sync()
    }

    /// Makes folders, where they are missing, at paths of components that are names of files. Below the first, which is
    /// in a folder that is there, no link is followed. Blocks.
    package static func makeFolders(at paths: [[[UInt8]]], in top: String) throws(FileFailure) {
        if mkdir(top, 0o777) != 0, errno != EEXIST { throw FileFailure(errno: errno, path: top) }
        let folder = OpenFolder(try Descriptor(folder: top))
        for path in paths { _ = try folder.folder(path[...], isMade: true) }
    }

    /// Makes a folder in one that is there, for the user alone; one that stands there already is fine. Blocks.
    package static func makeFolder(_ path: String) throws(FileFailure) {
        guard mkdir(path, 0o700) != 0 else { return }
        let code = errno
        guard Folders.exists(path) else { throw FileFailure(errno: code, path: path) }
    }
}
