import Glibc

/// Secrets that stand in a file, a line each: nobody else sees them, as he would those of a command line.
enum SecretFile {
    struct Failure: Error {
        let reason: String
    }

    private static let longest = 4_096

    static func lines(_ count: Int, of path: String) throws(Failure) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: longest)
        var length = 0
        while length < bytes.count {
            let taken = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress.map { $0 + length }, $0.count - length)
            }
            guard taken >= 0 else { throw Failure(reason: String(cString: strerror(errno))) }
            if taken == 0 { break }
            length += taken
        }
        let lines = bytes[..<length].split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count >= count else { throw Failure(reason: "it has fewer than \(count) lines") }
        return lines.prefix(count).map { String(decoding: $0, as: UTF8.self) }
    }
}
