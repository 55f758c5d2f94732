import Crypto
import NIOCore
import Wire

/// Nothing that this entry can make is signed; what is, cannot be changed.
func takeRelayTicket(_ bytes: [UInt8]) {
    let key = P256.Signing.PrivateKey()
    precondition(RelayTicket(sealed: bytes, by: key.publicKey) == nil)
    guard let member = UserName(wire: Array(bytes.prefix(UserName.maximumByteCount))),
        let pair = AttemptID(
            Array((bytes + [UInt8](repeating: 0, count: AttemptID.byteCount)).prefix(AttemptID.byteCount)))
    else { return }
    let ticket = RelayTicket(
        pair: pair, side: bytes.count.isMultiple(of: 2) ? .caller : .called, member: member,
        expiresAt: Int64(bytes.count))
    guard var sealed = try? ticket.sealed(by: key) else { return }
    precondition(sealed.count <= RelayTicket.byteLimit)
    precondition(RelayTicket(sealed: sealed, by: key.publicKey) == ticket)
    sealed[bytes.count % sealed.count] ^= 1
    precondition(RelayTicket(sealed: sealed, by: key.publicKey) == nil)
}

/// What whoever connects to a relay says, and the byte that he hears: the same however it is cut.
func takeRelayHello(_ bytes: [UInt8]) {
    if let status = bytes.first.flatMap(RelayStatus.init(rawValue:)) { precondition(status.rawValue == bytes[0]) }
    var whole = ByteBuffer(bytes: bytes)
    let taken = Result { try RelayHello.decode(&whole) }
    var growing = ByteBuffer()
    var first: Result<RelayHello?, any Error> = .success(nil)
    for byte in bytes {
        growing.writeInteger(byte)
        precondition(growing.readableBytes <= RelayHello.byteLimit)
        first = Result { try RelayHello.decode(&growing) }
        if case .success(nil) = first { continue }
        break
    }
    switch (taken, first) {
    case (.success(let one), .success(let other)):
        precondition(one == other)
        if let one { precondition(bytes.starts(with: one.encoded)) }
    case (.failure, .failure): break
    default: preconditionFailure("it depends on the cut")
    }
}
