import CSpawn
import Glibc
import Terminal

/// A program that is started, and has so long. It sees nothing of this one but what it is given: no open files, no
/// terminal, and no secret of its environment.
package struct ChildProgram: Sendable {
    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case killed(Int32)
        /// It took too long, or this program ended: it was killed, with all that it had started in its group.
        case cutOff
        case notStarted(String)
    }

    /// Looked for in PATH where it has no slash.
    let program: String
    let arguments: [String]
    /// Of its own, besides those of this program.
    let variables: [String: String]
    let limit: Duration

    package init(_ program: String, _ arguments: [String], variables: [String: String] = [:], limit: Duration) {
        self.program = program
        self.arguments = arguments
        self.variables = variables
        self.limit = limit
    }

    @concurrent
    package func run() async -> Ending {
        let process: pid_t
        switch start() {
        case .success(let started): process = started
        case .failure(let reason): return .notStarted(String(cString: strerror(reason.number)))
        }
        let begin = ContinuousClock.now
        var pause = Duration.milliseconds(5)
        var status: Int32 = 0
        while true {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process {
                return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(status & 0x7F)
            }
            if ended < 0, errno != EINTR { return .notStarted(String(cString: strerror(errno))) }
            let isCancelled = (try? await Task.sleep(for: pause)) == nil
            if isCancelled || begin.duration(to: .now) > limit {
                kill(-process, SIGKILL)
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                return .cutOff
            }
            pause = min(pause * 2, .milliseconds(200))
        }
    }

    private struct Reason: Error { let number: Int32 }

    private func start() -> Result<pid_t, Reason> {
        let texts = Self.environment.merging(variables) { $1 }.map { "\($0)=\($1)" }
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let environment = texts.map { strdup($0) } + [nil]
        defer { for text in words + environment { free(text) } }
        var process = pid_t()
        let number = bittrickle_spawn(&process, program, words, environment, -1, -1)
        return number == 0 ? .success(process) : .failure(Reason(number: number))
    }

    /// Of this program, without what is secret.
    private static var environment: [String: String] {
        EnvironmentVariables.all.filter { !Environment.secretNames.contains($0.key) }
    }
}
