import Content
import DirectoryClient
import Library
import NodeControl

/// What becomes of a transfer of which nothing comes: it makes room for others, and goes on. It is looked up for whom it waits, and
/// whoever waits for its end is not kept waiting where nobody is away who may come.
extension Transfers {
    /// While nothing comes for so long, a transfer makes room for others.
    private static let patience: Duration = .seconds(10)

    /// Called every second for each that runs.
    func watch(_ number: Number, _ job: TransferJob) {
        let silence = job.silence
        if silence >= Self.patience {
            perform(queue.wentIdle(number, at: now))
        } else if job.progress.lastSign != nil {
            queue.delivered(number)
        }
        guard waiting[number, default: Waiting()].mayLook(after: silence, at: now) else { return }
        begin.yield { await self.look(at: job) }
    }

    private func look(at job: TransferJob) async {
        guard let downloads = try? downloads else { return }
        let prospect = await downloads.prospect(of: job)
        let silenceLimit = await downloads.client.silenceLimit
        guard jobs[job.number] === job,
            let word = waiting[job.number]?.looked(
                prospect, silenceLimit: silenceLimit, after: job.silence, at: now)
        else { return }
        job.tell(waitingFor: word.members)
        guard word.isInVain, job.isWatched else { return }
        if awaited.contains(job.number) {
            job.giveUp()
        } else if job.silence >= Self.patience, await job.isHopeless {
            // It goes on, as it did before somebody waited for it.
            let progress = job.progress
            let failure = await downloads.lost(
                job, partial: job.partialPath, done: progress.done, total: progress.total ?? job.content.size)
            // Something may have come meanwhile.
            if job.silence >= Self.patience { job.dismissWatchers(failure) }
        }
    }
}
