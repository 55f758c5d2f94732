import ArgumentParser
import Terminal

/// A number of bytes, or of bytes a second, as people type them: `25MB`, `1.5 MiB/s`, `none`.
struct ByteLimit: Hashable, Sendable, ExpressibleByArgument {
    /// Nil for no limit.
    let bytes: Int?

    init(_ bytes: Int?) { self.bytes = bytes }

    init?(argument: String) {
        if argument == "none" {
            bytes = nil
            return
        }
        let text = (argument.hasSuffix("/s") ? argument.dropLast(2) : argument[...]).filter { $0 != " " }
        guard let bytes = ByteCountText.parse(text), bytes > 0, bytes <= 1 << 50 else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String {
        guard let bytes else { return "none" }
        guard let unit = ByteCountText.units.first(where: { bytes % $0.factor == 0 }) else { return "\(bytes)" }
        return "\(bytes / unit.factor)\(unit.name)"
    }
}
