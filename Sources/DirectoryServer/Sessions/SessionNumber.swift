import Wire

/// How this server reads its own session ids, which clients take as they are: which loop has the session, where it is
/// there, and 32 bits that no other session of that place had.
///
///     loop (8 bits) ‖ place (24) ‖ random (32)
struct SessionNumber: Sendable {
    static let loopLimit = 1 << 8
    static let placeLimit = 1 << 24

    let loop: Int
    let place: Int

    init(_ id: SessionID) {
        loop = Int(id.rawValue >> 56)
        place = Int(id.rawValue >> 32) & (Self.placeLimit - 1)
    }

    static func fresh(loop: Int, place: Int) -> SessionID {
        SessionID(rawValue: UInt64(loop) << 56 | UInt64(place) << 32 | UInt64(UInt32.random(in: .min ... .max)))
    }
}
