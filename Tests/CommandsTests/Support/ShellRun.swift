import Commands
import NodeControl
import Synchronization
import Terminal
import TestKit

/// Lines as if typed; at the end, the end of the input.
final class ScriptedInput: LineInput {
    let isInteractive: Bool
    private let reads: Mutex<[LineRead]>
    private let prompts = Mutex<[String]>([])

    init(_ reads: [LineRead], isInteractive: Bool) {
        self.reads = Mutex(reads)
        self.isInteractive = isInteractive
    }

    var asked: [String] { prompts.withLock { $0 } }

    func question(_ prompt: String) async -> LineRead { next(prompt) }
    func secret(_ prompt: String) async -> LineRead { next("(hidden) " + prompt) }
    func command(_ prompt: String) async -> LineRead { next(prompt) }
    func interrupt() {}

    private func next(_ prompt: String) -> LineRead {
        prompts.withLock { $0.append(prompt) }
        return reads.withLock { $0.isEmpty ? .end : $0.removeFirst() }
    }
}

final class Written: TextSink {
    private let state = Mutex("")
    /// Why it takes nothing, where it does not.
    let failure: String?

    init(failure: String? = nil) { self.failure = failure }

    var text: String { state.withLock { $0 } }
    func write(_ text: String) -> Bool {
        guard failure == nil else { return false }
        state.withLock { $0 += text }
        return true
    }
}

/// One dialogue with a scripted node, and what came of it.
struct ShellRun {
    static let welcome = "Welcome to BitTrickle!\nAvailable commands are: get, lap, lpf, pub, sch, unp, xit\n"

    let output: String
    let errors: String
    let status: ExitStatus
    let questions: [String]
    let prompts: [String]
    let pauses: [Duration]
    /// After how many prompts it was told that somebody is waited for, each time.
    var askings: [Int] = []

    /// With `lines` after a login that succeeds.
    static func signedIn(
        _ lines: [String], _ script: ScriptedNode.Script = .init(), columns: Int = 80
    ) async -> ShellRun {
        let run = await ShellRun(
            reads: (["hans", "pw"] + lines).map { .line($0) }, node: ScriptedNode(script), columns: columns)
        return ShellRun(
            output: String(run.output.dropFirst(welcome.count)), errors: run.errors, status: run.status,
            questions: Array(run.questions.dropFirst()), prompts: run.prompts, pauses: run.pauses)
    }

    init(
        reads: [LineRead], node: ScriptedNode, isInteractive: Bool = false, interrupts: Interrupts = Interrupts(),
        presence: ServerPresence = ServerPresence(), user: String? = nil, columns: Int = 80,
        output: Written = Written(), given: GivenSecrets = GivenSecrets()
    ) async {
        let errors = Written()
        let pauses = Mutex<[Duration]>([])
        let input = ScriptedInput(reads, isInteractive: isInteractive)
        var surroundings = Shell.Surroundings(
            directory: "/here", home: "/home/hans", now: { 10_000_000 },
            sleep: { pause in pauses.withLock { $0.append(pause) } }, columns: { columns })
        surroundings.given = given
        let askings = Mutex<[Int]>([])
        surroundings.beforeAsking = { askings.withLock { $0.append(input.asked.count) } }
        let shell = Shell(
            node: node, console: Console(output: output, errors: errors, showsProgress: false), input: input,
            interrupts: interrupts, names: Names(), presence: presence, user: user, surroundings: surroundings)
        status = await shell.run()
        self.output = output.text
        self.errors = errors.text
        questions = node.questions
        prompts = input.asked
        self.pauses = pauses.withLock { $0 }
        self.askings = askings.withLock { $0 }
    }

    /// One command of the command line, by somebody who is known here.
    static func once(
        _ words: [String], _ script: ScriptedNode.Script = .init(), given: GivenSecrets = GivenSecrets(),
        answers: [String]? = nil, isNodeOwn: Bool = false
    ) async throws -> ShellRun {
        guard let verb = words.first.flatMap({ Verb(word: $0) }) else {
            throw Misunderstanding.unknownCommand(words.joined(separator: " "), nearest: nil)
        }
        let (output, errors) = (Written(), Written())
        let input = ScriptedInput((answers ?? []).map { .line($0) }, isInteractive: answers != nil)
        let node = ScriptedNode(script)
        var surroundings = Shell.Surroundings(
            directory: "/here", home: "/home/hans", now: { 10_000_000 }, sleep: { _ in }, columns: { 80 })
        surroundings.given = given
        surroundings.isNodeOwn = { isNodeOwn }
        let shell = Shell(
            node: node, console: Console(output: output, errors: errors, showsProgress: false), input: input,
            interrupts: Interrupts(), names: Names(), presence: ServerPresence(), user: "hans",
            surroundings: surroundings)
        let status = await shell.run(try Command(verb, arguments: Array(words.dropFirst())))
        return ShellRun(
            output: output.text, errors: errors.text, status: status, questions: node.questions, prompts: input.asked,
            pauses: [])
    }

    private init(
        output: String, errors: String, status: ExitStatus, questions: [String], prompts: [String], pauses: [Duration]
    ) {
        self.output = output
        self.errors = errors
        self.status = status
        self.questions = questions
        self.prompts = prompts
        self.pauses = pauses
    }
}
