package import Directory

/// Bounds what strangers can make the server log: a refused login costs them next to nothing, and the log a line.
package struct RefusalPacing: Sendable {
    /// Refused logins that are told one by one, each second.
    package static let limit = 20

    private var count = 0

    package init() {}

    /// Whether a notice is to be logged.
    package mutating func admits(_ notice: DirectoryNotice) -> Bool {
        guard case .loginRefused = notice else { return true }
        count += 1
        return count <= Self.limit
    }

    /// A second is over: how many were not told.
    package mutating func nextSecond() -> Int {
        defer { count = 0 }
        return max(0, count - Self.limit)
    }
}
