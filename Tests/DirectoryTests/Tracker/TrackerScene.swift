import Content
import Directory
import DirectorySQLite
import NIOCore
import TestKit
import Wire

/// A directory that is a tracker too, with a content of hans's.
struct TrackerScene {
    let fixture: DirectoryFixture
    let tracker: TrackerSwarms
    let content: ContentID
    let publication: PublicationID

    init(
        limits: TrackerLimits = TrackerLimits(), behind front: (DirectorySQLite) -> any DirectoryStore = { $0 }
    ) async throws {
        tracker = TrackerSwarms(limits: limits)
        var settings = DirectorySettings.standard
        settings.devices = 2
        fixture = try await DirectoryFixture(settings: settings, tracker: tracker, behind: front)
        for (number, user) in ["hans", "vader", "leia"].enumerated() {
            try await fixture.signIn(user, UInt64(number + 1))
        }
        publication = try await fixture.publish([Sample.draft("plans", 3)], 1)[0]
        content = try Sample.content(3)
    }

    func path(_ session: UInt64, _ content: ContentID? = nil) async throws -> TrackerPath {
        let answers = await fixture.ask(.tracker(content ?? self.content), session)
        guard case .tracker(let text?)? = answers.first,
            let path = Array(text.utf8).withUnsafeBytes({ TrackerPath($0) })
        else { throw TestKitError.invalid("\(answers)") }
        return path
    }

    /// What the directory says to an announce.
    func verdict(_ path: TrackerPath) async -> String {
        switch await fixture.directory.track(path.passkey, [key(path)]) {
        case .known(let admission): admission == nil ? "nobody" : "known"
        case .passkeyVoid: "void"
        case .unknown: "unknown"
        case .failed: "failed"
        }
    }

    func key(_ path: TrackerPath, name: UInt8 = 7) -> SwarmKey {
        SwarmKey(content: path.content, infoHash: TruncatedInfoHash(InfoHash(Hash256(hashing: [name]))))
    }

    /// Announces, and gives what is answered; nil where the directory has to be asked and refuses.
    func announce(
        _ path: TrackerPath, network: [UInt8] = [10, 0, 0], address: UInt8 = 9, port: UInt16 = 6_881, left: UInt64 = 5,
        event: UInt32 = 0, wanted: Int32 = -1, name: UInt8 = 7
    ) async throws -> TrackerReply? {
        let key = key(path, name: name)
        guard case .known(let admission?) = await fixture.directory.track(path.passkey, [key]) else { return nil }
        let bytes = TrackerPackets.announce(
            1, 2, key.infoHash, left: left, event: event, wanted: wanted, port: port, path: path.text)
        guard case .announce(let announce)? = bytes.withUnsafeBytes({ TrackerRequest($0) }) else { return nil }
        var buffer = ByteBuffer()
        let word = (network + [address]).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let place = TrackerPlace(address: (word, 0), isShort: true, port: port)
        let outcome = tracker.announce(
            announce, key, by: admission, at: place, now: fixture.times.value.monotonic, into: &buffer)
        return outcome == .answered ? TrackerReply(Array(buffer.readableBytesView), to: 2) : nil
    }

    /// The answer from memory alone, as a loop gives it; nil where the directory is to be asked.
    func reply(
        _ path: TrackerPath, by admission: TrackerSwarms.Admission, event: UInt32 = 0, port: UInt16 = 6_881,
        name: UInt8 = 7
    ) -> TrackerReply? {
        let key = key(path, name: name)
        let bytes = TrackerPackets.announce(1, 2, key.infoHash, event: event, port: port, path: path.text)
        guard case .announce(let announce)? = bytes.withUnsafeBytes({ TrackerRequest($0) }) else { return nil }
        var buffer = ByteBuffer()
        let outcome = tracker.announce(
            announce, key, by: admission, at: TrackerPlace(address: (9 << 24 | 10, 0), isShort: true, port: port),
            now: fixture.times.value.monotonic, into: &buffer)
        return outcome == .answered ? TrackerReply(Array(buffer.readableBytesView), to: 2) : nil
    }

    func admission(_ path: TrackerPath) async throws -> TrackerSwarms.Admission {
        guard case .known(let admission?) = await fixture.directory.track(path.passkey, [key(path)]) else {
            throw TestKitError.invalid("not admitted")
        }
        return admission
    }

    /// What is answered, or the swarms that the directory is to be asked about first.
    func scrape(_ infoHashes: [TruncatedInfoHash]) throws -> (reply: TrackerReply?, stale: [SwarmKey]) {
        let bytes = TrackerPackets.scrape(1, 2, infoHashes)
        guard case .scrape(let scrape)? = bytes.withUnsafeBytes({ TrackerRequest($0) }) else {
            throw TestKitError.invalid("no scrape")
        }
        var buffer = ByteBuffer()
        let stale = tracker.scrape(scrape, now: fixture.times.value.monotonic, into: &buffer)
        return (TrackerReply(Array(buffer.readableBytesView), to: 2), stale)
    }

    /// The last byte of each address that is told, and its port.
    func told(_ reply: TrackerReply?) -> [String] {
        guard case .announced(_, _, _, let peers)? = reply else { return ["nothing"] }
        return stride(from: 0, to: peers.count, by: 6).map {
            "\(peers[$0 + 3]):\(UInt16(peers[$0 + 4]) << 8 | UInt16(peers[$0 + 5]))"
        }.sorted()
    }
}
