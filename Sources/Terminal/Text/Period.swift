import Glibc

/// Times as people type and read them.
package enum Period {
    /// `30m`, `12h`, `7d` in milliseconds; nil for anything else.
    package static func milliseconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count > 0 else {
            return nil
        }
        let (milliseconds, isTooLong) = count.multipliedReportingOverflow(by: unit)
        return isTooLong ? nil : milliseconds
    }

    /// In local time, to the minute.
    package static func moment(_ milliseconds: Int64) -> String {
        var time = time_t(milliseconds / 1_000)
        var parts = tm()
        localtime_r(&time, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
    }
}
