import Wire

/// The keys by which lists are continued: bytes in the order of the list, which clients give back
/// unread. Nil from a reading means that no list of ours ever gave such a key.
enum Cursor<Position> {
    case start
    case behind(Position)

    init?(_ key: [UInt8], _ read: ([UInt8]) -> Position?) {
        if key.isEmpty {
            self = .start
        } else if let position = read(key) {
            self = .behind(position)
        } else {
            return nil
        }
    }

    var position: Position? {
        switch self {
        case .start: nil
        case .behind(let position): position
        }
    }
}

enum BigEndian {
    static func bytes(_ number: Int64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    /// Nil unless there are 8 bytes.
    static func number(_ bytes: some Collection<UInt8>) -> Int64? {
        guard bytes.count == 8 else { return nil }
        return Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }
}
