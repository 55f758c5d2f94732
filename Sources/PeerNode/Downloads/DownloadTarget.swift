import Content
import Library
import NodeControl
import Wire

/// Where a download's file will stand.
struct DownloadTarget: Hashable, Sendable {
    /// Absolute.
    let folder: String
    let name: String

    var path: String { folder == "/" ? "/\(name)" : "\(folder)/\(name)" }

    /// The output path where one is given, relative to the request's directory; a folder there gets the file
    /// under its published name. The folder is there: only the file in it is made. Its name is none of ``HiddenNames``.
    ///
    /// - Parameter isBegun: whether a folder at the output path is what an earlier request of this kind has begun there.
    @concurrent
    static func of(
        _ request: DownloadRequest, named name: FileName, isBegun: @Sendable (String) -> Bool = { _ in false }
    ) async throws(NodeFailure) -> DownloadTarget {
        let target = try meant(by: request, named: name, isBegun)
        // A stranger who gave a file such a name could give us a record of what was never verified.
        guard !HiddenNames.contains(Array(target.name.utf8)) else {
            throw .unwritable(path: target.path, reason: "names like this one are kept for what is not whole yet")
        }
        if Folders.isMissing(target.folder) { throw .noSuchFolder(path: target.folder) }
        return target
    }

    private static func meant(
        by request: DownloadRequest, named name: FileName, _ isBegun: (String) -> Bool
    ) throws(NodeFailure) -> DownloadTarget {
        guard let directory = AbsolutePath.of(request.directory) else { throw .noSuchFile(path: request.directory) }
        guard let output = request.output, !output.isEmpty else {
            return DownloadTarget(folder: directory, name: name.text)
        }
        let path = AbsolutePath.of(output, below: directory)
        if output.hasSuffix("/") || Folders.exists(path) && !isBegun(path) {
            return DownloadTarget(folder: path, name: name.text)
        }
        let parts = path.pathParts
        guard let last = parts.last, last != ".." else { throw .isDirectory(path: path) }
        return DownloadTarget(folder: "/" + parts.dropLast().joined(separator: "/"), name: String(last))
    }
}
