/// Whole numbers most of which are near one another, as those that a store counts up are: each as its distance from the first, in half of
/// its bytes, until one comes that is too far from it. While all are the same they take nothing.
package struct NumberColumn: Sendable {
    private static let reach = UInt32(1) << 31

    package private(set) var count = 0
    private var first: Int64 = 0
    /// Distances from the base; none while all are the same, and none once there is one in ``far``.
    private var near: [UInt32] = []
    private var far: [Int64] = []
    private var capacity = 0

    package init() {}

    private var base: Int64 { first &- Int64(Self.reach) }

    mutating func reserveCapacity(_ capacity: Int) { self.capacity = capacity }

    package mutating func append(_ number: Int64) {
        if count == 0 { first = number }
        defer { count += 1 }
        if near.isEmpty, far.isEmpty {
            guard number != first else { return }
            near.reserveCapacity(max(capacity, count + 1))
            for _ in 0..<count { near.append(Self.reach) }
        }
        if far.isEmpty {
            if let distance = UInt32(exactly: number &- base) { return near.append(distance) }
            far.reserveCapacity(near.capacity)
            for distance in near { far.append(base &+ Int64(distance)) }
            near = []
        }
        far.append(number)
    }

    package subscript(place: Int) -> Int64 {
        if !near.isEmpty { return base &+ Int64(near[place]) }
        return far.isEmpty ? first : far[place]
    }

    /// Of the last one that is this.
    package func lastPlace(of number: Int64) -> Int? {
        if !near.isEmpty { return UInt32(exactly: number &- base).flatMap(near.lastIndex(of:)) }
        guard far.isEmpty else { return far.lastIndex(of: number) }
        return count > 0 && number == first ? count - 1 : nil
    }

    /// For looking at very many, as memory that nobody else counts; not to be kept.
    package func withView<Result>(_ body: (View) throws -> Result) rethrows -> Result {
        try near.withUnsafeBufferPointer { near in
            try far.withUnsafeBufferPointer { far in
                try body(View(first: first, base: base, near: near, far: far))
            }
        }
    }

    package struct View {
        fileprivate let first: Int64
        fileprivate let base: Int64
        fileprivate let near: UnsafeBufferPointer<UInt32>
        fileprivate let far: UnsafeBufferPointer<Int64>

        @inline(__always)
        package subscript(place: Int) -> Int64 {
            if !near.isEmpty { return base &+ Int64(near[place]) }
            return far.isEmpty ? first : far[place]
        }
    }
}
