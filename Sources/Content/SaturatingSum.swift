extension Sequence where Element == Int64 {
    /// The sum of sizes that others say, which may be anything from 0 on; the largest number there is where it is more.
    package var saturatingSum: Int64 {
        reduce(0) { sum, next in
            let (whole, isOver) = sum.addingReportingOverflow(next)
            return isOver ? .max : whole
        }
    }
}
