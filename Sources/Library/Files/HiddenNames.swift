internal import Content

/// What stands beside a target before it is whole, and is in no publication, is called so.
package enum HiddenNames {
    private enum Ending: String, CaseIterable {
        case part = ".part"
        case record = ".have"
        case gone = ".gone"
        case draft = ".new"

        func ends(_ name: [UInt8]) -> Bool { name.suffix(rawValue.utf8.count).elementsEqual(rawValue.utf8) }
    }

    private static let prefix = ".bittrickle-"

    private static func name(_ hex: String, _ ending: Ending) -> String { prefix + hex + ending.rawValue }

    /// Of what a download fills, a file or a folder.
    static func part(_ key: Hash256) -> String { name(key.hex, .part) }

    /// Of the record of its verified pieces.
    static func record(_ key: Hash256) -> String { name(key.hex, .record) }

    /// Of a partial folder that is being removed.
    static func gone(_ key: Hash256) -> String { name(key.hex, .gone) }

    static func key(ofGone name: [UInt8]) -> Hash256? {
        guard name.starts(with: prefix.utf8), Ending.gone.ends(name) else { return nil }
        let digits = name.dropFirst(prefix.utf8.count).dropLast(Ending.gone.rawValue.utf8.count)
        return Hash256(hex: String(decoding: digits, as: UTF8.self))
    }

    /// Of a new file that is no download: another one each time.
    static func draft() -> String { name((0..<8).map { _ in UInt8.random(in: 0...255) }.hex, .draft) }

    /// Also in capitals, which are the same to some file systems.
    package static func contains(_ name: [UInt8]) -> Bool {
        guard name.first == UInt8(ascii: ".") else { return false }
        let folded = name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return folded.starts(with: prefix.utf8) && Ending.allCases.contains { $0.ends(folded) }
    }
}
