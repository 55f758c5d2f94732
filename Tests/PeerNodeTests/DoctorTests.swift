import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// A node that looks at itself and at others, on loopback.
@Suite struct DoctorTests {
    @Test func bothEndsSayWhatTheySaw() async throws {
        try await TestNetwork().running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let request = ExaminationRequest(member: "vader", directory: nodes[0].home.path)
                let examination = try await nodes[0].node.examine(request)
                let codes = Set(examination.findings.map(\.code))
                #expect(
                    codes.isSuperset(of: [
                        .udp, .tcp, .pin, .clock, .login, .certificate, .disk, .natNone, .portOpen, .wayOpen,
                        .memberDirect,
                    ]), "\(examination)")
                #expect(!examination.hasProblem && !codes.contains(.memberSilent), "\(examination)")
                #expect(examination.findings.contains { $0.sentence.contains("vader dials you") }, "\(examination)")
                #expect(examination.milliseconds < 10_000)
                // Nothing of it remains.
                let away = try await nodes[0].node.examine(ExaminationRequest(member: "leia"))
                #expect(away.findings.contains(.memberAway("leia")))
                let nobody = try await nodes[0].node.examine(ExaminationRequest(member: "Leia"))
                #expect(
                    nobody.findings.contains(.memberUnknown("Leia")) && !nobody.findings.contains(.memberAway("Leia")))
            }
        }
    }

    /// Who is not signed in comes as far as he can.
    @Test func withoutALogin() async throws {
        let network = try TestNetwork()
        try await network.running { server in
            let home = try TemporaryDirectory()
            let name = try #require(UserName("hans"))
            func examined(as user: UserName?) async throws -> Examination {
                let node = try TestNode("hans", port: server.port, home: home)
                return try await node.running { await node.node.examine(ExaminationRequest(), as: user) }
            }
            #expect(try await examined(as: nil).findings.contains(.loginMissing))
            try await TestNode("hans", port: server.port, home: home).signedIn {}
            #expect(try await examined(as: name).findings.contains(.login("hans")))
            try network.setAccounts(["hans": "another one", "vader": "sithlord**"])
            server.reloadCredentials()
            try await eventually("the login is refused") {
                try await examined(as: name).findings.contains(.loginRefused)
            }
        }
    }

    /// As a look at a disk that is dead, of which the kernel does not let go.
    @Test func whatHangsIsNotWaitedFor() async {
        let (begun, sink) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        let isCancelled = Seen(false)
        await unawaited(after: .milliseconds(1)) {
            await withCheckedContinuation { _ = sink.yield($0) }
            isCancelled.set(Task.isCancelled)
            sink.finish()
        }
        for await hanging in begun { hanging.resume() }
        #expect(isCancelled.value)
        await unawaited(after: .seconds(3_600)) {}
    }

    @Test func whereNobodyIsItSaysSoInTime() async throws {
        let network = try TestNetwork()
        let port = try await network.running { $0.port }
        let node = try TestNode("hans", port: port)
        let examination = try await node.running { await node.node.examine(ExaminationRequest(), as: nil) }
        #expect(examination.findings.filter { $0.severity == .problem } == [.serverDown("127.0.0.1:\(port)")])
        #expect(examination.milliseconds < 10_000)
    }
}
