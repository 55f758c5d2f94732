import Glibc

/// Local times as the log writes them, `2026-11-23 12:00:00.123`. The calendar is asked once a second.
package struct TimeText: Sendable {
    private var second: Int64 = .min
    private var text = ""

    package init() {}

    /// - Parameter milliseconds: Since 1970.
    package mutating func format(_ milliseconds: Int64) -> String {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        if seconds != second {
            second = seconds
            var time = time_t(seconds)
            var parts = tm()
            localtime_r(&time, &parts)
            text =
                "\(parts.tm_year + 1_900)-\(pad(parts.tm_mon + 1))-\(pad(parts.tm_mday)) "
                + "\(pad(parts.tm_hour)):\(pad(parts.tm_min)):\(pad(parts.tm_sec))"
        }
        let digits = String(rest)
        return "\(text).\(String(repeating: "0", count: max(0, 3 - digits.utf8.count)))\(digits)"
    }

    private func pad(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
