import Glibc
import PeerNode
import Synchronization

/// The turn to become the member of this computer: whoever has it looks for one that runs, and signs in where there is none.
/// Without it two commands that begin together would both find nobody.
final class StartingTurn: Sendable {
    /// In which the one before must have signed in, or failed; then it is tried all the same.
    private static let patience = 200
    private static let pause = Duration.milliseconds(100)

    private let descriptor: Mutex<Int32?>

    private init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

    deinit { end() }

    /// Nil where it cannot be had.
    @concurrent
    static func take(of local: LocalNode) async -> StartingTurn? {
        let descriptor = open(local.startingLock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
        for _ in 0..<patience {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return StartingTurn(descriptor) }
            do { try await Task.sleep(for: pause) } catch { break }
        }
        close(descriptor)
        return nil
    }

    /// Others have it from now on.
    func end() {
        let mine = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let mine { close(mine) }
    }
}
