package import Wire

/// Whose request it is: the session that it came in, and from where.
///
/// Who is signed in there is not said here: ``Directory`` knows it by the session.
package struct Caller: Hashable, Sendable {
    package var session: SessionID
    /// 4 or 16 bytes, network order.
    package var address: [UInt8]
    /// UDP.
    package var port: UInt16

    package init(session: SessionID, address: [UInt8], port: UInt16) {
        self.session = session
        self.address = address
        self.port = port
    }

    /// What shares are measured by.
    var origin: Origin { Origin(address: address, port: port) }
}
