/// The one range of bytes that a request asks for (RFC 9110, section 14.1.2).
enum ByteRange: Hashable {
    case from(Int64)
    /// With the last one.
    case between(Int64, Int64)
    case last(Int64)

    /// Nil for no header, another unit, several ranges, or what makes no sense: all of it is answered then.
    init?(_ header: String?) {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return nil }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else { return nil }
        switch (Self.number(ends[0]), Self.number(ends[1])) {
        case (let first?, let last?) where first <= last: self = .between(first, last)
        case (let first?, nil) where ends[1].isEmpty: self = .from(first)
        case (nil, let count?) where ends[0].isEmpty: self = .last(count)
        default: return nil
        }
    }

    /// Of digits; the largest there is for what is larger, as is no file. Nil for none.
    private static func number(_ digits: Substring) -> Int64? { digits.isEmpty ? nil : Int64(digits) ?? .max }

    /// Nil where there is nothing of it in so many bytes.
    func range(of size: Int64) -> Range<Int64>? {
        let range: Range<Int64> =
            switch self {
            case .from(let first): min(first, size)..<size
            case .between(let first, let last): min(first, size)..<max(min(first, size), min(last, size - 1) + 1)
            case .last(let count): max(0, size - count)..<size
            }
        return range.isEmpty ? nil : range
    }
}
