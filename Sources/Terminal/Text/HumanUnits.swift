/// Sizes, rates and times as people read them.
package enum HumanUnits {
    /// Bytes in binary units with three significant digits: `0 B`, `999 B`, `1.50 KiB`, `23.4 MiB`, `256 MiB`.
    package static func size(_ bytes: Int64) -> String {
        scaled(bytes, by: 1024, units)
    }

    /// In thousands, as lines are sold and limits are typed: `12.3 MB/s`.
    package static func rate(_ bytesPerSecond: Double) -> String {
        let whole = Int64(exactly: max(0, bytesPerSecond).rounded()) ?? Int64.max
        return "\(scaled(whole, by: 1000, decimalUnits))/s"
    }

    private static func scaled(_ bytes: Int64, by factor: Int64, _ units: [String]) -> String {
        guard bytes >= factor else { return "\(max(0, bytes)) B" }
        var value = Double(bytes)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= Double(factor)
            unit += 1
        }
        let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
        return "\(fixed(value, decimals: decimals)) \(units[unit])"
    }

    /// A time left: `5s`, `2m05s`, `3h07m`, `4d11h`, and `>99d` for what nobody waits for.
    package static func timeLeft(seconds: Double) -> String {
        guard seconds < 99 * 86400 else { return ">99d" }
        let total = Int64(max(0, seconds).rounded(.up))
        switch total {
        case ..<60: return "\(total)s"
        case ..<3600: return "\(total / 60)m\(twoDigits(total % 60))s"
        case ..<86400: return "\(total / 3600)h\(twoDigits(total % 3600 / 60))m"
        default: return "\(total / 86400)d\(twoDigits(total % 86400 / 3600))h"
        }
    }

    /// How long ago something was, in the largest unit that fits: `moments`, `3 minutes`, `1 day`.
    package static func period(milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds / 1000)
        switch seconds {
        case ..<60: return "moments"
        case ..<3600: return counted(seconds / 60, "minute")
        case ..<86400: return counted(seconds / 3600, "hour")
        default: return counted(seconds / 86400, "day")
        }
    }

    /// `1 file`, `2 files`
    package static func counted(_ count: some BinaryInteger, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `a, b, 3 more`
    ///
    /// - Parameter count: of all, of which these are some.
    package static func list(_ named: [String], of count: Int) -> String {
        (named + (count > named.count ? ["\(count - named.count) more"] : [])).joined(separator: ", ")
    }

    private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    private static let decimalUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]

    private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func fixed(_ value: Double, decimals: Int) -> String {
        let scale: Int64 = decimals == 2 ? 100 : decimals == 1 ? 10 : 1
        let scaled = Int64((value * Double(scale)).rounded())
        guard decimals > 0 else { return "\(scaled)" }
        let fraction = scaled % scale
        let padding = decimals == 2 && fraction < 10 ? "0" : ""
        return "\(scaled / scale).\(padding)\(fraction)"
    }
}
