import DirectoryClient
import NIOCore
import NetworkTestKit
import Synchronization
import TestKit
import Testing

/// Servers given by a name that has another address later, or elsewhere.
struct NameLooksTests {
    /// Says whatever a test wants, and counts how often.
    private final class Names: Sendable {
        private let state: Mutex<(addresses: [SocketAddress], count: Int)>

        init(_ address: SocketAddress) { state = Mutex(([address], 0)) }

        var count: Int { state.withLock { $0.count } }

        func say(_ addresses: [SocketAddress]) { state.withLock { $0.addresses = addresses } }

        @Sendable func lookUp(_ server: ServerAddress, on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]>
        {
            eventLoop.makeSucceededFuture(
                state.withLock { state in
                    state.count += 1
                    return state.addresses
                })
        }
    }

    private func client(_ names: Names) async throws -> DirectoryClient {
        let client = DirectoryClient(lookUp: names.lookUp)
        _ = try await client.connect(to: ServerAddress(host: "directory.example.org", port: 12_000), pin: nil)
        _ = try await client.signIn(login("hans"))
        return client
    }

    @Test(.timeLimit(.minutes(2))) func whoMovedGoesToTheAddressThatTheNameHasThere() async throws {
        let live = try LiveServer(users: ["hans"])
        try await live.running { server in
            let (here, there) = (
                try await LossyProxy.start(to: server.address), try await LossyProxy.start(to: server.address)
            )
            let names = Names(try await here.address)
            let hans = try await client(names)
            try await watching(hans) { told in
                #expect(names.count == 1)
                await here.cut()
                names.say([try await there.address])
                await hans.moved()
                try await eventually("it is signed in there", within: .seconds(20)) { told.signIns == 1 }
                #expect(await hans.currentServer == ServerAddress(try await there.address))
                #expect(try await hans.peers().isEmpty)
                #expect(names.count == 2)
            }
            await here.close()
            await there.close()
        }
    }

    /// As in a network whose names all mean the page at which one pays.
    @Test(.timeLimit(.minutes(2)), arguments: [true, false])
    func aWrongAnswerCostsNothing(isThereOne: Bool) async throws {
        let live = try LiveServer(users: ["hans"])
        try await live.running { server in
            let (here, nowhere) = (
                try await LossyProxy.start(to: server.address), try await LossyProxy.start(to: server.address)
            )
            await nowhere.cut()
            let names = Names(try await here.address)
            let hans = try await client(names)
            try await watching(hans) { told in
                await here.cut()
                names.say(isThereOne ? [try await nowhere.address] : [])
                await hans.moved()
                try await eventually("the name is looked up") { names.count == 2 }
                await here.restore()
                let before = told.pulses
                try await eventually("a pulse", within: .seconds(20)) { told.pulses > before }
                #expect(await hans.currentServer == ServerAddress(try await here.address))
            }
            await here.close()
            await nowhere.close()
        }
    }

    /// Who stays where he is and is answered asks nobody for names.
    @Test(.timeLimit(.minutes(1))) func whoIsAnsweredLooksNothingUp() async throws {
        let live = try LiveServer(users: ["hans"])
        try await live.running { server in
            let names = Names(try server.address)
            let hans = try await client(names)
            try await watching(hans) { told in
                await hans.moved()
                let before = told.pulses
                try await eventually("a pulse") { told.pulses > before }
                #expect(names.count == 1)
            }
        }
    }

    @Test func oneLookAtATimeAndSeldom() {
        var looks = NameLooks()
        // Each is over before the next one, but for the first.
        func begins(at now: Int64, isOver: Bool = true) -> Bool {
            defer { if isOver { looks.ended() } }
            return looks.begin(now: now)
        }
        #expect(begins(at: 0, isOver: false))
        looks.moved()
        #expect(!begins(at: NameLooks.pause, isOver: false))
        looks.ended()
        // What was asked before the move does not count.
        #expect(begins(at: 1_000))
        #expect(!begins(at: 999 + NameLooks.pause))
        #expect(begins(at: 1_000 + NameLooks.pause))
    }
}
