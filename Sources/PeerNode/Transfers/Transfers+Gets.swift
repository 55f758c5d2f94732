import Content
import Library
import NodeControl

/// Those who wait for the end of a transfer, with a get: there may be several, and it goes on as long as there is one.
extension Transfers {
    /// Fetches a file and waits until it is there, for those who may come, too.
    ///
    /// - Parameter require: Throws where it is not to be begun after all.
    func download(
        _ request: DownloadRequest, unless require: @Sendable () throws(NodeFailure) -> Void = {},
        progress: @escaping Downloads.Report
    ) async throws(NodeFailure) -> DownloadOutcome {
        try requireNothingUnheard(of: request)
        let (meant, isThere) = try await understand(request, progress)
        let former = number(of: meant)
        if let former, isThere, untold.remove(former) != nil {
            // Since the login it went on by itself, and who asks for it finds it done.
            return .completed(
                name: meant.text, path: meant.target.path, size: known[former]?.size ?? meant.content.size, files: nil,
                sources: [])
        }
        guard !isThere else { return .alreadyThere(path: meant.target.path) }
        let (number, first) = try await take(meant, atOnce: true, isAwaited: true, unless: require)
        let outcome = await outcome(of: number, from: first, progress)
        leave(number)
        if let outcome, outcome != .failure(.cancelled) { return try outcome.get() }
        if !Task.isCancelled, let word = word(on: number, called: meant.text) { throw word }
        if let outcome { return try outcome.get() }
        // unstructured: what was interrupted is put in order
        let goesOn = await Task { await self.interrupt(number) }.value
        throw goesOn && request.waits != true
            ? NodeFailure.leftRunning(name: meant.text, number: number) : NodeFailure.cancelled
    }

    /// One more waits for it, also while it does not run, until ``leave(_:)``.
    func join(_ number: Number) {
        gets[number, default: 0] += 1
        queue.note(number, isAwaited: true)
        // Whoever comes is told soon for whom he waits.
        waiting[number] = nil
    }

    func leave(_ number: Number) {
        gets[number] = gets[number].flatMap { $0 > 1 ? $0 - 1 : nil }
        queue.note(number, isAwaited: gets[number] != nil)
    }

    /// Nil where the caller was cancelled, or nobody goes on with it.
    ///
    /// - Parameter first: may be over by now.
    func outcome(
        of number: Number, from first: TransferJob?, _ progress: @escaping Downloads.Report
    ) async -> TransferJob.Outcome? {
        var next = first
        while let job = next, let outcome = await outcome(of: job, progress) {
            // It was about to be paused when it was asked for, or makes room: then it begins once more.
            guard outcome == .failure(.cancelled), queue.items[number]?.wish == .wanted, !isOver else { return outcome }
            await waitForEnd(of: job)
            next = await nextJob(of: number)
        }
        return nil
    }

    /// Nil where the caller was cancelled.
    private func outcome(of job: TransferJob, _ progress: @escaping Downloads.Report) async -> TransferJob.Outcome? {
        let (watcher, outcomes) = job.watch(progress)
        for await outcome in outcomes { return outcome }
        job.unwatch(watcher)
        return nil
    }

    /// Who waited does not any more: what he began is paused, unless somebody else waits for it.
    ///
    /// - Returns: Whether it goes on, because it did so before he waited for it, or for another.
    func interrupt(_ number: Number) async -> Bool {
        guard gets[number] == nil, awaited.remove(number) != nil else {
            return queue.items[number]?.wish == .wanted && !isOver
        }
        perform(queue.pause(number, at: now))
        await store(number)
        if let job = jobs[number] { await waitForEnd(of: job) }
        return false
    }

    /// - Parameter get: Stopped while the work goes on where that is its user's word.
    func attend(
        _ get: FolderGet, _ work: @Sendable () async throws(NodeFailure) -> DownloadOutcome
    ) async throws(NodeFailure) -> DownloadOutcome {
        folderGets.append(get)
        defer { folderGets.removeAll { $0 === get } }
        return try await work()
    }

    // MARK: Turns

    /// The job that goes on with a transfer, as soon as it has its turn; nil where none will, or the task is cancelled.
    func nextJob(of number: Number) async -> TransferJob? {
        if let job = jobs[number] { return job }
        guard queue.items[number]?.wish == .wanted, !isOver else { return nil }
        let (turns, turn) = AsyncStream<TransferJob>.makeStream(bufferingPolicy: .bufferingNewest(1))
        lastTurn += 1
        let id = lastTurn
        turnsAwaited[number, default: [:]][id] = turn
        defer { turnsAwaited[number]?[id] = nil }
        for await job in turns { return job }
        return nil
    }

    func tellTurn(of job: TransferJob) {
        for turn in (turnsAwaited.removeValue(forKey: job.number) ?? [:]).values {
            turn.yield(job)
            turn.finish()
        }
    }

    /// What is not wanted any more has no turn.
    func dropTurns() {
        for number in turnsAwaited.keys where isOver || queue.items[number]?.wish != .wanted {
            for turn in (turnsAwaited.removeValue(forKey: number) ?? [:]).values { turn.finish() }
        }
    }
}
