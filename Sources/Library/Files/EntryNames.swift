internal import Glibc

/// Names of a folder's entries are bytes: other programs may make some that are no text.
extension [UInt8] {
    /// Calls the body with the bytes as C has them.
    func withName<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map(body) ?? body("")
        }
    }
}

extension Descriptor {
    /// What is in the folder, in the order of the names' bytes.
    func entryNames() throws(FileFailure) -> [[UInt8]] {
        // The stream takes a descriptor of its own, with a position of its own.
        let copy = try retried(path) { openat(number, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw FileFailure(errno: code, path: path)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw FileFailure(errno: errno, path: path) }
                break
            }
            // The name ends with a zero; the array that C declares is as long as a name may be.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        names.sort { $0.lexicographicallyPrecedes($1) }
        // One that is made anew while the folder is read may come twice.
        var last: [UInt8]?
        return names.filter { name in
            defer { last = name }
            return name != last
        }
    }
}
