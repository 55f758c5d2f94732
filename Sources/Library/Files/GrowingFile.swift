internal import Glibc

/// A new file whose bytes come one after the other: under its name when it is whole and synced, and gone where it is
/// let go of before. Calls block.
package final class GrowingFile: Sendable {
    private let folder: Descriptor
    private let name: String
    private let draft: String
    private let file: Descriptor

    /// Throws ``FileFailure/Reason/exists`` where the name is taken.
    ///
    /// - Parameter folder: absolute; made where it is missing in one that is there.
    package init(_ name: String, in folder: String) throws(FileFailure) {
        if !Folders.exists(folder) { try NewFile.makeFolder(folder) }
        self.folder = try Descriptor(folder: folder)
        self.name = name
        guard try !self.folder.exists(name) else { throw FileFailure(.exists, path: "\(folder)/\(name)") }
        draft = HiddenNames.draft()
        file = try Descriptor(draft, in: self.folder, exclusive: true)
    }

    deinit { unlinkat(folder.number, draft, 0) }

    package func write(_ bytes: [UInt8], at offset: Int64) throws(FileFailure) { try file.write(bytes, at: offset) }

    /// Throws ``FileFailure/Reason/exists`` where the name was taken meanwhile.
    package func finish() throws(FileFailure) {
        try file.sync()
        do throws(FileFailure) { try folder.rename(draft, to: name, hardLinks: true) } catch {
            throw FileFailure(error.reason, path: "\(folder.path)/\(name)")
        }
        // Some file systems cannot sync a folder.
        try? folder.sync()
    }

    /// Takes it back after ``finish()``, where it still stands there.
    package func takeBack() {
        if (try? folder.holds(file, as: name)) == true { unlinkat(folder.number, name, 0) }
    }
}
