/// A statement whose parameters have names, `:name`, as PostgreSQL takes it: `$1`.
struct NamedParameters {
    let sql: String
    /// In the order of their numbers.
    let names: [String]

    init(_ text: String) {
        var sql: [UInt8] = []
        var names: [String] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            // Two colons are a cast.
            guard bytes[index] == UInt8(ascii: ":"), index + 1 < bytes.count, Self.isLetter(bytes[index + 1]),
                index == 0 || bytes[index - 1] != UInt8(ascii: ":")
            else {
                sql.append(bytes[index])
                index += 1
                continue
            }
            let end = bytes[(index + 1)...].firstIndex { !Self.isLetter($0) } ?? bytes.count
            let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
            let place = names.firstIndex(of: name) ?? names.count
            if place == names.count { names.append(name) }
            sql += Array("$\(place + 1)".utf8)
            index = end
        }
        self.sql = String(decoding: sql, as: UTF8.self)
        self.names = names
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "_")
    }
}
