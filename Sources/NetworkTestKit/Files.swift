package import Content
import Crypto
import FoundationEssentials
import Glibc
import TestKit

/// Files that tests share and compare.
package enum Files {
    /// A file of pseudo-random bytes; the same seed gives the same bytes.
    package static func write(_ path: String, size: Int, seed: UInt64) throws {
        try withFile(path, O_WRONLY | O_CREAT | O_TRUNC) { file in
            var random = SeededRandom(seed: seed)
            var chunk = [UInt64](repeating: 0, count: 1 << 17)
            var left = size
            while left > 0 {
                for position in chunk.indices { chunk[position] = random.next() }
                let count = chunk.withUnsafeBytes { Glibc.write(file, $0.baseAddress, min(left, $0.count)) }
                guard count > 0 else { throw TestKitError.system(call: "write", code: errno) }
                left -= count
            }
        }
    }

    /// A file with a hole for all but its first and last bytes.
    package static func writeSparse(_ path: String, size: Int) throws {
        try withFile(path, O_WRONLY | O_CREAT | O_TRUNC) { file in
            guard pwrite(file, "first", 5, 0) == 5, pwrite(file, "last", 4, size - 4) == 4 else {
                throw TestKitError.system(call: "pwrite", code: errno)
            }
        }
    }

    /// SHA-256 of a file, nil where there is none.
    package static func hash(_ path: String) throws -> Hash256? {
        guard access(path, F_OK) == 0 else { return nil }
        return try withFile(path, O_RDONLY) { file in
            var hasher = SHA256()
            var chunk = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = read(file, &chunk, chunk.count)
                guard count >= 0 else { throw TestKitError.system(call: "read", code: errno) }
                if count == 0 { break }
                chunk.withUnsafeBytes { hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
            return Hash256(hasher.finalize())
        }
    }

    package static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    package static func size(_ path: String) throws -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw TestKitError.system(call: "lstat \(path)", code: errno) }
        return Int(status.st_size)
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func withFile<Result>(_ path: String, _ flags: Int32, _ body: (Int32) throws -> Result) throws
        -> Result
    {
        let file = open(path, flags | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw TestKitError.system(call: "open \(path)", code: errno) }
        defer { close(file) }
        return try body(file)
    }
}
