import Wire

/// Carries out a ``LinkRace`` with real connections and says what comes of each: what that means, whoever runs it decides.
struct RaceLoop<Failure: Error>: Sendable {
    enum Outcome {
        case began(LinkRace.AttemptNumber, LinkRace.Way)
        case attempt(LinkRace.AttemptNumber, Result<LinkCore, Failure>)
        /// Of a connection that came in.
        case arrival(Result<LinkCore, LinkFailure>)
    }

    let connect: @Sendable (LinkRace.Way) async -> Result<LinkCore, Failure>
    /// Nil where nobody can be asked.
    let ask: (@Sendable () async throws(ReachFailure) -> Whereabouts)?
    /// Connections that come in by themselves, by this race's attempt.
    let arrivals: AsyncStream<LinkCore>?

    private enum Event: Sendable {
        case attempt(LinkRace.AttemptNumber, Result<LinkCore, Failure>)
        case arrived(LinkCore?)
        case arrival(Result<LinkCore, LinkFailure>)
        case whereabouts(Result<Whereabouts, ReachFailure>)
        case time(Int64)
        case end
    }

    /// Returns when no way is left, at the end, when the task is cancelled, or when it is told so. Links that come about after that
    /// are cut.
    ///
    /// - Parameters:
    ///   - end: On ``RaceRunner/now``'s clock; nil leaves it to the race.
    ///   - isSteady: Only the end ends it.
    ///   - take: Has the link of an outcome from then on. False where there is nothing more to be done.
    func run(
        _ start: LinkRace, until end: Int64? = nil, isSteady: Bool = false, _ take: (Outcome) -> Bool
    ) async {
        await withTaskGroup(of: Event.self) { group in
            var race = start
            var (isWanted, waking): (Bool, Int64?) = (true, nil)
            // Links that came in and are not verified yet.
            var arriving = 0
            func step() {
                for action in race.step(now: RaceRunner.now) {
                    switch action {
                    case .dial(let number, let way):
                        _ = take(.began(number, way))
                        group.addTask { .attempt(number, await connect(way)) }
                    case .ask: group.addTask { .whereabouts(await answer()) }
                    }
                }
                guard let time = race.wakeAt, waking.map({ time < $0 }) ?? true else { return }
                waking = time
                group.addTask { await Self.pause(until: time, .time(time)) }
            }
            if let end { group.addTask { await Self.pause(until: end, .end) } }
            group.addTask { .arrived(await nextArrival()) }
            step()
            while isWanted, !Task.isCancelled, isSteady || !race.isOver(now: RaceRunner.now) || arriving > 0,
                let event = await group.next()
            {
                switch event {
                case .attempt(let number, let result):
                    isWanted = take(.attempt(number, result))
                    race.failed(number, now: RaceRunner.now)
                case .arrived(let core?):
                    arriving += 1
                    group.addTask { .arrival(await Self.verified(core)) }
                    group.addTask { .arrived(await nextArrival()) }
                case .arrived(nil): break
                case .arrival(let result):
                    arriving -= 1
                    isWanted = take(.arrival(result))
                case .whereabouts(.success(let whereabouts)): race.learned(whereabouts, now: RaceRunner.now)
                case .whereabouts(.failure(let failure)): race.unanswered(isFinal: failure == .absent)
                case .time(let time): if waking == time { waking = nil }
                case .end: isWanted = false
                }
                if isWanted { step() }
            }
            group.cancelAll()
            for await event in group {
                switch event {
                case .attempt(_, .success(let core)), .arrival(.success(let core)), .arrived(let core?):
                    LinkCore.cut(core.channel, .closed)
                default: break
                }
            }
        }
    }

    private func answer() async -> Result<Whereabouts, ReachFailure> {
        guard let ask else { return .failure(.absent) }
        do throws(ReachFailure) { return .success(try await ask()) } catch { return .failure(error) }
    }

    /// Nil at the end.
    private func nextArrival() async -> LinkCore? {
        guard let arrivals else { return nil }
        for await core in arrivals { return core }
        return nil
    }

    private static func verified(_ core: LinkCore) async -> Result<LinkCore, LinkFailure> {
        do throws(LinkFailure) {
            try await core.await(core.verified)
            return .success(core)
        } catch {
            return .failure(error)
        }
    }

    private static func pause(until time: Int64, _ event: Event) async -> Event {
        try? await Task.sleep(for: .milliseconds(max(1, time - RaceRunner.now)))
        return event
    }
}
