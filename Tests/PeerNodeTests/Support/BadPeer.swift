import Connectivity
import Content
import Crypto
import DirectoryClient
import NIOCore
import NIOPosix
import TestKit
import Transfer
import Wire

/// A member with a program of his own: signs in, publishes, and serves as he likes.
struct BadPeer: Sendable {
    let client = DirectoryClient()
    let trust: LinkTrust
    let listener: LinkListener
    let dialer: LinkDialer
    let certificate: [UInt8]
    private let user: UserName

    init(_ name: String, port: UInt16) async throws {
        guard let user = UserName(name), let password = TestNetwork.passwords[name],
            let device = DeviceID((0..<16).map { _ in UInt8.random(in: 0...255) })
        else { throw TestKitError.timedOut("no such member") }
        let pin = try await client.connect(to: ServerAddress(host: "127.0.0.1", port: Int(port)), pin: nil)
        let description = try await client.network()
        let authority = try NetworkAuthority(certificatePEM: description.certificatePEM, pin: pin)
        self.user = user
        let group = MultiThreadedEventLoopGroup.singleton
        listener = try await LinkListener.bind(group: group, logger: quiet)
        let key = P256.Signing.PrivateKey()
        let welcome = try await client.signIn(
            Login(
                user: user, proof: .password(Array(password.utf8)), device: device, deviceLabel: "bad",
                takesOver: false,
                devicePublicKey: Array(key.publicKey.derRepresentation), listeningPort: listener.port,
                localAddresses: []))
        let identity = try MemberIdentity(
            authority: authority, user: user, deviceKey: key, certificateDER: welcome.certificate)
        let time = welcome.pulse.serverTime
        trust = try LinkTrust(identity: identity) { time }
        dialer = LinkDialer(trust: trust, group: group, logger: quiet)
        certificate = Array(description.certificatePEM.utf8)
    }

    /// Publishes a content under a name, and serves the source to all who come, while the body runs.
    ///
    /// - Parameter content: As what it is published; nil for what it is.
    func serving<Result: Sendable>(
        _ name: String, _ source: BadSource, as content: ContentID? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        let content = content ?? source.hashes.layout.id
        let results = try await client.publish([PublicationDraft(name: try FileName(name), content: content)])
        guard case .published(let id) = results.first else { throw TestKitError.timedOut("not published") }
        try await client.serve(add: [id])
        let surroundings = SwarmSurroundings(user: user, slots: UploadSlots(), logger: quiet)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await listener.run(trust: trust) { incoming in
                    let greeting = PeerHandshake(infoHash: incoming.handshake.infoHash, peerID: PeerID.random())
                    guard let link = try? await incoming.accept(greeting) else { return }
                    let run = SwarmRun(seeding: source, source.hashes, surroundings)
                    _ = run.add(PlainLink(link: link, garbles: source.garbles), isDialled: false)
                    _ = await run.run()
                }
            }
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            group.cancelAll()
            try await group.waitForAll()
            await client.goodbye()
            return try result.get()
        }
    }

    /// A link to a member who has the content.
    func link(to member: String, for content: ContentID) async throws -> AuthenticatedLink {
        let holders = try await client.holders(content)
        guard let holder = holders.first(where: { $0.user.text == member }), let hash = infoHash(of: content) else {
            throw TestKitError.timedOut("\(member) is no holder")
        }
        return try await dialer.dial(
            holder.user, at: holder.endpoints, greeting: PeerHandshake(infoHash: hash, peerID: PeerID.random()))
    }

    func infoHash(of content: ContentID) -> TruncatedInfoHash? {
        guard content.kind == .file else { return InfoHash(content.root).truncated }
        return InfoDictionary.canonical(content, certificate: certificate)?.infoHash.truncated
    }
}

struct PlainLink: PeerLink {
    let link: AuthenticatedLink
    /// Sends a message that cannot be in the place of blocks.
    let garbles: Bool

    var member: UserName { link.member }
    var abilities: PeerAbilities { PeerAbilities() }
    var path: LinkPath { link.path }
    var inbound: InboundMessages { link.inbound }
    func send(_ messages: [PeerMessage]) async throws {
        try await link.send(
            messages.map { message in
                if garbles, case .piece = message { .bitfield([UInt8](repeating: 1, count: 1 << 20)) } else { message }
            })
    }
    func close() async { await link.close() }
}

/// Bytes in memory, of which some are not what they should be, or never come.
struct BadSource: ContentSource {
    enum Behaviour: Sendable {
        case honest
        /// Flips a bit in every block.
        case lies
        /// Never answers a request for bytes.
        case stalls
        /// Gives so many bytes and then fails.
        case fails(after: Int64)
        /// The link sends messages that cannot be.
        case garbles
    }

    let bytes: [UInt8]
    let hashes: PieceHashes
    let behaviour: Behaviour
    private let given = Tally()
    var garbles: Bool { if case .garbles = behaviour { true } else { false } }
    var content: ContentID { hashes.layout.content(of: 0) }

    init(_ bytes: [UInt8], _ behaviour: Behaviour) throws {
        self.bytes = bytes
        self.behaviour = behaviour
        let size = Int64(bytes.count)
        guard let geometry = Geometry(size: size, pieceLength: Geometry.canonicalPieceLength(for: size)) else {
            throw TestKitError.timedOut("no geometry")
        }
        var hasher = ContentHasher(geometry: geometry)
        try hasher.update(bytes)
        hashes = PieceHashes(try hasher.finish())
    }

    /// A folder of one piece a file.
    init(_ bytes: [UInt8], folder: ContentLayout, _ behaviour: Behaviour) {
        self.bytes = bytes
        self.behaviour = behaviour
        hashes = PieceHashes(folder)
    }

    func read(offset: Int64, length: Int) async throws -> ByteBuffer {
        var slice = Array(bytes[Int(offset)..<Int(offset) + length])
        switch behaviour {
        case .honest, .garbles: break
        case .lies: for start in stride(from: 0, to: length, by: Geometry.blockLength) { slice[start] ^= 1 }
        case .stalls: try await Task.sleep(for: .seconds(3_600))
        case .fails(let limit):
            guard given.add(Int64(length)) <= limit else { throw ContentSourceFailure.unreadable("on purpose") }
        }
        return ByteBuffer(bytes: slice)
    }

    func leafHashes(of piece: PieceIndex) async throws -> [Hash256] {
        let geometry = hashes.layout.geometry
        return geometry.blocks(of: piece).map { block in
            let start = Int(geometry.offset(of: block))
            return Hash256(hashing: bytes[start..<start + geometry.length(of: block)])
        }
    }
}
