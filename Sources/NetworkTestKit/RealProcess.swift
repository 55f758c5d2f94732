import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TestKit

/// A program of its own, driven through pipes or a pseudo-terminal. It is killed when the value goes.
package final class RealProcess: Sendable {
    package enum Mode: Hashable, Sendable {
        case pipes
        /// Standard input and output are a terminal of that many columns, standard error too unless it is
        /// wanted apart.
        case terminal(columns: UInt16 = 120, separateErrors: Bool = false)
    }

    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    package let processID: Int32
    /// Standard output, or what the terminal shows.
    package let output: ProcessOutput
    /// Standard error; the same as ``output`` on a shared terminal.
    package let errors: ProcessOutput

    private let input: any Channel
    private let channels: [any Channel]
    private let ending = Mutex<Ending?>(nil)
    /// What must not go before it.
    private let kept: (any Sendable)?

    /// Starts a program. An environment that is nil is one with `PATH` and `HOME=directory` only, in which a server says nothing
    /// to this machine's local network.
    ///
    /// - Parameter keeping: What it runs in, which is held as long as the process is.
    package static func start(
        _ program: String, _ arguments: [String] = [], in directory: String, mode: Mode = .pipes,
        environment: [String: String]? = nil, keeping kept: (any Sendable)? = nil
    ) async throws -> RealProcess {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        var standard = ["PATH": path, "HOME": directory, "LANG": "C.UTF-8", "TERM": "xterm"]
        if program.hasSuffix("/bittrickle-server") { standard["BITTRICKLE_ANNOUNCE_LOCALLY"] = "false" }
        let environment = environment ?? standard
        let streams = try Streams(mode)
        let spawn = Spawn(
            program: program, arguments: arguments, directory: directory, environment: environment,
            standard: streams.standard)
        let process: pid_t
        do {
            process = try spawn.start()
        } catch {
            streams.closeOurs()
            streams.closeTheirs()
            throw error
        }
        streams.closeTheirs()
        return try await RealProcess(process, streams, keeping: kept)
    }

    private init(_ process: pid_t, _ streams: Streams, keeping kept: (any Sendable)?) async throws {
        self.kept = kept
        let output = ProcessOutput()
        let errors = streams.error == nil ? output : ProcessOutput()
        self.output = output
        self.errors = errors
        processID = process
        do {
            let main = try await Self.bootstrap(output).takingOwnershipOfDescriptors(
                input: streams.output, output: streams.input
            ).get()
            input = main
            if let error = streams.error {
                let side = try await Self.bootstrap(errors).takingOwnershipOfDescriptor(input: error).get()
                channels = [main, side]
            } else {
                channels = [main]
            }
        } catch {
            Glibc.kill(process, SIGKILL)
            var status: Int32 = 0
            waitpid(process, &status, 0)
            throw error
        }
    }

    private static func bootstrap(_ output: ProcessOutput) -> NIOPipeBootstrap {
        NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OutputCollector(output))
                }
            }
    }

    deinit {
        // No test waits for it any more: it may not outlive its test by a moment.
        let isReaped = ending.withLock { $0 != nil }
        if !isReaped {
            Glibc.kill(processID, SIGKILL)
            var status: Int32 = 0
            waitpid(processID, &status, 0)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Types text. A control character does on a terminal what its key does: "\u{3}" interrupts.
    package func type(_ text: String) async throws {
        try await input.writeAndFlush(input.allocator.buffer(string: text))
    }

    /// Ends its standard input. (On a terminal, type "\u{4}" instead.)
    /// Where the program has ended there is nothing to end.
    package func endInput() async throws {
        do { try await input.close(mode: .output) } catch ChannelError.alreadyClosed {}
    }

    package func signal(_ signal: Int32) {
        ending.withLock { if $0 == nil { Glibc.kill(processID, signal) } }
    }

    /// `kill -9`: returns when it is gone.
    package func kill() async throws {
        signal(SIGKILL)
        try await waitForEnd()
    }

    package var isRunning: Bool { reap() == nil }

    /// Waits until the program has ended. For what it said last, see ``ProcessOutput/expectEnd(within:)``.
    @discardableResult
    package func waitForEnd(within limit: Duration = .seconds(10)) async throws -> Ending {
        let deadline = ContinuousClock.now + limit
        while true {
            if let ending = reap() { return ending }
            guard ContinuousClock.now < deadline else {
                throw TestKitError.timedOut("process \(processID) is still there; its output: \(output.text)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func reap() -> Ending? {
        ending.withLock { ending in
            if ending == nil {
                var status: Int32 = 0
                guard waitpid(processID, &status, WNOHANG) == processID else { return nil }
                let signal = status & 0x7F
                ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
            }
            return ending
        }
    }

    /// Resident memory in bytes, now and at its highest; nil where the process is gone.
    package var residentBytes: Int? { ProcessTable.status(of: processID, field: "VmRSS").map { $0 * 1_024 } }
    package var peakResidentBytes: Int? { ProcessTable.status(of: processID, field: "VmHWM").map { $0 * 1_024 } }

    /// The local ports that its sockets are bound to.
    package var ports: PortReader { PortReader(processID: processID) }
}
