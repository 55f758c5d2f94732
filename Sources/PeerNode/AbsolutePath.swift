import Content
import Glibc

/// Paths that mean the same whatever folder a program is started in later.
enum AbsolutePath {
    /// Below the folder, which is absolute, unless the path is so itself.
    static func of(_ path: String, below folder: String) -> String {
        let joined = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        return "/" + joined.pathParts.filter { $0 != "." }.joined(separator: "/")
    }

    /// Nil where the working folder was removed.
    static func of(_ path: String) -> String? {
        if path.hasPrefix("/") { return of(path, below: "/") }
        return workingFolder.map { of(path, below: $0) }
    }

    private static var workingFolder: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}
