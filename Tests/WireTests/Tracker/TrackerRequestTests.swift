import Content
import TestKit
import Testing
import Wire

/// What standard clients ask a tracker.
@Suite struct TrackerRequestTests {
    private func path() throws -> TrackerPath {
        let passkey = Passkey(mac: Hash256(hashing: [1]), issued: 1_800_000_000, member: try Sample.user("hans"))
        return TrackerPath(passkey: passkey, content: try Sample.content(3))
    }

    private func infoHash() throws -> TruncatedInfoHash { try #require(TruncatedInfoHash(Array(0..<20))) }

    private func read(_ bytes: [UInt8]) -> TrackerRequest? { bytes.withUnsafeBytes { TrackerRequest($0) } }

    private func isTaken(_ bytes: [UInt8]) -> Bool { if read(bytes) == nil { false } else { true } }

    private func announce(_ bytes: [UInt8]) throws -> TrackerAnnounce {
        guard case .announce(let announce)? = read(bytes) else { throw TestKitError.invalid("no announce") }
        return announce
    }

    @Test func aConnectIsKnownByItsNumber() {
        guard case .connect(77)? = read(TrackerPackets.connect(77)) else {
            Issue.record("no connect")
            return
        }
        var other = TrackerPackets.connect(77)
        other[7] ^= 1
        #expect(!isTaken(other))
        #expect(!isTaken(Array(TrackerPackets.connect(77).dropLast())))
    }

    @Test func anAnnounceSaysAllThatItSays() throws {
        let path = try path()
        let read = try announce(
            TrackerPackets.announce(5, 9, infoHash(), left: 0, event: 2, wanted: 30, port: 4_000, path: path.text))
        #expect(read.connection == 5 && read.transaction == 9 && read.wanted == 30 && read.port == 4_000)
        #expect(try read.infoHash == infoHash() && read.isWhole && read.event == .started)
        #expect(read.path?.content == path.content)
        #expect(read.path?.passkey.isEqualInConstantTime(to: path.passkey) == true)
        #expect(try !announce(TrackerPackets.announce(5, 9, infoHash(), path: nil)).isWhole)
    }

    /// BEP 41: options in any order, one that nobody knows, a text in two of them, an end.
    @Test func optionsComeInAnyForm() throws {
        let path = Array(try path().text.utf8)
        let bare = try TrackerPackets.announce(5, 9, infoHash(), path: nil)
        func option(_ kind: UInt8, _ bytes: some Collection<UInt8>) -> [UInt8] { [kind, UInt8(bytes.count)] + bytes }
        let forms = [
            [1, 1] + option(2, path), option(9, [3, 4]) + option(2, path), option(2, path) + [0, 2, 200],
            option(2, path.prefix(100)) + [1] + option(2, path.dropFirst(100)),
        ]
        for form in forms { #expect(try announce(bare + form).path?.text == String(decoding: path, as: UTF8.self)) }
        let others = [
            option(2, path.dropLast()), option(2, path + [0x30]), [2, 200] + path, [2], [0] + option(2, path),
            option(2, Array("/announce".utf8)), [],
        ]
        for form in others { #expect(try announce(bare + form).path?.text == nil) }
    }

    @Test func thePathFitsWhatClientsSend() throws {
        let long = Passkey(
            mac: Hash256(hashing: [1]), issued: .max, member: try Sample.user("0123456789abcdef"))
        let text = TrackerPath(passkey: long, content: try Sample.content(3)).text
        #expect(text.utf8.count == 179)
        let read = Array(text.utf8).withUnsafeBytes { TrackerPath($0) }
        #expect(read?.passkey.member.name?.text == "0123456789abcdef" && read?.passkey.issued == .max)
        let upper = Array(text.uppercased().utf8).withUnsafeBytes { TrackerPath($0) }
        #expect(upper?.text == nil)
        // Each digit counts, and the characters beside the digits are none.
        let digits = Array(18..<90) + Array(99..<179)
        for place in digits {
            for other in "/:`gAZ\0".utf8 {
                var changed = Array(text.utf8)
                changed[place] = other
                #expect(changed.withUnsafeBytes { TrackerPath($0) }?.text == nil, "\(place)")
            }
        }
    }

    @Test func aScrapeHasItsInfoHashes() throws {
        let hashes = [try infoHash(), try #require(TruncatedInfoHash(Array(20..<40)))]
        guard case .scrape(let scrape)? = read(TrackerPackets.scrape(5, 9, hashes)) else {
            Issue.record("no scrape")
            return
        }
        #expect(scrape.infoHashes == hashes && scrape.connection == 5 && scrape.transaction == 9)
        #expect(!isTaken(TrackerPackets.scrape(5, 9, [])))
    }
}
