import Dispatch
import Glibc
import Synchronization

/// Signals as values. The handler does nothing but write the number to a pipe.
package enum Signals {
    /// From here on these signals do not end the program but come out of the stream; but what was ignored when the
    /// program was started (by `nohup`, say) stays so. To be called once.
    package static func watch(_ numbers: [Int32]) -> AsyncStream<Int32> {
        let pipe = SelfPipe()
        pipeEnd.store(pipe.writing, ordering: .sequentiallyConsistent)
        for number in numbers where isIgnored(signal(number, forward)) { signal(number, SIG_IGN) }
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(64))
        DispatchQueue(label: "signals").async {
            var byte: UInt8 = 0
            var entry = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
            while poll(&entry, 1, -1) >= 0 || errno == EINTR {
                while read(pipe.reading, &byte, 1) == 1 { continuation.yield(Int32(byte)) }
            }
            continuation.finish()
        }
        return stream
    }

    /// A reader who went away is seen where we write, not by dying.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Stops as if Ctrl-Z had its usual effect; returns when the process goes on. Does nothing where
    /// nobody could continue it (the kernel discards the signal then).
    package static func suspendProcess() {
        signal(SIGTSTP, SIG_DFL)
        kill(getpid(), SIGTSTP)
        signal(SIGTSTP, forward)
    }

    /// Ends the program as the signal does by itself.
    package static func resign(_ number: Int32) {
        signal(number, SIG_DFL)
        kill(getpid(), number)
    }

    private static func isIgnored(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
        // SIG_IGN is the number 1.
        unsafeBitCast(handler, to: Int.self) == 1
    }

    private static let forward: @convention(c) (Int32) -> Void = { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(pipeEnd.load(ordering: .relaxed), &byte, 1)
        errno = saved
    }
}

/// Set before the first handler is installed.
private let pipeEnd = Atomic<Int32>(-1)
