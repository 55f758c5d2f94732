import Glibc

/// How much the suite does: a tenth of the full counts by default, all of them in `make test-slow`.
package enum Scale {
    package static let isFull = getenv("BITTRICKLE_TEST_FULL") != nil

    /// The number of repetitions of a test whose full count is `full`.
    package static func count(_ full: Int) -> Int { isFull ? full : max(1, full / 10) }
}
