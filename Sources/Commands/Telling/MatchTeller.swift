package import Logging
import NodeControl
package import PeerNode
import Synchronization
import Terminal

/// Tells the user of what saved searches find where he does not look: his desktop shows it, and his commands are run.
///
/// What is told are words of others: a command finds them in its environment, and no shell reads them.
package final class MatchTeller: Sendable {
    /// Commands that run at the same time, that wait, and how long one may take.
    package static let atOnce = 4
    package static let waiting = 500
    package static let commandLimit = Duration.seconds(600)
    private static let notificationLimit = Duration.seconds(10)

    private let jobs: AsyncStream<ChildProgram>
    private let newJob: AsyncStream<ChildProgram>.Continuation
    private let pace = Mutex(NotificationPace())
    private let now: @Sendable () -> Duration
    /// Nil where nobody would see anything.
    private let notifier: String?
    private let commandLimit: Duration
    /// Where the searches are: what a command asks of bittrickle is about the same.
    private let network: String?
    private let logger: Logger

    /// - Parameters:
    ///   - notifier: The program `notify-send`, or one that takes the same.
    ///   - network: Its name on a command line; nil where that is not known.
    ///   - now: Since whenever.
    package init(
        notifier: String?, commandLimit: Duration = commandLimit, network: String? = nil,
        now: @escaping @Sendable () -> Duration, logger: Logger
    ) {
        self.notifier = notifier
        self.commandLimit = commandLimit
        self.network = network
        self.now = now
        self.logger = logger
        (jobs, newJob) = AsyncStream.makeStream(of: ChildProgram.self, bufferingPolicy: .bufferingOldest(Self.waiting))
    }

    /// Returns at once; what is told is done by ``run()``.
    package func tell(_ news: NewMatches) {
        for match in news.matches {
            if let command = news.search.command { start(program(command, news.search.name, match)) }
            if news.areShown, let notifier, let heldBack = pace.withLock({ $0.take(at: now()) }) {
                start(Self.notification(notifier, news.search.name, match, heldBack: heldBack))
            }
        }
    }

    private func start(_ program: ChildProgram) {
        if case .dropped = newJob.yield(program) {
            logger.warning("There is too much to run for saved searches", metadata: ["limit": "\(Self.waiting)"])
        }
    }

    /// Until its task is cancelled, which ends what runs.
    package func run() async {
        await withDiscardingTaskGroup { group in
            let places = Places(Self.atOnce)
            for await job in jobs {
                await places.take()
                group.addTask {
                    let ending = await job.run()
                    if ending != .exited(0) {
                        self.logger.warning(
                            "What was run for a saved search failed",
                            metadata: ["program": "\(job.program)", "ending": "\(ending)"])
                    }
                    await places.free()
                }
            }
        }
    }

    /// The shell reads what the user typed, and nothing else.
    private func program(_ command: String, _ search: String, _ match: SearchMatch) -> ChildProgram {
        var variables = [
            "BITTRICKLE_SEARCH": search, "BITTRICKLE_NAME": match.name, "BITTRICKLE_OWNER": match.owner,
            "BITTRICKLE_SIZE": match.size.map { "\($0)" } ?? "", "BITTRICKLE_ROOT": match.root ?? "",
        ]
        variables[MeantNetwork.variable] = network
        // Nothing that the system would take for the end of it; no name has one.
        for (name, value) in variables { variables[name] = value.split(separator: "\0").joined() }
        return ChildProgram("/bin/sh", ["-c", command], variables: variables, limit: commandLimit)
    }

    static func notification(
        _ notifier: String, _ search: String, _ match: SearchMatch, heldBack: Int
    ) -> ChildProgram {
        let more = heldBack > 0 ? "\nand \(heldBack) more before it" : ""
        let body = markedUp(Message.matched(match)) + more
        return ChildProgram(
            notifier, ["--app-name=BitTrickle", "--", "New for \(SafeText(search).truncated(to: 60))", body],
            limit: notificationLimit)
    }

    /// Desktops take some of HTML in it.
    private static func markedUp(_ text: String) -> String {
        text.reduce(into: "") { marked, character in
            switch character {
            case "&": marked += "&amp;"
            case "<": marked += "&lt;"
            case ">": marked += "&gt;"
            default: marked.append(character)
            }
        }
    }
}

/// A few places, which are taken and freed.
private actor Places {
    private var left: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { left = count }

    func take() async {
        guard left == 0 else {
            left -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func free() {
        if waiting.isEmpty { left += 1 } else { waiting.removeFirst().resume() }
    }
}
