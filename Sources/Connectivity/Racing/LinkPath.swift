/// Which way a link came about.
package enum LinkPath: String, Codable, Hashable, Sendable {
    /// One of the two dialled the other where he listens.
    case direct
    /// Whom we wanted to reach was called, and dialled us.
    case reverse
    /// Both dialled at the same moment, so that the NATs between them opened.
    case punched
    /// A relay carries its bytes, which it cannot read.
    case relayed
}
