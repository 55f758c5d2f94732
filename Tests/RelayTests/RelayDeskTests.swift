import Crypto
import Relay
import TestKit
import Testing
import Wire

/// Who is joined with whom, and who is turned away, on virtual time.
struct RelayDeskTests {
    @Test(arguments: RelayTicket.Side.allCases) func whoeverComesFirstWaitsForTheOther(side: RelayTicket.Side) throws {
        var office = RelayOffice()
        let pair = AttemptID.random()
        let first = office.greet(try office.ticket(pair, side, "hans"))
        #expect(first.actions.isEmpty)
        #expect(office.desk.load == RelayLoad(waiting: 1))
        let second = office.greet(try office.ticket(pair, side.other, "hans"))
        #expect(second.actions == [.pair(first.id, second.id)])
        #expect(office.desk.load == RelayLoad(pairs: 1))
        office.desk.ended(first.id)
        #expect(office.desk.load == RelayLoad(pairs: 1))
        office.desk.ended(second.id)
        #expect(office.desk.load == RelayLoad())
    }

    @Test func othersWaitForOthers() throws {
        var office = RelayOffice()
        let first = office.greet(try office.ticket(.random(), .caller))
        let second = office.greet(try office.ticket(.random(), .called))
        #expect(first.actions.isEmpty && second.actions.isEmpty)
        #expect(office.desk.load == RelayLoad(waiting: 2))
    }

    /// Whoever is called knows the attempt, and may ask the directory for tickets of his own with it: they do not meet the one
    /// that counts as the caller's, and keep nobody from using his.
    @Test func theSameAttemptOfAnotherCallerIsAnotherPair() throws {
        var office = RelayOffice()
        let pair = AttemptID.random()
        let called = office.greet(try office.ticket(pair, .called, "hans"))
        let own = office.greet(try office.ticket(pair, .caller, "mara"))
        #expect(called.actions.isEmpty && own.actions.isEmpty)
        #expect(office.desk.load == RelayLoad(waiting: 2))
        let caller = office.greet(try office.ticket(pair, .caller, "hans"))
        #expect(caller.actions == [.pair(called.id, caller.id)])
    }

    // MARK: Refusals

    @Test func noTicketIsRefused() throws {
        var office = RelayOffice()
        var bytes = try office.ticket(.random(), .caller)
        bytes[5] ^= 1
        let refused = office.greet(bytes)
        #expect(refused.actions == [.refuse(refused.id, .ticketInvalid)])
        let foreign = RelayOffice()
        let other = office.greet(try foreign.ticket(.random(), .caller))
        #expect(other.actions == [.refuse(other.id, .ticketInvalid)])
        #expect(office.desk.load == RelayLoad() && office.desk.memory.tickets == 0)
    }

    @Test(arguments: [(-30_001, true), (-29_999, false), (90_000, false), (90_001, true), (Int64.min, true)])
    func aTicketHasItsTime(expiresIn: Int64, isRefused: Bool) throws {
        var office = RelayOffice()
        let (expiry, overflow) = RelayOffice.wall.addingReportingOverflow(expiresIn)
        let came = office.greet(
            try office.ticket(.random(), .caller, expiresAt: overflow ? expiresIn : expiry))
        #expect(came.actions == (isRefused ? [.refuse(came.id, .ticketExpired)] : []))
    }

    @Test func aTicketIsGoodOnce() throws {
        var office = RelayOffice()
        let pair = AttemptID.random()
        let ticket = try office.ticket(pair, .caller)
        let first = office.greet(ticket)
        let again = office.greet(ticket)
        #expect(again.actions == [.refuse(again.id, .ticketUsed)])
        // Also when its connection is gone, and when its pair is.
        office.desk.ended(first.id)
        let later = office.greet(ticket)
        #expect(later.actions == [.refuse(later.id, .ticketUsed)])
        let called = office.greet(try office.ticket(pair, .called))
        #expect(called.actions.isEmpty)
    }

    @Test func aTicketIsForgottenWhenItIsOver() throws {
        var office = RelayOffice()
        let ticket = try office.ticket(.random(), .caller)
        let first = office.greet(ticket)
        office.desk.ended(first.id)
        _ = office.desk.passTime(now: 89_999)
        #expect(office.desk.memory.tickets == 1)
        _ = office.desk.passTime(now: 100_000)
        #expect(office.desk.memory.tickets == 0)
        // It is over by then: nobody gets in with it.
        let late = office.greet(ticket, wall: RelayOffice.wall + 100_000, now: 100_000)
        #expect(late.actions == [.refuse(late.id, .ticketExpired)])
    }

    @Test func placesAreBounded() throws {
        var limits = RelayLimits()
        limits.pairs = 2
        var office = RelayOffice(limits)
        let one = try office.pair("hans")
        let pair = AttemptID.random()
        let waiting = office.greet(try office.ticket(pair, .caller, "luke"))
        let third = try office.ticket(.random(), .caller, "vader")
        let refused = office.greet(third)
        #expect(waiting.actions.isEmpty && refused.actions == [.refuse(refused.id, .full)])
        // Who is waited for has his place.
        let partner = office.greet(try office.ticket(pair, .called, "luke"))
        #expect(partner.actions == [.pair(waiting.id, partner.id)])
        // A ticket that was refused for want of room is not used up.
        office.desk.ended(one.caller)
        office.desk.ended(one.called)
        let again = office.greet(third)
        #expect(again.actions.isEmpty)
    }

    @Test func placesOfACallerAreBounded() throws {
        var limits = RelayLimits()
        limits.pairsPerMember = 2
        var office = RelayOffice(limits)
        let one = try office.pair("hans")
        let waiting = office.greet(try office.ticket(.random(), .caller, "hans"))
        let refused = office.greet(try office.ticket(.random(), .caller, "hans"))
        #expect(waiting.actions.isEmpty && refused.actions == [.refuse(refused.id, .tooManyOfMember)])
        // That somebody waits for him counts as his, too.
        let called = office.greet(try office.ticket(.random(), .called, "hans"))
        #expect(called.actions == [.refuse(called.id, .tooManyOfMember)])
        // Being called by many costs nothing.
        for _ in 0..<3 { _ = try office.pair("luke\(office.desk.load.pairs)") }
        office.desk.ended(waiting.id)
        office.desk.ended(one.caller)
        office.desk.ended(one.called)
        _ = try office.pair("hans")
        _ = try office.pair("hans")
    }

    @Test func whatIsRememberedIsBounded() throws {
        var limits = RelayLimits()
        limits.usedTickets = 2
        limits.members = 1
        var office = RelayOffice(limits)
        let first = office.greet(try office.ticket(.random(), .caller, "hans"))
        let stranger = office.greet(try office.ticket(.random(), .caller, "leia"))
        #expect(first.actions.isEmpty && stranger.actions == [.refuse(stranger.id, .full)])
        _ = office.greet(try office.ticket(.random(), .called, "hans"))
        let third = office.greet(try office.ticket(.random(), .caller, "hans"))
        #expect(third.actions == [.refuse(third.id, .full)])
        #expect(office.desk.memory == (2, 1))
    }

    @Test func strangersAreBoundedAndTimed() throws {
        var limits = RelayLimits()
        limits.unproven = UnprovenLimits(total: 4, perHost: 2, perNetwork: 3)
        var office = RelayOffice(limits)
        let first = office.arrive(from: [10, 0, 0, 1], now: 0)
        _ = office.arrive(from: [10, 0, 0, 1], now: 1)
        let third = office.arrive(from: [10, 0, 0, 1], now: 2)
        #expect(third.actions == [.refuse(first.id, .closing)])
        _ = office.arrive(from: [10, 9, 0, 1], now: 2)
        #expect(office.desk.load == RelayLoad(unproven: 3))
        #expect(office.desk.passTime(now: 5_000).isEmpty)
        #expect(office.desk.passTime(now: 5_001).count == 1)
        #expect(office.desk.passTime(now: 5_002).count == 2)
        #expect(office.desk.load == RelayLoad())
        // What comes from one that was told so is nothing any more.
        #expect(office.desk.greeted(third.id, with: [], wall: RelayOffice.wall, now: 5_003).isEmpty)
        #expect(office.desk.spokeNonsense(third.id).isEmpty)
    }

    @Test func nonsenseIsRefused() {
        var office = RelayOffice()
        let stranger = office.arrive().id
        #expect(office.desk.spokeNonsense(stranger) == [.refuse(stranger, .malformed)])
        #expect(office.desk.load == RelayLoad())
    }

    @Test func nobodyWaitsForLong() throws {
        var office = RelayOffice()
        let pair = AttemptID.random()
        let first = office.greet(try office.ticket(pair, .caller), now: 100)
        #expect(office.desk.passTime(now: 8_099).isEmpty)
        #expect(office.desk.passTime(now: 8_100) == [.refuse(first.id, .partnerMissing)])
        office.desk.ended(first.id)
        #expect(office.desk.load == RelayLoad())
        let second = office.greet(try office.ticket(pair, .called), now: 8_200)
        #expect(second.actions.isEmpty)
    }

    // MARK: Carrying

    @Test func bytesCountAsTheCallers() throws {
        var limits = RelayLimits()
        limits.rate = 1_000_000
        limits.quota = 10_000_000
        var office = RelayOffice(limits)
        let one = try office.pair("hans")
        #expect(office.desk.carried(one.caller, bytes: 250_000, now: 0) == .none)
        #expect(office.desk.carried(one.called, bytes: 100_000, now: 0) == .wait(100))
        // All pairs of his together; those in which he is called not.
        let other = try office.pair("hans")
        #expect(office.desk.carried(other.called, bytes: 1_000, now: 0) == .wait(101))
        let called = try office.pair("luke")
        #expect(office.desk.carried(called.called, bytes: 1_000, now: 0) == .none)
        #expect(office.desk.carried(other.caller, bytes: 9_649_000, now: 1_000) == .end)
        office.desk.ended(other.caller)
        office.desk.ended(other.called)
        let refused = office.greet(try office.ticket(.random(), .caller, "hans"), now: 2_000)
        #expect(refused.actions == [.refuse(refused.id, .quotaUsedUp)])
        let tomorrow = office.greet(try office.ticket(.random(), .caller, "hans"), now: 86_400_000)
        #expect(tomorrow.actions.isEmpty)
    }

    @Test func aQuietPairIsEnded() throws {
        var office = RelayOffice()
        let pair = try office.pair()
        _ = office.desk.carried(pair.called, bytes: 4, now: 60_000)
        #expect(office.desk.passTime(now: 209_999).isEmpty)
        #expect(office.desk.passTime(now: 210_000) == [.end(pair.caller), .end(pair.called)])
        office.desk.ended(pair.caller)
        #expect(office.desk.passTime(now: 210_250) == [.end(pair.called)])
        office.desk.ended(pair.called)
        #expect(office.desk.passTime(now: 210_500).isEmpty)
        #expect(office.desk.load == RelayLoad())
    }

    /// Whatever happens in whatever order: places come back, and nothing is remembered for good.
    @Test func nothingIsLeftBehind() throws {
        var random = SeededRandom.fresh()
        print("BITTRICKLE_TEST_SEED=\(random.seed)")
        var limits = RelayLimits()
        limits.pairs = 8
        limits.pairsPerMember = 3
        limits.quota = 1 << 30
        var office = RelayOffice(limits)
        var open: Set<RelayDesk.ConnectionID> = []
        var tickets: [[UInt8]] = []
        var now: Int64 = 0
        for _ in 0..<Scale.count(2_000) {
            now += .random(in: 0...500, using: &random)
            var actions: [RelayDesk.Action] = []
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let pair = AttemptID.random()
                let wall = RelayOffice.wall + now + RelayTicket.lifetime
                let caller = "m\(Int.random(in: 0..<4, using: &random))"
                tickets.append(try office.ticket(pair, .caller, caller, expiresAt: wall))
                tickets.append(try office.ticket(pair, .called, caller, expiresAt: wall))
            case 1, 2:
                guard let ticket = tickets.randomElement(using: &random) else { continue }
                let came = office.greet(ticket, wall: RelayOffice.wall + now, now: now)
                open.insert(came.id)
                actions = came.actions
            case 3:
                let came = office.arrive(now: now)
                open.insert(came.id)
                actions = came.actions
            case 4:
                guard let id = open.randomElement(using: &random) else { continue }
                _ = office.desk.carried(id, bytes: 1_000, now: now)
            default:
                guard let id = open.randomElement(using: &random) else { continue }
                open.remove(id)
                office.desk.ended(id)
            }
            actions += office.desk.passTime(now: now)
            for case .refuse(let id, _) in actions { open.remove(id) }
            let load = office.desk.load
            #expect(load.pairs + load.waiting <= 8)
            tickets = tickets.suffix(20)
        }
        for id in open { office.desk.ended(id) }
        #expect(office.desk.load == RelayLoad())
        _ = office.desk.passTime(now: now + 2 * 86_400_000)
        #expect(office.desk.memory == (0, 0))
    }
}
