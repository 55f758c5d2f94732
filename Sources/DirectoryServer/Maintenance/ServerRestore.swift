import CoreFoundation
import Crypto
import Directory
import DirectorySQLite
import Glibc
import SwiftASN1
import X509

/// Puts a backup back, where no server runs.
package enum ServerRestore {
    /// Removes what is half made: the process is about to be ended.
    package static func abandon(in folder: String) { WholeFile.abandon(StateDirectory.databasePath(in: folder)) }

    /// Looks at all of a backup first. What in it does not fit together is no hindrance, and told.
    ///
    /// Killed at any moment, it leaves a folder from which a server starts only when all of it is there: the key goes first and
    /// comes last, and without it no server starts on a database.
    ///
    /// - Parameter replacing: What the folder has is given up.
    package static func put(_ path: String, into folder: String, replacing: Bool) throws(MaintenanceFailure)
        -> ServerCheck.Finding
    {
        let (files, finding) = try look(at: path)
        do {
            let state = try StateDirectory(path: folder)
            defer { state.unlock() }
            let owner = Owner(of: folder)
            owner.take("\(folder)/lock")
            let names = files.keys.sorted()
            for name in names + ["directory.sqlite", StateDirectory.elsewhereName]
            where !replacing && access("\(folder)/\(name)", F_OK) == 0 {
                throw MaintenanceFailure.inUse(path: "\(folder)/\(name)")
            }
            let copy = try WholeFile(state.databasePath)
            do {
                try StoreBackup.extract(path, into: copy.temporary)
                try state.note(databaseElsewhere: nil)
                for leftover in [state.keyPath, "\(state.databasePath)-wal", "\(state.databasePath)-shm"] {
                    guard unlink(leftover) == 0 || errno == ENOENT else {
                        throw StartFailure.file(path: leftover, errno: errno)
                    }
                }
                _ = try copy.finish(replacing: true)
            } catch {
                copy.remove()
                throw error
            }
            owner.take(state.databasePath)
            for name in names.filter({ $0 != "network.key" }) + ["network.key"] {
                try StateFile.create(name, in: folder, files[name] ?? [], owner: owner)
            }
            return finding
        } catch { throw MaintenanceFailure(error, database: path) }
    }

    /// What a backup holds, where all of that is in order.
    package static func look(
        at path: String
    ) throws(MaintenanceFailure) -> (files: [String: [UInt8]], finding: ServerCheck.Finding) {
        do {
            // SQLite tells a file that is not there from one that is damaged by a number alone.
            guard access(path, R_OK) == 0 else {
                throw errno == ENOENT || errno == ENOTDIR
                    ? MaintenanceFailure.noFile(path: path) : .state(.file(path: path, errno: errno))
            }
            guard isFile(path) else { throw MaintenanceFailure.noBackup(path: path) }
            guard let files = try StoreBackup.files(in: path),
                Set(files.keys).isSuperset(of: ServerBackup.required),
                Set(files.keys).isSubset(of: ServerBackup.required + ServerBackup.optional)
            else { throw MaintenanceFailure.noBackup(path: path) }
            let check = try StoreCheck(path: path, isCopy: true)
            let damage = check.damage + keyFaults(files)
            guard damage.isEmpty else { throw MaintenanceFailure.faulty(path: path, faults: damage) }
            return (files, ServerCheck.Finding(faults: check.faults, totals: check.totals))
        } catch {
            switch error as? DirectoryStoreError {
            case .foreign: throw .noBackup(path: path)
            case .corrupt: throw .damaged(path: path)
            default: throw MaintenanceFailure(error, database: path)
            }
        }
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// What is wrong with the network's key and certificate.
    static func keyFaults(_ files: [String: [UInt8]]) -> [String] {
        func text(_ name: String) -> String { String(decoding: files[name] ?? [], as: UTF8.self) }
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: text("network.key")) else {
            return ["network.key does not hold the network's key."]
        }
        guard let certificate = try? Certificate(pemEncoded: text("network.pem")) else {
            return ["network.pem does not hold the network's certificate."]
        }
        return certificate.publicKey == Certificate.PublicKey(key.publicKey)
            ? [] : ["network.pem is not the certificate of network.key."]
    }
}

/// Whose a folder is: what root puts there is to be his, or he could not read it.
struct Owner {
    private let user: uid_t
    private let group: gid_t

    init(of folder: String) {
        var status = stat()
        let isThere = stat(folder, &status) == 0
        user = isThere ? status.st_uid : getuid()
        group = isThere ? status.st_gid : getgid()
    }

    /// As far as this user may give files away.
    func take(_ path: String) { if geteuid() == 0 { _ = lchown(path, user, group) } }
}
