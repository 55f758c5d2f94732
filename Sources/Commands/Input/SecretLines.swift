import Glibc

/// Secrets that stand in a file, a line each.
enum SecretLines {
    struct Failure: Error {
        /// The file, as somebody named it.
        let place: String
        let reason: String
    }

    struct Found {
        let lines: [String]
        /// Others on this computer can read the file.
        let isOpenToOthers: Bool
    }

    private static let longest = 4_096

    static func read(_ count: Int, from source: SecretSource) throws(Failure) -> Found {
        switch source {
        case .file(let path):
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw failure(path) }
            defer { close(descriptor) }
            return try read(count, descriptor, path)
        case .descriptor(let number): return try read(count, number, "descriptor \(number)")
        }
    }

    private static func read(_ count: Int, _ descriptor: Int32, _ place: String) throws(Failure) -> Found {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw failure(place) }
        let isFile = facts.st_mode & S_IFMT == S_IFREG
        // What follows is another's: one by one, no more is taken than is asked for.
        var bytes: [UInt8] = []
        var (byte, ends): (UInt8, Int) = (0, 0)
        while bytes.count < longest, ends < count {
            let taken = Glibc.read(descriptor, &byte, 1)
            if taken < 0, errno == EINTR { continue }
            guard taken >= 0 else { throw failure(place) }
            if taken == 0 { break }
            bytes.append(byte)
            if byte == 0x0A { ends += 1 }
        }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        // What stands behind the last end of a line is none.
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count >= count else {
            throw Failure(place: place, reason: "it has fewer lines than \(count)")
        }
        let texts = lines.prefix(count).map { String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self) }
        return Found(lines: texts, isOpenToOthers: isFile && facts.st_mode & 0o044 != 0)
    }

    private static func failure(_ place: String) -> Failure {
        Failure(place: place, reason: String(cString: strerror(errno)))
    }
}
