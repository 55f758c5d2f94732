internal import Content

/// Which pieces of a partial file are verified, as it stands beside the file.
///
/// Two copies, each in pages of its own, so that writing one never tears the other:
/// - *synced*: pieces whose bytes were on the disk before it was written. True after a power failure.
/// - *of this boot*: pieces that were written at all, with the boot's id. True as long as the system has not
///   gone down since, whatever killed the program, and without waiting for the disk.
///
/// Behind them stands how the file was left, if its program ended in order: a stamp of its own page, or of a folder
/// ``LeftFiles``. Where the file has another one now, somebody may have written into it since.
///
/// A copy is, after 8 bytes of magic: root (32), size (8), piece length (8), boot id (16, zero in the synced
/// one), a bit a piece, and the SHA-256 of all that.
struct PartialRecord: Sendable {
    enum Copy: Int { case synced, ofThisBoot }

    private static let magic = Array("BTHAVE1\n".utf8)
    private static let stampMagic = Array("BTLEFT1\n".utf8)
    private static let pageLength = 4_096
    static let bootIDLength = 16

    let content: ContentID
    let geometry: Geometry
    /// 16 bytes, not all zero; nil where the system does not tell: then only synced pieces are recorded.
    let bootID: [UInt8]?
    /// Most significant first, as in a bitfield message.
    private(set) var bits: [UInt8]
    private(set) var count = 0

    init(content: ContentID, geometry: Geometry, bootID: [UInt8]?) {
        self.content = content
        self.geometry = geometry
        self.bootID = bootID
        bits = [UInt8](repeating: 0, count: (geometry.pieceCount + 7) / 8)
    }

    /// Takes what any of the copies vouches for.
    mutating func merge(_ file: [UInt8], _ copies: [Copy] = [.synced, .ofThisBoot]) {
        for copy in copies {
            let start = offset(of: copy)
            guard start < file.count, let header = header(of: copy) else { continue }
            let length = header.count + bits.count
            let slot = file[start...]
            guard slot.count >= length + Hash256.byteCount, slot.starts(with: header) else { continue }
            let checked = slot.prefix(length)
            guard Hash256(slot.dropFirst(length).prefix(Hash256.byteCount)) == Hash256(hashing: checked) else {
                continue
            }
            let given = Array(checked.dropFirst(header.count))
            for piece in geometry.pieces where Self.bit(piece, in: given) { insert(piece) }
        }
    }

    /// True where the piece was not there before.
    @discardableResult
    mutating func insert(_ piece: PieceIndex) -> Bool {
        guard !contains(piece) else { return false }
        bits[piece.value / 8] |= 0x80 >> UInt8(piece.value % 8)
        count += 1
        return true
    }

    mutating func remove(_ piece: PieceIndex) {
        guard contains(piece) else { return }
        bits[piece.value / 8] &= ~(0x80 >> UInt8(piece.value % 8))
        count -= 1
    }

    func contains(_ piece: PieceIndex) -> Bool { Self.bit(piece, in: bits) }

    private static func bit(_ piece: PieceIndex, in bits: [UInt8]) -> Bool {
        bits[piece.value / 8] & 0x80 >> UInt8(piece.value % 8) != 0
    }

    var isComplete: Bool { count == geometry.pieceCount }
    var pieces: [PieceIndex] { geometry.pieces.filter { contains($0) } }

    /// Nil for the copy of this boot where the boot has no id.
    func encoded(_ copy: Copy) -> [UInt8]? {
        guard var bytes = header(of: copy) else { return nil }
        bytes += bits
        bytes += Hash256(hashing: bytes).bytes
        return bytes
    }

    /// In bytes, from the start of the record.
    func offset(of copy: Copy) -> Int {
        let length = Self.magic.count + Hash256.byteCount + 16 + Self.bootIDLength + bits.count + Hash256.byteCount
        return copy.rawValue * ((length + Self.pageLength - 1) / Self.pageLength * Self.pageLength)
    }

    /// In bytes, from the start of the record.
    var stampOffset: Int { 2 * offset(of: .ofThisBoot) }

    /// No record is longer.
    var maximumLength: Int { stampOffset + Self.pageLength }

    /// How the file was left, as it stands at ``stampOffset``.
    func encoded(_ stamp: FileStamp) -> [UInt8] {
        let bytes = Self.stampMagic + content.root.bytes + stamp.bytes
        return bytes + Hash256(hashing: bytes).bytes
    }

    /// Whether the file was left with this stamp.
    func wasLeft(_ stamp: FileStamp, _ file: [UInt8]) -> Bool {
        file.dropFirst(stampOffset).starts(with: encoded(stamp))
    }

    private func header(of copy: Copy) -> [UInt8]? {
        let boot: [UInt8]
        switch copy {
        case .synced: boot = [UInt8](repeating: 0, count: Self.bootIDLength)
        case .ofThisBoot:
            guard let bootID else { return nil }
            boot = bootID
        }
        let numbers = [UInt64(content.size), UInt64(geometry.pieceLength)]
        return Self.magic + content.root.bytes
            + numbers.flatMap(\.bigEndianBytes) + boot
    }
}
