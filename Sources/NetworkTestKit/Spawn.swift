import Glibc
import TestKit

/// The arguments, environment and files of a program to start.
struct Spawn {
    var program: String
    var arguments: [String]
    var directory: String
    var environment: [String: String]
    /// What becomes of descriptors 0, 1 and 2.
    var standard: Standard

    enum Standard {
        case pipes(input: Int32, output: Int32, error: Int32)
        /// The path of a pseudo-terminal's slave: it becomes the controlling terminal, so that the
        /// interrupt character is a signal.
        case terminal(path: String, error: Int32?)
    }

    /// The child keeps none of this process's descriptors: NIO's sockets are inherited, so that a server of another test
    /// would hold its port as long as the child lives, and its port would be taken for the child's.
    private static let descriptorsToClose: Int32 = 4_096

    /// Starts it in a session of its own, with default signals, and gives its process id.
    ///
    /// The shell changes the directory and then *becomes* the program: same process id.
    func start() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        switch standard {
        case .pipes(let input, let output, let error):
            posix_spawn_file_actions_adddup2(&actions, input, 0)
            posix_spawn_file_actions_adddup2(&actions, output, 1)
            posix_spawn_file_actions_adddup2(&actions, error, 2)
        case .terminal(let path, let error):
            posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, error ?? 0, 2)
        }
        for descriptor in 3..<Self.descriptorsToClose { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // 0x80 is POSIX_SPAWN_SETSID, which glibc shows to GNU sources only.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | 0x80))

        let line = ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", directory, program] + arguments
        var process: pid_t = 0
        let code = withCStrings(line) { argv in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { envp in
                posix_spawn(&process, "/bin/sh", &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else { throw TestKitError.system(call: "posix_spawn", code: code) }
        return process
    }
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: pointers.count)
    defer { array.deallocate() }
    for (index, pointer) in pointers.enumerated() { (array + index).initialize(to: pointer) }
    return body(array)
}

/// A pipe whose ends no other child inherits.
func closedOnExecPipe() throws -> (read: Int32, write: Int32) {
    var ends: (Int32, Int32) = (-1, -1)
    let code = withUnsafeMutableBytes(of: &ends) { raw in
        raw.withMemoryRebound(to: Int32.self) { $0.baseAddress.map { pipe($0) } ?? -1 }
    }
    guard code == 0 else { throw TestKitError.system(call: "pipe", code: errno) }
    _ = fcntl(ends.0, F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends.1, F_SETFD, FD_CLOEXEC)
    return ends
}
