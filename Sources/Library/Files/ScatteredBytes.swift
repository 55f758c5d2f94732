internal import Glibc

/// Bytes that lie in several places and are meant one after the other.
struct ScatteredBytes {
    private var parts: ArraySlice<UnsafeRawBufferPointer>

    init(_ parts: [UnsafeRawBufferPointer]) { self.parts = parts.filter { !$0.isEmpty }[...] }

    var isEmpty: Bool { parts.isEmpty }

    /// The first so many bytes, or all where there are fewer; afterwards they are no longer here.
    mutating func take(_ count: Int) -> ScatteredBytes {
        var taken: [UnsafeRawBufferPointer] = []
        remove(count) { taken.append($0) }
        return ScatteredBytes(taken)
    }

    /// The same where nobody wants them.
    mutating func removeFirst(_ count: Int) { remove(count) { _ in } }

    private mutating func remove(_ count: Int, _ removed: (UnsafeRawBufferPointer) -> Void) {
        var missing = count
        while missing > 0, let first = parts.first {
            let length = min(missing, first.count)
            removed(UnsafeRawBufferPointer(rebasing: first[..<length]))
            missing -= length
            if length == first.count {
                parts.removeFirst()
            } else {
                parts[parts.startIndex] = UnsafeRawBufferPointer(rebasing: first[length...])
            }
        }
    }

    /// As the system takes them, up to a number of places.
    func vectors(upTo limit: Int) -> [iovec] {
        parts.prefix(limit).map { part in
            iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
        }
    }
}
