import Glibc
import Synchronization

/// The folder with all that a server keeps: its lock, the network's key and certificate, the database.
///
/// While the value lives and until ``unlock()``, no other server has the folder: the lock is `flock`'s, so that it ends
/// with the process, however that ends.
package final class StateDirectory: Sendable {
    package let path: String
    private let lock: Mutex<Int32?>

    package var keyPath: String { "\(path)/network.key" }
    package var certificatePath: String { "\(path)/network.pem" }
    package var databasePath: String { Self.databasePath(in: path) }
    package var adminSocketPath: String { Self.adminSocketPath(in: path) }

    static func databasePath(in path: String) -> String { "\(path)/directory.sqlite" }

    static func adminSocketPath(in path: String) -> String { "\(path)/admin.sock" }

    /// Makes the folder (mode 0700) where it is missing, and takes its lock.
    package init(path: String) throws(StartFailure) {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .stateDirectory(path: path, errno: errno) }
        let lock = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .stateDirectory(path: path, errno: errno) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(lock)
            throw code == EWOULDBLOCK ? .locked(path: path) : .stateDirectory(path: path, errno: code)
        }
        self.lock = Mutex(lock)
    }

    deinit { unlock() }

    /// Leaves the folder to others: nothing of it is used any more.
    package func unlock() {
        lock.withLock { lock in
            if let descriptor = lock { close(descriptor) }
            lock = nil
        }
    }
}
