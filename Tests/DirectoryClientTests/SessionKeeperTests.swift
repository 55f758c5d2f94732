import DirectoryClient
import Testing
import Wire

/// Sessions, logins and heartbeats on virtual time.
struct SessionKeeperTests {
    /// A large network asks for fewer heartbeats.
    @Test func aLongerIntervalIsKeptToAsSoonAsItIsHeard() throws {
        var kept = try Kept()
        let seldom = HeartbeatAnswer(interval: 50_000, silenceLimit: 75_000, serverTime: 5, revocationSerial: 6)
        kept.now = 2_000
        kept.step()
        for case .send(.current, let transaction, .heartbeat) in kept.actions {
            kept.take(kept.keeper.heard(on: .current, now: kept.now))
            kept.answer(.heartbeat(seldom), to: transaction)
        }
        #expect(kept.keeper.wakeAt(waitingSince: nil) == 52_000)
    }

    /// A keeper with a session, and signed in unless it is told otherwise.
    private struct Kept {
        var keeper = SessionKeeper(now: 0)
        var now: Int64 = 0
        /// What it said, but for pulses and answered heartbeats.
        var actions: [SessionKeeper.Action] = []
        var pulses = 0

        init(signedIn: Bool = true, password: Bool = true) throws {
            take(keeper.opened(now: 0, firstTimeout: 100, jitter: 0.5))
            #expect(actions == [.adopt])
            actions = []
            if signedIn { keeper.signedIn(try Self.login(password: password), Self.welcome(token: 1), now: 0) }
        }

        static func login(password: Bool) throws -> Login {
            Login(
                user: try #require(UserName("hans")), proof: password ? .password([7]) : .token([1]),
                device: try #require(DeviceID([UInt8](repeating: 1, count: 16))), deviceLabel: "desk", takesOver: true,
                devicePublicKey: [1, 2], listeningPort: 1_000, localAddresses: [])
        }

        static let pulse = HeartbeatAnswer(interval: 2_000, silenceLimit: 3_000, serverTime: 5, revocationSerial: 6)
        static func welcome(token: UInt8) -> Welcome { Welcome(certificate: [9], token: [token], pulse: pulse) }

        mutating func take(_ more: [SessionKeeper.Action]) { actions += more }
        mutating func step() { take(keeper.step(now: now, waitingSince: nil, firstTimeout: 100, jitter: 0.5)) }

        /// Lets time pass; a server that is there answers heartbeats after 10 ms.
        mutating func run(until end: Int64, serverIsThere: Bool) {
            var steps = 0
            while case let wakeAt = keeper.wakeAt(waitingSince: nil), wakeAt <= end {
                steps += 1
                guard steps < 1_000_000 else {
                    Issue.record("it spins at \(now)")
                    return
                }
                now = max(now, wakeAt)
                step()
                if serverIsThere { answerHeartbeats() }
            }
            now = end
        }

        mutating func answerHeartbeats() {
            for case .send(.current, let transaction, .heartbeat) in actions {
                take(keeper.heard(on: .current, now: now))
                answer(.heartbeat(Self.pulse), to: transaction)
            }
            actions.removeAll { if case .send(_, _, .heartbeat) = $0 { true } else { false } }
            pulses += actions.count { $0 == .tell(.pulse(Self.pulse)) }
            actions.removeAll { $0 == .tell(.pulse(Self.pulse)) }
        }

        mutating func answer(_ answer: DirectoryAnswer, to transaction: Transaction) {
            take(keeper.receive(answer, to: transaction, now: now, firstTimeout: 100, jitter: 0.5))
        }

        mutating func open() { take(keeper.opened(now: now, firstTimeout: 100, jitter: 0.5)) }

        /// The logins that were sent, and where.
        var logins: [(place: SessionKeeper.Place, transaction: Transaction, proof: Login.Proof)] {
            actions.compactMap { action in
                guard case .send(let place, let transaction, .login(let login)) = action else { return nil }
                return (place, transaction, login.proof)
            }
        }

        var heartbeatCount: Int {
            actions.count { if case .send(.current, _, .heartbeat) = $0 { true } else { false } }
        }
    }

    @Test func beatsAtTheServersIntervalAndTellsThePulse() throws {
        var kept = try Kept()
        kept.run(until: 20_500, serverIsThere: true)
        #expect(kept.actions.isEmpty)
        #expect(kept.pulses == 10)
    }

    @Test func repeatsAHeartbeatUntilItIsAnswered() throws {
        var kept = try Kept()
        kept.run(until: 2_900, serverIsThere: false)
        #expect(kept.heartbeatCount >= 4)
        kept.answerHeartbeats()
        kept.run(until: 3_900, serverIsThere: false)
        #expect(kept.heartbeatCount == 0)
    }

    @Test func doesNotBeatBeforeALogin() throws {
        var kept = try Kept(signedIn: false)
        kept.run(until: 100_000, serverIsThere: true)
        #expect(kept.actions.isEmpty)
    }

    @Test func probesASessionOnWhichARequestWaits() throws {
        var kept = try Kept(signedIn: false)
        kept.now = 600
        kept.take(kept.keeper.step(now: 600, waitingSince: 300, firstTimeout: 100, jitter: 0.5))
        #expect(kept.actions.isEmpty)
        kept.take(kept.keeper.step(now: 800, waitingSince: 300, firstTimeout: 100, jitter: 0.5))
        #expect(kept.heartbeatCount == 1)
    }

    @Test func tellsOnceThatTheServerIsAwayAndOnceThatItIsBack() throws {
        var kept = try Kept()
        kept.run(until: 120_000, serverIsThere: false)
        #expect(kept.actions.count { $0 == .tell(.away) } == 1)
        let opened = kept.actions.count { $0 == .open }
        #expect((20...60).contains(opened))
        #expect(kept.actions.count { $0 == .rebind } == opened)
        // Slower than at first, but a server that is back is noticed within two heartbeats.
        #expect(kept.heartbeatCount < 120)
        let late = kept.heartbeatCount
        kept.run(until: 124_000, serverIsThere: false)
        #expect(kept.heartbeatCount > late)
        kept.actions = []
        kept.take(kept.keeper.heard(on: .current, now: kept.now))
        kept.take(kept.keeper.heard(on: .current, now: kept.now))
        #expect(kept.actions == [.tell(.back), .abandon])
    }

    @Test func opensASecondSessionAfterAHintAndSignsInThereWithTheToken() throws {
        var kept = try Kept()
        kept.now = 100
        kept.take(kept.keeper.hinted(of: .current, now: 100))
        #expect(kept.actions == [.open])
        kept.open()
        let login = try #require(kept.logins.first)
        #expect(login.place == .beside)
        #expect(login.proof == .token([1]))
        #expect(!kept.actions.contains(.adopt))
        kept.actions = []
        kept.answer(.welcome(Kept.welcome(token: 2)), to: login.transaction)
        #expect(kept.actions == [.adopt, .tell(.signedInAgain(Kept.welcome(token: 2))), .resume])
        #expect(kept.keeper.account?.token == [2])
        kept.run(until: 10_000, serverIsThere: true)
        #expect(!kept.actions.contains(.open))
    }

    @Test func keepsASessionThatAForgedHintSpokeOf() throws {
        var kept = try Kept()
        kept.take(kept.keeper.hinted(of: .current, now: 100))
        kept.take(kept.keeper.heard(on: .current, now: 110))
        #expect(kept.actions == [.open, .abandon])
        // Forging more of them is no way to make it open more sessions than one a second.
        kept.actions = []
        for now in 111...1_000 as ClosedRange<Int64> {
            kept.take(kept.keeper.hinted(of: .current, now: now))
            kept.take(kept.keeper.heard(on: .current, now: now))
        }
        #expect(kept.actions.isEmpty)
    }

    @Test func asksForThePasswordItKeptWhereTheTokenIsRefused() throws {
        var kept = try Kept()
        kept.take(kept.keeper.hinted(of: .current, now: 100))
        kept.open()
        let first = try #require(kept.logins.last)
        kept.answer(.refusal(.tokenInvalid), to: first.transaction)
        kept.now += 1
        kept.step()
        let second = try #require(kept.logins.last)
        #expect(second.transaction != first.transaction)
        #expect(second.proof == .password([7]))
        kept.answer(.welcome(Kept.welcome(token: 3)), to: second.transaction)
        #expect(kept.keeper.account?.token == [3])
        #expect(kept.keeper.account?.login.proof == .password([7]))
    }

    @Test(arguments: [true, false]) func isExpelledWhereNothingIsAccepted(hasPassword: Bool) throws {
        var kept = try Kept(password: hasPassword)
        kept.take(kept.keeper.lostLogin(now: 50, firstTimeout: 100, jitter: 0.5))
        kept.now = 50
        kept.step()
        for refusal in [DirectoryRefusal.tokenInvalid, .authenticationFailed].prefix(hasPassword ? 2 : 1) {
            kept.answer(.refusal(refusal), to: try #require(kept.logins.last).transaction)
            kept.now += 1
            kept.step()
        }
        #expect(kept.actions.contains(.expelled(hasPassword ? .authenticationFailed : .tokenInvalid)))
        #expect(kept.actions.contains(.giveUp))
        #expect(kept.keeper.account == nil)
        kept.actions = []
        kept.run(until: 60_000, serverIsThere: false)
        #expect(kept.actions.isEmpty)
    }

    @Test(arguments: [DirectoryRefusal.busy(retryAfter: 700), .slowDown(retryAfter: 700), .internalError, .storeFull])
    func triesALoginAgainLater(refusal: DirectoryRefusal) throws {
        var kept = try Kept()
        kept.take(kept.keeper.lostLogin(now: 0, firstTimeout: 100, jitter: 0.5))
        kept.answer(.refusal(refusal), to: try #require(kept.logins.first).transaction)
        kept.run(until: 600, serverIsThere: true)
        #expect(kept.logins.count == 1)
        kept.run(until: 1_100, serverIsThere: true)
        #expect(kept.logins.count >= 2)
    }

    @Test func renewsAnOldSessionWithoutLeavingIt() throws {
        var kept = try Kept()
        kept.run(until: SessionKeeper.sessionAge + 10, serverIsThere: true)
        #expect(kept.actions.contains(.open))
        kept.actions = []
        kept.take(kept.keeper.heard(on: .current, now: kept.now))
        #expect(kept.actions.isEmpty)
        kept.open()
        kept.answer(.welcome(Kept.welcome(token: 2)), to: try #require(kept.logins.last).transaction)
        #expect(kept.actions.contains(.adopt))
    }

    @Test func beginsAnAttemptAnewThatLeadsNowhere() throws {
        var kept = try Kept()
        kept.take(kept.keeper.hinted(of: .current, now: 0))
        kept.run(until: SessionKeeper.attemptLimit + 100, serverIsThere: false)
        #expect(kept.actions.count { $0 == .open } == 2)
    }

    @Test func opensAnotherSessionWhereTheOneBesideIsLostToo() throws {
        var kept = try Kept()
        kept.take(kept.keeper.hinted(of: .current, now: 0))
        kept.open()
        kept.take(kept.keeper.hinted(of: .current, now: 2_000))
        #expect(kept.actions.count { $0 == .open } == 1)
        kept.take(kept.keeper.hinted(of: .beside, now: 2_000))
        #expect(kept.actions.count { $0 == .open } == 2)
    }

    private static func other(_ seed: UInt8) -> OtherNetwork {
        OtherNetwork(expected: NetworkPin(publicKeyDER: [0]), found: NetworkPin(publicKeyDER: [seed]))
    }

    /// Anybody on the line can answer a hello in another network's name.
    @Test func anotherNetworkIsNothingToASessionThatWorks() throws {
        var kept = try Kept()
        for second in 1...60 as ClosedRange<Int64> {
            kept.take(kept.keeper.met(Self.other(1), now: kept.now))
            kept.run(until: second * 1_000, serverIsThere: true)
            #expect(kept.keeper.replacement(now: kept.now) == nil)
        }
        #expect(kept.actions.isEmpty)
    }

    @Test func anotherNetworkIsToldInThePlaceOfAnAbsenceAndOnce() throws {
        var kept = try Kept()
        kept.run(until: 4_000, serverIsThere: false)
        kept.take(kept.keeper.met(Self.other(1), now: kept.now))
        #expect(!kept.actions.contains(.refuse(Self.other(1))))
        kept.run(until: 9_000, serverIsThere: false)
        #expect(!kept.actions.contains(.tell(.away)))
        #expect(kept.actions.contains(.tell(.replaced(Self.other(1)))))
        #expect(kept.actions.contains(.refuse(Self.other(1))))
        #expect(kept.keeper.replacement(now: kept.now) == Self.other(1))
        kept.actions = []
        kept.take(kept.keeper.met(Self.other(1), now: kept.now))
        #expect(kept.actions == [.refuse(Self.other(1))])
        kept.take(kept.keeper.met(Self.other(2), now: kept.now))
        #expect(kept.actions.suffix(2) == [.tell(.replaced(Self.other(2))), .refuse(Self.other(2))])
        // It answers no more: that is an absence like any other.
        #expect(kept.keeper.replacement(now: kept.now + SessionKeeper.otherNetworkLimit + 1) == nil)
        kept.actions = []
        kept.take(kept.keeper.heard(on: .current, now: kept.now))
        #expect(kept.actions == [.tell(.back), .abandon])
        #expect(kept.keeper.replacement(now: kept.now) == nil)
    }

    @Test func anotherNetworkThatComesLaterIsToldAfterTheAbsence() throws {
        var kept = try Kept()
        kept.run(until: 9_000, serverIsThere: false)
        #expect(kept.actions.contains(.tell(.away)))
        kept.actions = []
        kept.take(kept.keeper.met(Self.other(1), now: kept.now))
        #expect(kept.actions == [.tell(.replaced(Self.other(1))), .refuse(Self.other(1))])
    }

    @Test func whoMovedAsksForHisSessionAtOnce() throws {
        var kept = try Kept()
        kept.now = 500
        kept.take(kept.keeper.moved(now: 500))
        #expect(kept.actions == [.rebind, .open])
        #expect(kept.keeper.wakeAt(waitingSince: nil) <= 500)
        kept.actions = []
        kept.step()
        #expect(kept.heartbeatCount == 1)
        // It goes on there, and no other one is needed.
        kept.actions = []
        kept.take(kept.keeper.heard(on: .current, now: 520))
        #expect(kept.actions == [.abandon])
    }
}
