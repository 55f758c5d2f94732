import CSpawn
import Glibc
import Wire

/// A process of ``UPnPProgram``, for one errand. It is gone with the value.
struct UPnPChild: ~Copyable {
    private let process: pid_t
    /// The other end of its standard input and output.
    private let descriptor: Int32

    /// Between two looks at the sign, in milliseconds.
    private static let patience: Int32 = 50

    /// It sees nothing of this process but the errand: no file, no terminal, no variable. Nil where it cannot be started.
    init?(_ errand: UPnPErrand) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            return nil
        }
        let (ours, theirs) = (ends[0], ends[1])
        defer { close(theirs) }
        let bytes = errand.encoded
        var started = pid_t()
        guard send(ours, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count,
            shutdown(ours, Int32(SHUT_WR)) == 0, Self.start(&started, theirs)
        else {
            close(ours)
            return nil
        }
        process = started
        descriptor = ours
    }

    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        close(descriptor)
    }

    private static func start(_ process: inout pid_t, _ descriptor: Int32) -> Bool {
        let words = [strdup(UPnPProgram.name), nil]
        defer { free(words[0]) }
        // Whatever became of the file from which this program was started.
        return bittrickle_spawn(&process, "/proc/self/exe", words, [nil], descriptor, descriptor) == 0
    }

    /// What it says until it ends, until it has said more than a report has, or until the sign is up.
    func report(_ sign: RouterThread.StopSign) -> [UInt8] {
        var bytes: [UInt8] = []
        while !sign.isUp {
            var interest = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&interest, 1, Self.patience) > 0 else { continue }
            guard Self.readMore(descriptor, into: &bytes, longest: UPnPReport.longest) else { break }
        }
        return bytes
    }

    /// Waits for what comes next. False at the end, and where there is more than the longest: then there is one byte too many.
    static func readMore(_ descriptor: Int32, into bytes: inout [UInt8], longest: Int) -> Bool {
        var room = [UInt8](repeating: 0, count: longest + 1 - bytes.count)
        let count = read(descriptor, &room, room.count)
        if count > 0 { bytes += room[..<count] }
        return count > 0 && bytes.count <= longest
    }
}
