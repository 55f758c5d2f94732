import CNamespaces
import FoundationEssentials
import Glibc
import TestKit

/// The network namespaces of this machine that have a name (ip-netns(8)).
enum Namespaces {
    private static let folder = "/run/netns"

    private static func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Runs something on this thread in another network: a socket stays in the one in which it was made.
    static func entered<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
        let here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        guard here >= 0 else { throw TestKitError.system(call: "open /proc/thread-self/ns/net", code: errno) }
        defer { close(here) }
        try enter(name)
        defer {
            let isBack = setns(here, BITTRICKLE_CLONE_NEWNET) == 0
            precondition(isBack, "a thread stays in the network \(name)")
        }
        return try body()
    }

    /// Has this thread in another network from now on.
    static func enter(_ name: String) throws {
        let there = open(path(name), O_RDONLY | O_CLOEXEC)
        guard there >= 0 else { throw TestKitError.system(call: "open \(path(name))", code: errno) }
        defer { close(there) }
        guard setns(there, BITTRICKLE_CLONE_NEWNET) == 0 else {
            throw TestKitError.system(call: "setns", code: errno)
        }
    }

    /// Ends all that runs in them, and gives up their names: with its last user each is gone.
    static func remove(_ names: [String]) {
        let identities = Set(names.compactMap { Identity(of: path($0)) })
        // Twice, as what runs may just be starting something.
        for _ in 0..<2 {
            for process in processes where process != getpid() {
                guard let identity = Identity(of: "/proc/\(process)/ns/net"), identities.contains(identity) else {
                    continue
                }
                kill(process, SIGKILL)
            }
        }
        for name in names {
            // Where the name was mounted for a program that is gone, there is only an empty file.
            _ = umount2(path(name), BITTRICKLE_MNT_DETACH)
            unlink(path(name))
        }
    }

    /// Removes those of programs that are no more: names begin with `bt`, the process and a hyphen.
    static func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        remove(
            names.filter { name in
                guard name.hasPrefix("bt"), let end = name.firstIndex(of: "-"),
                    let process = pid_t(name[..<end].dropFirst(2)), process > 0
                else { return false }
                return kill(process, 0) != 0 && errno == ESRCH
            })
    }

    private static var processes: [pid_t] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
    }

    /// What tells a namespace from others (namespaces(7)).
    private struct Identity: Hashable {
        let device: dev_t
        let inode: ino_t

        /// Nil where there is no such thing any more.
        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, inode) = (status.st_dev, status.st_ino)
        }
    }
}
