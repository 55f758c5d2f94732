import Content
import Wire

/// Publications in the order in which they were entered, a column for each of their properties.
struct PublicationColumns: Sendable {
    /// Grow from slot to slot.
    private(set) var sequences = NumberColumn()
    private(set) var ids = NumberColumn()
    /// How far what stands at the top above each is from it: 0 at the top, as most are.
    private var ways = NumberColumn()
    private(set) var owners = NumberColumn()
    /// In bytes; -1: not known.
    private(set) var sizes = NumberColumn()
    private(set) var times = NumberColumn()
    /// 0: none.
    private(set) var contents: [UInt64] = []
    /// Where a name begins in ``text``, and its bytes. What follows up to the next one is the name folded, where that is not the
    /// folding of ASCII.
    private(set) var starts: [UInt32] = [0]
    private(set) var lengths: [UInt8] = []
    private(set) var isASCII: [Bool] = []
    private(set) var text: [UInt8] = []

    var count: Int { lengths.count }

    init() {}

    /// For about so many: columns that grow take up to twice of what they need.
    init(capacity: Int, textCapacity: Int) {
        sequences.reserveCapacity(capacity)
        ids.reserveCapacity(capacity)
        ways.reserveCapacity(capacity)
        owners.reserveCapacity(capacity)
        sizes.reserveCapacity(capacity)
        times.reserveCapacity(capacity)
        contents.reserveCapacity(capacity)
        starts.reserveCapacity(capacity + 1)
        lengths.reserveCapacity(capacity)
        isASCII.reserveCapacity(capacity)
        text.reserveCapacity(textCapacity)
    }

    mutating func append(_ publication: IndexedPublication, sequence: Int64) {
        sequences.append(sequence)
        ids.append(publication.id.rawValue)
        ways.append(publication.top.rawValue &- publication.id.rawValue)
        owners.append(publication.owner)
        sizes.append(publication.size ?? -1)
        times.append(publication.time)
        contents.append(publication.content ?? 0)
        let bytes = publication.name.bytes
        lengths.append(UInt8(bytes.count))
        text += bytes
        let isPlain = bytes.allSatisfy { $0 < 0x80 }
        isASCII.append(isPlain)
        if !isPlain {
            let folded = FoldedText.fold(publication.name.text)
            if folded != bytes { text += folded }
        }
        starts.append(UInt32(text.count))
    }

    mutating func append(_ slot: Int, of other: PublicationColumns) {
        sequences.append(other.sequences[slot])
        ids.append(other.ids[slot])
        ways.append(other.ways[slot])
        owners.append(other.owners[slot])
        sizes.append(other.sizes[slot])
        times.append(other.times[slot])
        contents.append(other.contents[slot])
        lengths.append(other.lengths[slot])
        isASCII.append(other.isASCII[slot])
        text += other.text[Int(other.starts[slot])..<Int(other.starts[slot + 1])]
        starts.append(UInt32(text.count))
    }

    mutating func append(_ other: PublicationColumns, but dead: DeadSlots) {
        for slot in 0..<other.count where !dead.contains(slot) { append(slot, of: other) }
    }

    /// For looking at very many, as memory that nobody else counts; not to be kept.
    func withView<Result>(_ body: (ColumnView) throws -> Result) rethrows -> Result {
        try ids.withView { ids in
            try ways.withView { ways in
                try owners.withView { owners in
                    try sizes.withView { sizes in
                        try times.withView { times in
                            try withNames { starts, lengths, isASCII, text in
                                try body(
                                    ColumnView(
                                        ids: ids, ways: ways, owners: owners, sizes: sizes, times: times,
                                        starts: starts, lengths: lengths, isASCII: isASCII, text: text))
                            }
                        }
                    }
                }
            }
        }
    }

    private func withNames<Result>(
        _ body: (
            UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<Bool>,
            UnsafeBufferPointer<UInt8>
        ) throws -> Result
    ) rethrows -> Result {
        try starts.withUnsafeBufferPointer { starts in
            try lengths.withUnsafeBufferPointer { lengths in
                try isASCII.withUnsafeBufferPointer { isASCII in
                    try text.withUnsafeBufferPointer { text in try body(starts, lengths, isASCII, text) }
                }
            }
        }
    }

    /// The id of what stands at the top above it.
    func top(_ slot: Int) -> Int64 { ids[slot] &+ ways[slot] }

    func name(_ slot: Int) -> Range<Int> {
        let start = Int(starts[slot])
        return start..<start + Int(lengths[slot])
    }

    /// As ``ColumnView/eightBytes(of:from:)``.
    func eightBytes(of slot: Int, from position: Int) -> UInt64 {
        text.withUnsafeBytes { $0.eightBytes(of: name(slot), from: position) }
    }

    /// The bytes that a search without regard to case looks at; those of ASCII as they are.
    func folded(_ slot: Int) -> Range<Int> {
        let name = name(slot)
        let end = Int(starts[slot + 1])
        return name.upperBound < end ? name.upperBound..<end : name
    }

    func slots(ownedBy owners: Set<Int64>) -> [Int] {
        self.owners.withView { column in (0..<count).filter { owners.contains(column[$0]) } }
    }

    /// The first slot behind a sequence number.
    func firstSlot(after sequence: Int64) -> Int {
        (0..<count).partitionPoint { sequences[$0] <= sequence }
    }
}

/// The columns of ``PublicationColumns`` while ``PublicationColumns/withView(_:)`` runs.
struct ColumnView {
    let ids: NumberColumn.View
    fileprivate let ways: NumberColumn.View
    let owners: NumberColumn.View
    let sizes: NumberColumn.View
    let times: NumberColumn.View
    let starts: UnsafeBufferPointer<UInt32>
    let lengths: UnsafeBufferPointer<UInt8>
    let isASCII: UnsafeBufferPointer<Bool>
    let text: UnsafeBufferPointer<UInt8>

    /// The id of what stands at the top above it.
    @inline(__always)
    func top(_ slot: Int) -> Int64 { ids[slot] &+ ways[slot] }

    @inline(__always)
    func name(_ slot: Int) -> Range<Int> {
        let start = Int(starts[slot])
        return start..<start + Int(lengths[slot])
    }

    /// Of a name, as a number which compares as they do; zeros behind its end.
    func eightBytes(of slot: Int, from position: Int) -> UInt64 {
        UnsafeRawBufferPointer(text).eightBytes(of: name(slot), from: position)
    }

    /// As ``PublicationColumns/folded(_:)``.
    func folded(_ slot: Int) -> Range<Int> {
        let (start, end) = (Int(starts[slot]) + Int(lengths[slot]), Int(starts[slot + 1]))
        return start < end ? start..<end : name(slot)
    }
}

extension UnsafeRawBufferPointer {
    /// As ``ColumnView/eightBytes(of:from:)``, of the name that stands in a range.
    @inline(__always)
    fileprivate func eightBytes(of name: Range<Int>, from position: Int) -> UInt64 {
        let (start, length) = (name.lowerBound + position, name.count - position)
        guard length > 0 else { return 0 }
        if start + 8 <= count {
            let eight = UInt64(bigEndian: loadUnaligned(fromByteOffset: start, as: UInt64.self))
            return length >= 8 ? eight : eight & ~(UInt64.max >> UInt64(8 * length))
        }
        return (0..<8).reduce(0) { $0 << 8 | ($1 < length ? UInt64(self[start + $1]) : 0) }
    }
}
