import Glibc

/// Where a server's store is a database of many servers, the folder says which: for those who would look for it there.
extension StateDirectory {
    static let elsewhereName = "store"
    /// Bytes.
    private static let elsewhereLimit = 4_096

    /// The address, without a password; nil where the store is the folder's file.
    static func databaseElsewhere(in path: String) throws(StartFailure) -> String? {
        try StateFile.read("\(path)/\(elsewhereName)", limit: elsewhereLimit).map {
            String(String(decoding: $0, as: UTF8.self).prefix { !$0.isNewline })
        }
    }

    func note(databaseElsewhere address: String?) throws(StartFailure) {
        guard try Self.databaseElsewhere(in: path) != address else { return }
        guard let address else {
            let file = "\(path)/\(Self.elsewhereName)"
            guard unlink(file) == 0 || errno == ENOENT else { throw .file(path: file, errno: errno) }
            return
        }
        try StateFile.create(Self.elsewhereName, in: path, Array("\(address)\n".utf8))
    }
}
