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

extension PublicationPosition {
    init(_ publication: Publication) {
        self.init(name: publication.name.text, parent: publication.parent?.rawValue ?? 0)
    }

    /// The name, NUL (which no name holds), the parent.
    var key: [UInt8] { Array(name.utf8) + [0] + BigEndian.bytes(parent) }

    init?(key: [UInt8]) {
        guard key.count > 9, key[key.count - 9] == 0, let parent = BigEndian.number(key.suffix(8)),
            let name = FileName(wire: Array(key.dropLast(9)))
        else { return nil }
        self.init(name: name.text, parent: parent)
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
