import Content
import FoundationEssentials
import Library
import Logging
import NodeControl
import Wire

/// The downloads of a member: runs ``TransferQueue``, and keeps what it decides over restarts.
///
/// Each transfer that runs is a ``TransferJob``, in a task of ``run()``.
actor Transfers {
    typealias Number = TransferQueue.Number

    private let source: Source
    private let records: TransferRecords
    private let settings: TransferSettings
    private let serving: @Sendable (Bool) async -> Void
    let files: IOThreads
    let notices: Notices
    let logger: Logger

    var queue: TransferQueue
    var known: [Number: TransferRecord] = [:]
    var jobs: [Number: TransferJob] = [:]
    /// What came of those that are not running any more.
    var failures: [Number: NodeFailure] = [:]
    /// Finished, and nobody was told so who asked for it.
    var untold: Set<Number> = []
    /// Begun by somebody who waits for it: when he does not any more, it is paused.
    var awaited: Set<Number> = []
    /// The same by another program, which has ended or lost its node; whoever asks again is taken for him.
    var left: Set<Number> = []
    /// Of these, those that are paused by now, of which he has not heard.
    var unheard: Set<Number> = []
    /// The same of those that were cancelled, the last ones last.
    var cancelledUnheard: [TransferRecord] = []
    /// How many wait for it, also while it does not run.
    var gets: [Number: Int] = [:]
    /// Of those that run.
    var waiting: [Number: Waiting] = [:]
    /// Who waits until one that made room for another goes on.
    var turnsAwaited: [Number: [Int: AsyncStream<TransferJob>.Continuation]] = [:]
    var lastTurn = 0
    /// Those that go file by file.
    var folderGets: [FolderGet] = []
    /// What comes when another one of the same content is there, for the same folder.
    var twins: [Number: [DownloadRequest]] = [:]
    /// Those that are being cancelled.
    var leaving: [Number: Leaving] = [:]
    private var turns = Turns()
    private var endings: [Number: [CheckedContinuation<Void, Never>]] = [:]
    private var lastNumber: Number = 0
    private var knowsLastNumber = false
    private var limits: NodeLimits
    private(set) var isOver = false
    private let begun: AsyncStream<@Sendable () async -> Void>
    let begin: AsyncStream<@Sendable () async -> Void>.Continuation
    private let start = ContinuousClock.now
    /// When it was kept how far each is.
    private var lastKept: Duration = .zero
    private static let keepingInterval: Duration = .seconds(5)

    /// - Parameters:
    ///   - limits: where none were set.
    ///   - serving: told whether others are to get anything from here.
    init(
        from source: Source, records: TransferRecords, settings: TransferSettings, limits: NodeLimits,
        files: IOThreads, notices: Notices, logger: Logger, serving: @escaping @Sendable (Bool) async -> Void
    ) {
        self.source = source
        self.records = records
        self.settings = settings
        self.limits = limits
        self.files = files
        self.notices = notices
        self.logger = logger
        self.serving = serving
        let isResting = if case .nowhere = source { true } else { false }
        queue = TransferQueue(active: limits.active, isResting: isResting)
        (begun, begin) = AsyncStream.makeStream()
    }

    var now: Duration { start.duration(to: .now) }

    /// Of a member whose server is away, who has not signed in: what there is can be seen and changed, and nothing begins.
    ///
    /// - Parameter server: its address.
    init(
        away server: String, records: TransferRecords, settings: TransferSettings, limits: NodeLimits,
        files: IOThreads, notices: Notices, logger: Logger
    ) {
        self.init(
            from: .nowhere(server: server), records: records, settings: settings, limits: limits, files: files,
            notices: notices, logger: logger
        ) { _ in }
    }

    /// By which they come.
    enum Source: Sendable {
        case network(Downloads)
        case nowhere(server: String)
    }

    nonisolated var downloads: Downloads {
        get throws(NodeFailure) {
            switch source {
            case .network(let downloads): return downloads
            case .nowhere(let server): throw .serverAway(address: server)
            }
        }
    }

    // MARK: Life

    /// Applies the limits that were set; before anything is served.
    func restoreLimits() async {
        do {
            limits = try await settings.load(default: limits)
        } catch {
            logger.warning("Limits are those of a new member", metadata: ["reason": "\(error)"])
        }
        settings.apply(limits)
        if limits.upward == 0 { await serving(false) }
        _ = queue.change(active: limits.active, at: now)
    }

    /// What was not finished when the program last ended goes on.
    func restore() async {
        do {
            try await learnLastNumber()
            for record in try await records.all() {
                let wish: TransferQueue.Wish
                switch record.state {
                case .wanted: wish = .wanted
                case .awaited:
                    wish = .wanted
                    left.insert(record.number)
                case .paused: wish = .paused
                case .pausedUnheard:
                    wish = .paused
                    unheard.insert(record.number)
                case .cancelledUnheard:
                    cancelledUnheard.append(record)
                    continue
                case .failed(let reason):
                    wish = .failed
                    failures[record.number] = Self.failure(reason)
                }
                known[record.number] = record
                queue.restore(record.number, wish, priority: record.priority, place: record.place)
            }
        } catch {
            logger.warning("Earlier transfers do not go on", metadata: ["reason": "\(error)"])
        }
        await dateCancellations()
        await dropOldCancellations()
        perform(queue.tick(at: now))
    }

    /// Without it a new transfer could take the place of an earlier one in the record.
    private func learnLastNumber() async throws(NodeFailure) {
        guard !knowsLastNumber else { return }
        do {
            lastNumber = max(lastNumber, try await records.highestNumber())
            knowsLastNumber = true
        } catch {
            throw NodeFailure(ofState: error)
        }
    }

    /// Runs transfers, until ``end()``.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.supervise() }
            for await work in begun { group.addTask { await work() } }
            group.cancelAll()
        }
    }

    /// Nothing is fetched any more; what is not finished goes on after the next login.
    func end() {
        isOver = true
        for job in jobs.values { job.stop() }
        dropTurns()
        begin.finish()
    }

    private func supervise() async {
        while !isOver {
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            for (number, job) in jobs { watch(number, job) }
            perform(queue.tick(at: now))
            dropTurns()
            await dropOldCancellations()
            await keepProgress()
        }
    }

    /// Now and then, so that it is known after a `kill -9` how far each was.
    private func keepProgress() async {
        guard now - lastKept >= Self.keepingInterval else { return }
        lastKept = now
        for (number, job) in jobs where known[number].map({ $0.verified < job.progress.done }) == true {
            known[number]?.verified = job.progress.done
            await store(number)
        }
    }

    // MARK: What is asked for

    func enqueue(_ request: DownloadRequest) async throws(NodeFailure) -> TransferStatus? {
        let downloads = try downloads
        let (meant, isThere) = try await downloads.understand(request, waits: true) { _ in }
        guard !isThere else { return nil }
        let needsSomebody = meant.isAbsent ? await !downloads.needsNobody(meant) : false
        let (number, _) = try await take(meant, atOnce: false, isAwaited: false)
        guard var status = status(number) else { throw .cancelled }
        // It is tried all the same: others may have fetched it.
        if needsSomebody, [.queued, .active].contains(status.state), status.sources == 0 { status.state = .waiting }
        return status
    }

    func list() -> [TransferStatus] { queue.order.compactMap { status($0) } }

    /// - Parameter isNoted: Whoever waits for a folder in which it comes knows of it.
    func change(
        _ number: Number, _ change: TransferChange, isNoted: Bool = true
    ) async throws(NodeFailure) -> TransferStatus {
        guard var record = known[number], let before = status(number) else { throw .noSuchTransfer("\(number)") }
        if case .finished = before.state {
            guard change == .cancel else { throw .transferFinished(name: before.name) }
        }
        if !isNoted, change != .cancel { note(change, of: record) }
        switch change {
        case .pause:
            awaited.remove(number)
            if left.remove(number) != nil { unheard.insert(number) }
            let job = jobs[number]
            perform(queue.pause(number, at: now))
            // Who is told that it is paused finds it left in order.
            if let job { await waitForEnd(of: job) }
        case .resume:
            failures[number] = nil
            // A pause of which nobody has heard is taken back: it is his again who waits.
            if unheard.remove(number) == nil { left.remove(number) } else { left.insert(number) }
            perform(queue.resume(number, at: now))
        case .cancel:
            try await cancel(number, isNoted: isNoted)
            return before
        case .prioritise(let priority): perform(queue.prioritise(number, priority.rawValue, at: now))
        case .moveToFront: perform(queue.moveToFront(number, at: now))
        case .moveToBack: perform(queue.moveToBack(number, at: now))
        case .limit(let direction, let rate):
            if direction == .up { record.upward = rate } else { record.downward = rate }
            known[number] = record
            jobs[number]?.limit(upward: record.upward, downward: record.downward)
        }
        await store(number)
        return status(number) ?? before
    }

    func currentLimits() -> NodeLimits { limits }

    func set(_ limits: NodeLimits) async throws(NodeFailure) {
        do { try await settings.store(limits) } catch { throw NodeFailure(ofState: error) }
        let former = self.limits
        self.limits = limits
        settings.apply(limits)
        perform(queue.change(active: limits.active, at: now))
        if (former.upward == 0) != (limits.upward == 0) { await serving(limits.upward != 0) }
    }

    // MARK: Taking

    func number(of meant: Downloads.Meant) -> Number? {
        let wanted = TransferRecord(meant)
        return known.values.filter { $0.sharesPartial(with: wanted) && $0.target == wanted.target }.map(\.number).max()
    }

    /// The one that is not finished of what is to be fetched into the same partial file.
    ///
    /// A folder gets a content once at a time: who asks for it under another name is told where it is going, but one that
    /// has failed goes on under the new name.
    private func former(of wanted: TransferRecord) throws(NodeFailure) -> Number? {
        let open = known.values.filter { $0.sharesPartial(with: wanted) && queue.items[$0.number]?.wish != .finished }
        if let same = open.filter({ $0.target == wanted.target }).map(\.number).max() { return same }
        // Empty ones are all the same content, and are there at once.
        guard var other = open.min(by: { $0.number < $1.number }), wanted.content != .empty else { return nil }
        guard queue.items[other.number]?.wish == .failed else {
            throw .queuedAlready(number: other.number, path: "\(other.folder)/\(other.target)")
        }
        (other.name, other.origin, other.target) = (wanted.name, wanted.origin, wanted.target)
        other.owner = wanted.owner
        known[other.number] = other
        return other.number
    }

    /// The transfer of what is meant, which goes on: the former one, where there is one that is not finished.
    ///
    /// - Parameters:
    ///   - isAwaited: one more waits for it from now on, until ``leave(_:)``.
    ///   - require: Throws where it is not to go on after all.
    /// - Returns: With its job, where that began, whether it is over by now or not.
    func take(
        _ meant: Downloads.Meant, atOnce: Bool, isAwaited: Bool, unless require: () throws(NodeFailure) -> Void = {}
    ) async throws(NodeFailure) -> (number: Number, job: TransferJob?) {
        var wanted = TransferRecord(meant)
        try await learnLastNumber()
        await waitForLeaving(like: wanted)
        guard !isOver else { throw .cancelled }
        // Between this and its being known nothing else happens: who pauses it later finds it.
        try require()
        if let former = try former(of: wanted) {
            failures[former] = nil
            if isAwaited {
                join(former)
                if left.contains(former) || queue.items[former]?.isRunning == false { awaited.insert(former) }
            }
            left.remove(former)
            unheard.remove(former)
            perform(queue.resume(former, atOnce: atOnce, at: now))
            let job = jobs[former]
            await forgetCancelled(like: wanted)
            await store(former)
            return (former, job)
        }
        guard !queue.isFull else { throw .queueFull(limit: TransferQueue.limit) }
        lastNumber += 1
        let number = lastNumber
        wanted.number = number
        known[number] = wanted
        if isAwaited { awaited.insert(number) }
        perform(queue.add(number, atOnce: atOnce, at: now))
        if isAwaited { join(number) }
        let job = jobs[number]
        await forgetCancelled(like: wanted)
        await store(number)
        return (number, job)
    }

    func waitForEnd(of job: TransferJob) async {
        guard jobs[job.number] === job else { return }
        await withCheckedContinuation { endings[job.number, default: []].append($0) }
    }

    // MARK: What the queue decides

    func perform(_ actions: [TransferQueue.Action]) {
        for action in actions {
            switch action {
            case .start(let number): start(number)
            case .stop(let number): jobs[number]?.stop()
            case .remove(let number):
                known[number] = nil
                failures[number] = nil
                release(twins.removeValue(forKey: number) ?? [], after: .failure(.cancelled))
                untold.remove(number)
            }
        }
    }

    private func start(_ number: Number) {
        guard let record = known[number], !isOver, let downloads = try? downloads else { return }
        let job = TransferJob(record)
        jobs[number] = job
        waiting[number] = nil
        tellTurn(of: job)
        begin.yield { [begin, records] in
            let outcome = await job.perform {
                do throws(NodeFailure) {
                    return .success(
                        try await downloads.carryOut(job) { layer in
                            begin.yield { try? await records.store(layer) }
                        })
                } catch {
                    return .failure(error)
                }
            }
            await self.ended(job, outcome)
        }
    }

    private func ended(_ job: TransferJob, _ outcome: TransferJob.Outcome) async {
        let number = job.number
        jobs[number] = nil
        // The next job of this number may begin below, and have others wait for it.
        let waiters = endings.removeValue(forKey: number) ?? []
        let progress = job.progress
        known[number]?.verified = progress.done
        if job.content.kind == .folder, !job.path.isEmpty { known[number]?.partSize = progress.total }
        let wasAwaited = awaited.contains(number)
        let ending = Self.ending(outcome, isAwaited: wasAwaited)
        // Whoever waits goes on doing so where it only made room for another.
        if ending != .interrupted { awaited.remove(number) }
        waiting[number] = nil
        if case .failure(let failure) = outcome, ending == .failed { failures[number] = failure }
        if ending != .interrupted { release(twins.removeValue(forKey: number) ?? [], after: outcome) }
        if isOver {
            await store(number)
        } else {
            if !wasAwaited, !job.isTold, queue.items[number]?.wish == .wanted { tell(job, outcome) }
            perform(queue.ended(number, ending, at: now))
            if ending == .failed, wasAwaited, progress.done == 0 {
                // Whoever waited knows why, and the same get does what resuming it would.
                perform(queue.cancel(number, at: now))
                await keep { try await $0.remove(number) }
            }
            await store(number)
            for number in known.keys where queue.items[number] == nil { known[number] = nil }
            untold.formIntersection(known.keys)
            awaited.formIntersection(known.keys)
            left.formIntersection(known.keys)
            unheard.formIntersection(known.keys)
        }
        for waiter in waiters { waiter.resume() }
    }

    private static func ending(_ outcome: TransferJob.Outcome, isAwaited: Bool) -> TransferQueue.Ending {
        switch outcome {
        case .success: .finished
        case .failure(.cancelled): .interrupted
        // Another program fetches it there: when it has ended, this goes on.
        case .failure(.downloadInProgress) where !isAwaited: .interrupted
        case .failure: .failed
        }
    }

    /// Nobody waited for it.
    private func tell(_ job: TransferJob, _ outcome: TransferJob.Outcome) {
        switch outcome {
        case .success:
            untold.insert(job.number)
            notices.tell(.downloaded(name: job.text, path: job.target.path))
        case .failure(.cancelled), .failure(.downloadInProgress): break
        case .failure(let failure): notices.tell(.downloadFailed(name: job.text, failure: failure))
        }
    }

    // MARK: What outlasts the program

    /// Brings what is kept of a transfer up to date. One that is being cancelled is not kept any more.
    func store(_ number: Number) async {
        guard leaving[number] == nil, var record = known[number] else { return }
        let item = queue.items[number]
        record.place = item?.place ?? record.place
        record.priority = item?.priority ?? record.priority
        switch item?.wish {
        case .wanted: record.state = awaited.contains(number) || left.contains(number) ? .awaited : .wanted
        case .paused, .cancelled: record.state = unheard.contains(number) ? .pausedUnheard : .paused
        case .failed: record.state = .failed(Self.text(failures[number] ?? .cancelled))
        case .finished, nil:
            if item == nil { known[number] = nil }
            return await keep { try await $0.remove(number) }
        }
        known[number] = record
        await keep { [record] in try await $0.store(record) }
    }

    /// What cannot be kept holds until the end.
    func keep(_ change: @escaping @Sendable (TransferRecords) async throws -> Void) async {
        do {
            try await write(change)
        } catch {
            logger.warning("The queue is not kept over a restart", metadata: ["reason": "\(error)"])
        }
    }

    /// In the order in which it is asked for. A command that is cancelled has its effect kept all the same.
    func write(_ change: @escaping @Sendable (TransferRecords) async throws -> Void) async throws {
        if !turns.take() { await withCheckedContinuation { turns.wait($0) } }
        defer { turns.pass() }
        let work = Task { [records] in try await change(records) }  // unstructured: GRDB cancels with the task
        try await work.value
    }

    private static func text(_ failure: NodeFailure) -> String {
        (try? JSONEncoder().encode(failure)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// One that an earlier version wrote and this one does not know is one of ours.
    private static func failure(_ text: String) -> NodeFailure {
        (try? JSONDecoder().decode(NodeFailure.self, from: Data(text.utf8))) ?? .internalError(detail: "see the log")
    }
}
