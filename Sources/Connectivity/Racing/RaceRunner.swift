import NIOCore
import Wire

/// Runs a ``LinkRace`` with real connections: the first whose certificate is verified wins, the others end.
struct RaceRunner: Sendable {
    let connect: @Sendable (LinkRace.Way) async -> Result<LinkCore, LinkFailure>
    /// Nil where nobody can be asked.
    let ask: (@Sendable () async throws(ReachFailure) -> Whereabouts)?
    /// Connections that come in by themselves, by this race's attempt.
    let arrivals: AsyncStream<LinkCore>?

    private enum Event: Sendable {
        case attempt(LinkRace.AttemptNumber, Result<LinkCore, LinkFailure>)
        case arrived(LinkCore?)
        case arrival(Result<LinkCore, LinkFailure>)
        case whereabouts(Result<Whereabouts, ReachFailure>)
        case time(Int64)
    }

    /// Milliseconds of a clock that only goes forward.
    static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    /// - Returns: The winner, and what happened to the others.
    func run(_ start: LinkRace) async -> (LinkCore?, [LinkFailure]) {
        await withTaskGroup(of: Event.self) { group in
            var race = start
            var (winner, failures, waking): (LinkCore?, [LinkFailure], Int64?) = (nil, [], nil)
            // Links that came in and are not verified yet.
            var arriving = 0
            func step() {
                let now = Self.now
                for action in race.step(now: now) {
                    switch action {
                    case .dial(let number, let way): group.addTask { .attempt(number, await connect(way)) }
                    case .ask: group.addTask { .whereabouts(await Self.answer(of: ask)) }
                    }
                }
                guard let time = race.wakeAt, waking.map({ time < $0 }) ?? true else { return }
                waking = time
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(max(1, time - Self.now)))
                    return .time(time)
                }
            }
            if let arrivals { group.addTask { .arrived(await Self.next(arrivals)) } }
            step()
            while winner == nil, !Task.isCancelled, !race.isOver(now: Self.now) || arriving > 0,
                let event = await group.next()
            {
                switch event {
                case .attempt(_, .success(let core)), .arrival(.success(let core)):
                    winner = core
                case .attempt(let number, .failure(let failure)):
                    failures.append(failure)
                    race.failed(number, now: Self.now)
                case .arrival(.failure(let failure)):
                    arriving -= 1
                    failures.append(failure)
                case .arrived(let core?):
                    arriving += 1
                    group.addTask { .arrival(await Self.verified(core)) }
                    if let arrivals { group.addTask { .arrived(await Self.next(arrivals)) } }
                case .arrived(nil): break
                case .whereabouts(.success(let whereabouts)): race.learned(whereabouts, now: Self.now)
                case .whereabouts(.failure(let failure)): race.unanswered(isFinal: failure == .absent)
                case .time(let time): if waking == time { waking = nil }
                }
                if winner == nil { step() }
            }
            group.cancelAll()
            // What comes about in spite of that is nobody's.
            for await event in group {
                switch event {
                case .attempt(_, .success(let core)), .arrival(.success(let core)), .arrived(let core?):
                    LinkCore.cut(core.channel, .closed)
                default: break
                }
            }
            return (winner, failures)
        }
    }

    static func answer(
        of ask: (@Sendable () async throws(ReachFailure) -> Whereabouts)?
    ) async -> Result<Whereabouts, ReachFailure> {
        guard let ask else { return .failure(.absent) }
        do throws(ReachFailure) { return .success(try await ask()) } catch { return .failure(error) }
    }

    /// Nil at the end.
    static func next(_ arrivals: AsyncStream<LinkCore>) async -> LinkCore? {
        for await core in arrivals { return core }
        return nil
    }

    static func verified(_ core: LinkCore) async -> Result<LinkCore, LinkFailure> {
        do throws(LinkFailure) {
            try await core.await(core.verified)
            return .success(core)
        } catch {
            return .failure(error)
        }
    }
}
