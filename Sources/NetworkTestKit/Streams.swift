import Glibc
import TestKit

/// The descriptors between a test and a program: ours, and those that the program gets.
struct Streams {
    /// We read its output here, write its input there, and read its errors.
    let output: Int32
    let input: Int32
    let error: Int32?
    let standard: Spawn.Standard
    private let theirs: [Int32]

    init(_ mode: RealProcess.Mode) throws {
        switch mode {
        case .pipes:
            let (theirInput, input) = try closedOnExecPipe()
            let (output, theirOutput) = try closedOnExecPipe()
            let (error, theirError) = try closedOnExecPipe()
            (self.output, self.input, self.error) = (output, input, error)
            theirs = [theirInput, theirOutput, theirError]
            standard = .pipes(input: theirInput, output: theirOutput, error: theirError)
        case .terminal(let columns, let separateErrors):
            var master: Int32 = -1
            var slave: Int32 = -1
            var path = [CChar](repeating: 0, count: 128)
            var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
            guard openpty(&master, &slave, &path, nil, &size) == 0 else {
                throw TestKitError.system(call: "openpty", code: errno)
            }
            _ = fcntl(master, F_SETFD, FD_CLOEXEC)
            _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
            output = master
            input = fcntl(master, F_DUPFD_CLOEXEC, 0)
            let pipe = separateErrors ? try closedOnExecPipe() : nil
            error = pipe?.read
            // The slave stays open here until the program has opened it, or the master would see an end.
            theirs = [slave] + [pipe?.write].compactMap(\.self)
            standard = .terminal(
                path: String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
                error: pipe?.write)
        }
    }

    func closeTheirs() { for descriptor in theirs { close(descriptor) } }
    func closeOurs() { for descriptor in [output, input, error].compactMap(\.self) { close(descriptor) } }
}
