import Glibc

/// Where a path leads, on this computer.
package struct RealPath: Hashable, Sendable {
    /// Absolute, without links, `.` and `..` on the way where something is there.
    package let text: String

    /// - Parameter folder: What relative paths start from; absolute.
    package init(_ path: String, in folder: String = "/") {
        let absolute = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        guard let place = realpath(absolute, nil) else {
            text = absolute
            return
        }
        defer { free(place) }
        text = String(cString: place)
    }

    /// Whether the other is this one, or below it.
    package func holds(_ other: RealPath) -> Bool { way(to: other) != nil }

    /// The names on the way down to another; nil where it is neither this one nor below it.
    package func way(to other: RealPath) -> [Substring]? {
        let (here, there) = (text.split(separator: "/"), other.text.split(separator: "/"))
        return there.starts(with: here) ? Array(there.dropFirst(here.count)) : nil
    }
}
