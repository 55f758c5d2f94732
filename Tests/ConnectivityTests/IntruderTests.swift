import Connectivity
import Content
import Crypto
import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL
import NetworkTestKit
import TestKit
import Testing
import Wire
import X509

/// Nobody gets in: whoever is no member gets not one byte of application data.
@Suite(.timeLimit(.minutes(1))) struct IntruderTests {
    private let network: TestNetwork
    private let device = P256.Signing.PrivateKey()

    init() throws { network = try TestNetwork() }

    /// Bytes given to an intruder by a member who answers everything, and how many links that member served.
    private func attack(_ intruder: Intruder) async throws -> (given: Int, served: Int) {
        let hans = try await TestPeer(try network.identity("hans"))
        hans.trust.revoke([
            Revocation(serial: 1, user: try TestNetwork.user("lando"), issuedBefore: TestNetwork.now + 1)
        ])
        let served = Tally()
        return try await hans.serving { link in
            served.add()
            // One batch is answered, then the link is closed.
            for try await batch in link.inbound { return try await link.send(batch) }
        } while: {
            let bytes = try await intruder.bytesGiven(by: hans)
            return (bytes.count, served.count)
        }
    }

    private func shows(_ certificate: [UInt8]) -> Intruder { Intruder(showing: (certificate, device)) }

    @Test func theAttackerHereIsOneThatAMemberCouldBe() async throws {
        let leaf = try network.certificate(for: device, names: try network.names("vader"))
        let (given, served) = try await attack(shows(leaf))
        #expect(given > PeerHandshake.byteCount)
        #expect(served == 1)
    }

    @Test func withoutACertificate() async throws {
        #expect(try await attack(Intruder()) == (0, 0))
    }

    @Test func withOneOfAnotherAuthority() async throws {
        let leaf = try TestNetwork().certificate(for: device, names: try network.names("vader"))
        #expect(try await attack(shows(leaf)) == (0, 0))
    }

    @Test func withAnExpiredOne() async throws {
        let leaf = try network.certificate(
            for: device, names: try network.names("vader"),
            issuedAt: TestNetwork.now - MemberCertificateTerms.lifetime - 1_000)
        #expect(try await attack(shows(leaf)) == (0, 0))
    }

    @Test func withOneThatIsNotValidYet() async throws {
        let leaf = try network.certificate(
            for: device, names: try network.names("vader"),
            issuedAt: TestNetwork.now + MemberCertificateTerms.backdating + 1_000)
        #expect(try await attack(shows(leaf)) == (0, 0))
    }

    @Test func withARevokedName() async throws {
        let leaf = try network.certificate(for: device, names: try network.names("lando"))
        #expect(try await attack(shows(leaf)) == (0, 0))
    }

    @Test func withoutAName() async throws {
        let leaf = try network.certificate(for: device, names: [.dnsName("*")])
        #expect(try await attack(shows(leaf)) == (0, 0))
    }

    @Test func withAnOlderTLS() async throws {
        var intruder = shows(try network.certificate(for: device, names: try network.names("vader")))
        intruder.minimumVersion = .tlsv12
        intruder.maximumVersion = .tlsv12
        #expect(try await attack(intruder) == (0, 0))
    }

    @Test func withOtherWords() async throws {
        var intruder = shows(try network.certificate(for: device, names: try network.names("vader")))
        intruder.words = ByteBuffer(string: "GET /../../etc/passwd HTTP/1.1\r\n\r\n")
        #expect(try await attack(intruder) == (0, 0))
    }

    @Test func aConnectionThatNeverSpeaksIsClosed() async throws {
        var limits = LinkLimits()
        limits.handshake = .milliseconds(200)
        let hans = try await TestPeer(try network.identity("hans"), limits: limits)
        try await hans.serving(echo) {
            // Not even TLS.
            let channel = try await ClientBootstrap(group: TestPeer.group)
                .connect(host: "127.0.0.1", port: Int(hans.listener.port)).get()
            try await channel.closeFuture.get()
            try await sendsHalfAGreeting(hans)
        }
    }

    /// One deadline from the connection on: who says the first byte just before it has not as much again.
    @Test func aFirstByteBringsNoMoreTime() async throws {
        var limits = LinkLimits()
        limits.handshake = .seconds(2)
        let earlier = try await TestPeer(try network.identity("boba"), limits: limits)
        limits.handshake = .seconds(3)
        let hans = try await TestPeer(try network.identity("hans"), limits: limits)
        try await earlier.serving(echo) {
            try await hans.serving(echo) {
                let start = ContinuousClock.now
                let (other, channel) = (try await connect(earlier), try await connect(hans))
                // Which is how late it is.
                try await other.closeFuture.get()
                try await channel.writeAndFlush(ByteBuffer(bytes: [22]))
                try await channel.closeFuture.get()
                #expect(start.duration(to: .now) < .milliseconds(4_500))
            }
        }
    }

    private func sendsHalfAGreeting(_ hans: TestPeer) async throws {
        // TLS, but never the whole of the 68 bytes.
        var intruder = shows(try network.certificate(for: device, names: try network.names("vader")))
        intruder.words = intruder.words.getSlice(at: 0, length: PeerHandshake.byteCount - 1) ?? ByteBuffer()
        #expect(try await intruder.bytesGiven(by: hans) == [])
    }

    @Test func connectionsThatNeverSpeakAreFewFromOneAddress() async throws {
        var limits = LinkLimits()
        limits.unprovenPerHost = 2
        let hans = try await TestPeer(try network.identity("hans"), limits: limits)
        try await hans.serving(echo) {
            let first = try await connect(hans)
            let second = try await connect(hans)
            let third = try await connect(hans)
            try await first.closeFuture.get()
            #expect(second.isActive && third.isActive)
            try await second.close()
            try await third.close()
        }
    }

    private func connect(_ peer: TestPeer) async throws -> any Channel {
        try await ClientBootstrap(group: TestPeer.group)
            .connect(host: "127.0.0.1", port: Int(peer.listener.port)).get()
    }

    /// A ticket of a member's session lets nobody in without a certificate: OpenSSL asks for both.
    @Test func withAResumedSession() async throws {
        let hans = try await TestPeer(try network.identity("hans"))
        let folder = try TemporaryDirectory()
        let leaf = try network.certificate(for: device, names: try network.names("vader"))
        try Data(leaf).write(to: URL(filePath: folder.file("leaf.der")))
        try Data(device.pemRepresentation.utf8).write(to: URL(filePath: folder.file("key.pem")))
        // Text throughout, as it goes through a pipe that takes text.
        var bytes = ByteBuffer()
        let hash = try #require(TruncatedInfoHash([UInt8](repeating: 0x61, count: TruncatedInfoHash.byteCount)))
        let peerID = try #require(PeerID([UInt8](repeating: 0x62, count: PeerID.byteCount)))
        PeerHandshake(infoHash: hash, peerID: peerID).encode(into: &bytes)
        bytes.writePeerMessages([.haveNone, .interested])
        let words = String(buffer: bytes)
        let common = ["s_client", "-connect", "127.0.0.1:\(hans.listener.port)", "-tls1_3", "-quiet"]

        try await hans.serving(echo) {
            let member = try await RealProcess.start(
                "/usr/bin/openssl",
                common + ["-cert", "leaf.der", "-certform", "DER", "-key", "key.pem", "-sess_out", "session"],
                in: folder.path)
            try await member.type(words)
            try await member.output.expect("BitTorrent protocol")
            try await member.endInput()
            try await member.kill()
            #expect(FileManager.default.fileExists(atPath: folder.file("session")))

            let thief = try await RealProcess.start(
                "/usr/bin/openssl", common.dropLast() + ["-ign_eof", "-sess_in", "session"],
                in: folder.path)
            // The door may be shut already.
            try? await thief.type(words)
            let said = try await thief.output.expectEnd()
            #expect(said.contains("Reused, TLSv1.3"))
            #expect(!said.contains("BitTorrent protocol"))
        }
    }
}
