import Glibc
package import NIOCore

/// Those of Linux for which NIO has no names.
extension NIOBSDSocket.Option {
    /// `SO_REUSEPORT`
    package static let sharesPort = Self(rawValue: SO_REUSEPORT)
    /// `TCP_KEEPIDLE`, `TCP_KEEPINTVL` (both in seconds) and `TCP_KEEPCNT`
    package static let keepAliveIdle = Self(rawValue: TCP_KEEPIDLE)
    package static let keepAliveInterval = Self(rawValue: TCP_KEEPINTVL)
    package static let keepAliveCount = Self(rawValue: TCP_KEEPCNT)
}
