import Crypto
import Directory
import DirectorySQLite
import Glibc
import SwiftASN1
package import Wire
import X509

/// The network's key and certificate, as files: made at the first start, the same ever after.
///
/// The key comes first, then the certificate, then the database; so a first start that was killed is
/// told from a file that was lost: a database without either of the two is never given a new one. A database appears
/// whole, so one that is shorter than any was emptied, by a disk that was full or a restore that failed: it is not taken
/// for a new one, whose network would have forgotten its publications and revocations without a word.
package enum NetworkFiles {
    /// What loading found worth a warning.
    package enum Warning: Hashable, Sendable {
        /// Others could read the key until now.
        case tightened(path: String, mode: UInt32)
    }

    package static func load(_ directory: StateDirectory) throws(StartFailure) -> (key: NetworkKey, warnings: [Warning])
    {
        let size = try StateFile.size(directory.databasePath)
        let loaded = try loadKey(directory, mayCreate: size == nil)
        if let size {
            guard size >= smallestDatabase else { throw .databaseEmptied(path: directory.databasePath) }
        } else {
            try createDatabase(directory)
        }
        return loaded
    }

    /// Key and certificate alone, as a server has them whose database is elsewhere.
    static func loadKey(
        _ directory: StateDirectory, mayCreate: Bool
    ) throws(StartFailure) -> (key: NetworkKey, warnings: [Warning]) {
        let warnings = try tighten(directory.keyPath)
        let key = try loadSigningKey(directory, mayCreate: mayCreate)
        let pem = try loadCertificate(of: key, directory, mayCreate: mayCreate)
        return (NetworkKey(signingKey: key, certificatePEM: pem), warnings)
    }

    /// Bytes of SQLite's smallest page.
    private static let smallestDatabase: Int64 = 512

    private static func createDatabase(_ directory: StateDirectory) throws(StartFailure) {
        do throws(DirectoryStoreError) { try DirectorySQLite.create(path: directory.databasePath) } catch {
            throw .database(path: directory.databasePath, error)
        }
        try StateFile.synchronize(folder: directory.path)
    }

    private static func loadSigningKey(
        _ directory: StateDirectory, mayCreate: Bool
    ) throws(StartFailure) -> P256.Signing.PrivateKey {
        if let bytes = try StateFile.read(directory.keyPath, limit: 4_096) {
            guard let key = try? P256.Signing.PrivateKey(pemRepresentation: String(decoding: bytes, as: UTF8.self))
            else { throw .keyUnreadable(path: directory.keyPath) }
            return key
        }
        guard mayCreate, access(directory.certificatePath, F_OK) != 0 else {
            throw .keyMissing(path: directory.keyPath)
        }
        let key = P256.Signing.PrivateKey()
        try StateFile.create("network.key", in: directory.path, Array((key.pemRepresentation + "\n").utf8))
        return key
    }

    private static func loadCertificate(
        of key: P256.Signing.PrivateKey, _ directory: StateDirectory, mayCreate: Bool
    ) throws(StartFailure) -> String {
        if let bytes = try StateFile.read(directory.certificatePath, limit: 16_384) {
            let pem = String(decoding: bytes, as: UTF8.self)
            guard let certificate = try? Certificate(pemEncoded: pem) else {
                throw .certificateUnreadable(path: directory.certificatePath)
            }
            guard certificate.publicKey == Certificate.PublicKey(key.publicKey) else {
                throw .keyMismatch(keyPath: directory.keyPath, certificatePath: directory.certificatePath)
            }
            return pem
        }
        guard mayCreate else { throw .keyMissing(path: directory.certificatePath) }
        guard let pem = try? NetworkCertificate.make(for: key) else { throw .keyUnreadable(path: directory.keyPath) }
        try StateFile.create("network.pem", in: directory.path, Array(pem.utf8))
        return pem
    }

    private static func tighten(_ path: String) throws(StartFailure) -> [Warning] {
        guard let mode = FileStamp(path: path)?.mode, mode & 0o077 != 0 else { return [] }
        guard chmod(path, 0o600) == 0 else { throw .keyTooOpen(path: path, mode: mode) }
        return [.tightened(path: path, mode: mode)]
    }
}
