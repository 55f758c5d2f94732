import Connectivity
import DirectoryClient
import Library
import NodeControl
import Wire

/// What a member who is signed in sees, of himself and of others.
struct SessionLook: Sendable {
    /// Until a router has answered, or the stream from the listening port is there.
    private static let settling = Duration.seconds(4)
    private static let pause = Duration.milliseconds(50)
    /// For the other end's word, after the longest time that it may try. Milliseconds.
    private static let reportPatience: Int64 = 1_500

    let session: MemberSession
    let board: ObservationBoard
    let threads: NodeThreads

    private var client: DirectoryClient { session.parts.client }

    func atFiles() async {
        let servesNothing = await session.transfers.currentLimits().upward == 0
        board.note { $0.computer.servesNothing = servesNothing }
        await board.looking(at: "published files") {
            let files = (try? await session.parts.record.all()) ?? []
            let folders = (try? await session.parts.folders.all()) ?? []
            let seen = try? await threads.examining.run { flag in
                (try ComputerLook.unreadable(files, flag), ComputerLook.missing(folders))
            }
            guard let seen else { return }
            board.note { ($0.computer.files, $0.computer.missingShares) = seen }
        }
    }

    func atCertificate() async {
        let remaining = session.parts.trust.identity.certificate.expiresAt - session.parts.time.now
        let wanted = session.settings.setting(.port).value.flatMap { Int($0) } ?? 0
        let port = Observations.Port(wanted: wanted, port: Int(session.parts.listener.port))
        board.note {
            $0.certificates.remaining = remaining
            $0.port = port
        }
    }

    func atTranslation() async {
        await board.looking(at: "the kind of router in between") {
            let crossing: Observations.Crossing
            do {
                if let report = try await client.crossing() {
                    crossing = .seen(report)
                } else {
                    await settled { await client.isTranslated != nil }
                    crossing = .stream(translated: await client.isTranslated, await client.reflexiveEndpoint)
                }
            } catch let failure as CrossingFailure {
                crossing = .blind(failure.reason)
            } catch {
                crossing = .failed
            }
            guard !Task.isCancelled else { return }
            board.note { $0.crossing = crossing }
        }
    }

    func atMapping() async {
        guard session.settings.isOn(.mapPort) else { return board.note { $0.mapping = .off } }
        guard !session.server.isLoopback else { return board.note { $0.mapping = .needless } }
        await settled {
            switch session.places.mapping {
            case .mapped, .unmapped, .noRouter: true
            case .looking, .ended, nil: false
            }
        }
        let state = session.places.mapping ?? .looking
        board.note { $0.mapping = .state(state) }
    }

    private func settled(_ isSettled: () async -> Bool) async {
        let deadline = ContinuousClock.now + Self.settling
        while await !isSettled(), ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: Self.pause)
        }
    }

    func fromOutside() async {
        await board.looking(at: "whether members can dial this computer") {
            let dials: Observations.Dials
            do throws(DirectoryClientFailure) { dials = .done(try await client.dialBack()) } catch {
                switch error {
                case .refused(.unknownRequest): dials = .refused("the server is of an older version")
                case .refused(.slowDown), .refused(.busy): dials = .refused("it was asked too often just now")
                default: dials = .refused("the server did not say")
                }
            }
            guard !Task.isCancelled else { return }
            board.note { $0.dials = dials }
        }
    }

    /// From both ends.
    func at(_ name: String) async {
        guard let user = UserName(name) else { return board.note { $0.member = .init(name, .unknown) } }
        guard user != session.user else { return board.note { $0.member = .init(name, .oneself) } }
        guard !session.blocked.members.contains(user) else {
            return board.note { $0.member = .init(name, .blocked) }
        }
        await board.looking(at: "the ways to \(name)") {
            let attempt = AttemptID.random()
            await session.trials.expecting(user, by: attempt) { reports in
                async let theirs = Self.first(reports, within: LinkDialer.trialLimit + Self.reportPatience)
                let trial = await session.dialer.trial(user, by: attempt)
                var member = Observations.Member(name, await standing(of: user, isAbsent: trial.isAbsent))
                member.endpoints = trial.whereabouts?.endpoints ?? []
                member.hasRelay = trial.whereabouts.map { $0.relay != nil }
                member.ways = trial.ways
                // What is known already is not lost where the other end takes too long.
                board.note { [member] in $0.member = member }
                guard !trial.isAbsent else { return }
                member.theirs = await theirs
                board.note { [member] in $0.member = member }
            }
        }
    }

    private func standing(of user: UserName, isAbsent: Bool) async -> Observations.Member.Standing {
        guard isAbsent else { return .there }
        return await session.isUnknown(user) ? .unknown : .away
    }

    private static func first(_ reports: AsyncStream<[WayReport]>, within limit: Int64) async -> [WayReport]? {
        await within(.milliseconds(limit)) { () -> [WayReport]? in
            for await report in reports { return report }
            return nil
        } ?? nil
    }
}
