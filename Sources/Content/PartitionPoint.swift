extension RandomAccessCollection where Index == Int {
    /// Where the elements begin that a condition does not hold for, found by halving: it holds for all in front of them and for
    /// none behind. The end where it holds for all.
    ///
    /// Inlined, as searches call it very often.
    @inlinable @inline(__always)
    package func partitionPoint<Failure: Error>(
        _ isInFront: (Element) throws(Failure) -> Bool
    ) throws(Failure) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if try isInFront(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
