import NIOCore
import Wire

/// Runs a ``LinkRace`` with real connections: the first whose certificate is verified wins, the others end.
struct RaceRunner: Sendable {
    let connect: @Sendable (LinkRace.Way) async -> Result<LinkCore, LinkFailure>
    /// Nil where nobody can be asked.
    let ask: (@Sendable () async throws(ReachFailure) -> Whereabouts)?
    /// Connections that come in by themselves, by this race's attempt.
    let arrivals: AsyncStream<LinkCore>?

    /// Milliseconds of a clock that only goes forward.
    static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    /// - Returns: The winner, and what happened to the others.
    func run(_ start: LinkRace) async -> (LinkCore?, [LinkFailure]) {
        var (winner, failures): (LinkCore?, [LinkFailure]) = (nil, [])
        await RaceLoop(connect: connect, ask: ask, arrivals: arrivals).run(start) { outcome in
            switch outcome {
            case .began: break
            case .attempt(_, .success(let core)), .arrival(.success(let core)): winner = core
            case .attempt(_, .failure(let failure)), .arrival(.failure(let failure)): failures.append(failure)
            }
            return winner == nil
        }
        return (winner, failures)
    }
}
