import CSpawn
import Glibc

/// What a process has left that reads what a hostile router sends: too little to hurt anybody who does not wait for it.
package struct Containment {
    /// In bytes, with the eight million that any program has from the start. What a gateway says of itself has a few thousand.
    package static let memory = 32 << 20
    /// In seconds of the processor.
    private static let work = 3
    /// Standard input, output and error, a socket for the search, one for a conversation.
    private static let descriptors = 8
    /// In seconds: longer than any errand. It is for the case that the one who started it went before this began.
    private static let life: UInt32 = 20

    /// Whether it can open no file: where Linux is too old for that, the rest has to do.
    package let areFilesClosed: Bool

    /// Enters it with this process, for ever: it ends with the thread that started it. Nil where that fails: then it ought to end.
    ///
    /// - Parameter name: as it is shown from now on; 15 letters.
    package init?(as name: String) {
        guard bittrickle_be_child(name) == 0 else { return nil }
        alarm(Self.life)
        areFilesClosed = bittrickle_open_no_files() == 0
        let limits = [
            (RLIMIT_DATA, Self.memory), (RLIMIT_CPU, Self.work), (RLIMIT_NOFILE, Self.descriptors), (RLIMIT_CORE, 0),
            (RLIMIT_FSIZE, 0), (__RLIMIT_NPROC, 0),
        ]
        let areSet = limits.allSatisfy { resource, most in
            var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most))
            return setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0
        }
        guard areSet else { return nil }
    }
}
