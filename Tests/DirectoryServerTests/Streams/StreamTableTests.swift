import Directory
import DirectoryServer
import TestKit
import Testing
import Wire

/// Which streams go first, and when.
struct StreamTableTests {
    private var table: StreamTable
    private var now: Int64 = 1_000

    init() { table = StreamTable(limits: Self.limits()) }

    private static func limits(
        streams: Int = 4, strangers: Int = 4, perPrefix: Int = 4, idle: Int64 = 30_000
    ) -> SessionLimits {
        var limits = SessionLimits()
        limits.streams = streams
        limits.strangerStreams = strangers
        limits.strangerStreamsPerPrefix = perPrefix
        limits.streamIdle = idle
        return limits
    }

    private mutating func admit(_ network: UInt8, host: UInt8 = 1, port: UInt16 = 1) -> StreamTable.Admission {
        table.admit(from: Origin(address: [10, 0, network, host], port: port), now: now)
    }

    private mutating func stream(_ network: UInt8, host: UInt8 = 1, port: UInt16 = 1) throws -> StreamNumber {
        guard case .admitted(let number, _) = admit(network, host: host, port: port) else {
            throw TestKitError.invalid("nothing of that")
        }
        return number
    }

    private static func session(_ number: UInt64) -> SessionID { SessionID(rawValue: number) }

    private mutating func carry(_ stream: StreamNumber, _ session: UInt64) {
        table.prove(StreamProof(stream: stream, session: Self.session(session), carries: true), now: now)
    }

    private func overdue() -> [StreamNumber] {
        table.overdue(now: now, idle: 0).map(\.0).sorted { $0.rawValue < $1.rawValue }
    }

    @Test mutating func whereAllAreMembersNobodyIsTakenIn() throws {
        for number in 0..<4 { carry(try stream(UInt8(number)), UInt64(number)) }
        #expect(admit(9) == .refused)
        #expect(table.count == 4)
    }

    @Test mutating func aStrangerYieldsToANewcomerAndAMemberDoesNot() throws {
        let member = try stream(1)
        carry(member, 1)
        let flood = [try stream(2), try stream(2), try stream(2)]
        guard case .admitted(let newcomer, let other) = admit(3) else {
            Issue.record("refused")
            return
        }
        #expect(other == flood[0])
        #expect(table.contains(member) && table.contains(newcomer) && !table.contains(flood[0]))
        // Authentic words of somebody who has not signed in do not help.
        table.prove(StreamProof(stream: flood[1], session: Self.session(5), carries: false), now: now)
        #expect(admit(4) == .admitted(StreamNumber(rawValue: newcomer.rawValue + 1), insteadOf: flood[1]))
    }

    @Test mutating func aNetworkHasSoMany() throws {
        table = StreamTable(limits: Self.limits(streams: 100, strangers: 100, perPrefix: 3))
        let neighbour = try stream(1, host: 2)
        let flood = [try stream(1), try stream(1)]
        guard case .admitted(_, let other) = admit(1) else {
            Issue.record("refused")
            return
        }
        #expect(other == flood[0])
        #expect(table.contains(neighbour))
        #expect(table.count == 3)
    }

    @Test mutating func whatIsNotProvenInTimeIsOver() throws {
        let silent = try stream(1)
        let proven = try stream(2)
        table.prove(StreamProof(stream: proven, session: Self.session(1), carries: false), now: now)
        now += SessionLimits().unprovenIdle
        #expect(overdue().isEmpty)
        now += 1
        for stream in [silent, proven] { table.heard(stream, now: now) }
        #expect(overdue() == [silent])
        // And who does not sign in, in the time that a login may take.
        now += SessionLimits().strangerLifetime
        for stream in [silent, proven] { table.heard(stream, now: now) }
        #expect(overdue() == [silent, proven])
    }

    @Test mutating func whereNoByteComesItIsOver() throws {
        let member = try stream(1)
        carry(member, 1)
        now += 30_000
        #expect(overdue().isEmpty)
        now += 1
        #expect(overdue() == [member])
        #expect(table.overdue(now: now, idle: 60_000).isEmpty, "peers may be silent for longer")
        table.heard(member, now: now)
        #expect(overdue().isEmpty)
    }

    @Test mutating func aSessionHasOneStreamToLiveOnAndOneThatIsAttached() throws {
        let (first, second, third) = (try stream(1), try stream(1), try stream(1))
        carry(first, 7)
        #expect(table.attach(second, to: Self.session(7), now: now) == true)
        #expect(table.stream(attachedTo: Self.session(7)) == second)
        carry(third, 7)
        #expect(table.attach(third, to: Self.session(7), now: now) == true)
        // The former ones are strangers' again.
        now += SessionLimits().unprovenIdle + 1
        for stream in [first, second, third] { table.heard(stream, now: now) }
        #expect(overdue() == [first, second])
        #expect(table.remove(second) == nil)
        #expect(table.remove(third) == Self.session(7))
        #expect(table.stream(attachedTo: Self.session(7)) == nil)
    }

    @Test mutating func theStreamsOfASessionThatEndedAreStrangers() throws {
        let (carrying, attached) = (try stream(1), try stream(1))
        carry(carrying, 7)
        #expect(table.attach(attached, to: Self.session(7), now: now) == true)
        now += 20_000
        table.ended(Self.session(7), now: now)
        for stream in [carrying, attached] { table.heard(stream, now: now) }
        #expect(overdue().isEmpty)
        now += SessionLimits().unprovenIdle + 1
        for stream in [carrying, attached] { table.heard(stream, now: now) }
        #expect(overdue() == [carrying, attached])
        #expect(table.remove(attached) == nil)
    }

    @Test mutating func whatIsClosedCannotBeAttached() throws {
        let stream = try stream(1)
        #expect(table.remove(stream) == nil)
        #expect(table.attach(stream, to: Self.session(1), now: now) == false)
        #expect(table.stream(attachedTo: Self.session(1)) == nil)
        #expect(table.count == 0)
    }

    @Test func descriptorsAreLeftForOthers() {
        #expect(SessionLimits().within(descriptors: 1_024).streams == 768)
        #expect(SessionLimits().within(descriptors: 1_024).strangerStreams == 192)
        #expect(SessionLimits().within(descriptors: 1_000_000).streams == 65_536)
        #expect(SessionLimits().within(descriptors: 1_000_000).strangerStreams == 16_384)
        #expect(SessionLimits().within(descriptors: 10).streams == 1)
        #expect(SessionLimits().within(descriptors: 131_072, besides: 80_000).streams == 65_536 - 256)
        #expect(SessionLimits().within(descriptors: 4_096, besides: 80_000).streams == 2_048 - 256)
    }
}
