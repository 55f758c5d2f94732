import Content
import Glibc
import Library
import TestKit

enum Files {
    static func bytes(_ count: Int, _ seed: UInt8) -> [UInt8] { (0..<count).map { UInt8($0 % 251) ^ seed } }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TestKitError.system(call: "open", code: errno) }
        defer { close(descriptor) }
        try write(bytes, at: 0, descriptor)
    }

    static func overwrite(_ bytes: [UInt8], at offset: Int, in path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestKitError.system(call: "open", code: errno) }
        defer { close(descriptor) }
        try write(bytes, at: offset, descriptor)
    }

    /// A row of folders that lie in each other, the innermost last. They can be made from one to the next alone.
    static func withFolders(
        _ names: [String], in outermost: String, _ body: (_ innermost: Int32) async throws -> Void
    ) async throws {
        var opened = [open(outermost, O_RDONLY | O_DIRECTORY)]
        defer {
            for (outer, name) in zip(opened, names).reversed() { unlinkat(outer, name, AT_REMOVEDIR) }
            for descriptor in opened { close(descriptor) }
        }
        for name in names {
            guard mkdirat(opened[opened.count - 1], name, 0o755) == 0 else {
                throw TestKitError.system(call: "mkdirat", code: errno)
            }
            opened.append(openat(opened[opened.count - 1], name, O_RDONLY | O_DIRECTORY))
        }
        try await body(opened[opened.count - 1])
    }

    private static func write(_ bytes: [UInt8], at offset: Int, _ descriptor: Int32) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, offset + done) }
            guard count > 0 else { throw TestKitError.system(call: "pwrite", code: errno) }
            done += count
        }
    }

    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestKitError.system(call: "open", code: errno) }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, done) }
            guard count > 0 else { break }
            done += count
        }
        return Array(bytes[..<done])
    }

    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Sets a file's modification time back to what it was: what a program does that hides its writing.
    static func restoreModification(_ path: String, nanoseconds: Int64) {
        let time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        _ = [time, time].withUnsafeBufferPointer { utimensat(AT_FDCWD, path, $0.baseAddress, 0) }
    }
}

extension TemporaryDirectory {
    /// A file, and the folders to it.
    func make(_ file: String, _ bytes: [UInt8]) throws {
        var inner = path
        for component in file.split(separator: "/").dropLast() {
            inner += "/\(component)"
            mkdir(inner, 0o755)
        }
        try Files.write(bytes, to: self.file(file))
    }

    /// A folder of four files: a, b/1, which is empty, b/2 and b.c.
    func makeTree(_ name: String = "f") throws {
        try make("\(name)/b/2", Files.bytes(40_000, 2))
        try make("\(name)/a", Files.bytes(100, 1))
        try make("\(name)/b/1", [])
        try make("\(name)/b.c", Files.bytes(16_384, 3))
    }
}

extension PieceLayer {
    /// Of bytes in memory, at the canonical piece length or another.
    static func of(_ bytes: [UInt8], pieceLength: Int? = nil) throws -> PieceLayer {
        let size = Int64(bytes.count)
        let length = pieceLength ?? Geometry.canonicalPieceLength(for: size)
        guard let geometry = Geometry(size: size, pieceLength: length) else { throw PieceLayerError.pieceLength }
        var hasher = ContentHasher(geometry: geometry)
        try hasher.update(bytes)
        return try hasher.finish()
    }

    /// Whether the bytes of the content hold this piece, rightly.
    func holds(_ piece: PieceIndex, in bytes: [UInt8]) -> Bool {
        let hashes = geometry.blocks(of: piece).map { block in
            let start = Int(geometry.offset(of: block))
            return Hash256(hashing: bytes[start..<start + geometry.length(of: block)])
        }
        return matches(piece, blockHashes: hashes)
    }
}

extension PublishedFiles {
    /// Files alone.
    func store(_ files: [(file: PublishedFile, layer: PieceLayer)]) async throws {
        try await store(files.map { ($0.file, .file($0.layer)) })
    }
}
