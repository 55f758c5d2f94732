import Content
import Crypto
import FoundationEssentials
import Wire

/// Members who come in over some sockets and stay: opening, login and `serve`, each repeated until it is answered, a bounded
/// number at a time.
final class Members {
    enum Stage {
        case absent
        case opening(ClientHandshake, [UInt8])
        case signingIn
        case serving
        case here
    }

    struct Member {
        var stage = Stage.absent
        var session: SealedSession?
        /// When what it waits for is sent again, in milliseconds.
        var retryAt: Int64 = 0
        /// Between two heartbeats, as the server said.
        var interval: Int64 = 2_000
    }

    let population: Population
    let ids: [Int64]
    let sockets: [BatchSocket]
    /// A number that a login or a `serve` is known by: that of the member, in a range of its own.
    static let ownTransactions: UInt32 = 0x8000_0000

    private(set) var all: [Member]
    private var byID: [SessionID: Int32] = [:]
    private var openings: [[UInt8]: Int32] = [:]
    private var openers: [Opener]
    /// Whose openings are on their way, for each socket: they are answered in about the order in which they were sent.
    private var lines: [[Int]]
    private var next = 0
    private var underWay: Set<Int> = []
    private(set) var hereCount = 0
    var refusals: [String: Int] = [:]
    let key = Array(P256.Signing.PrivateKey().publicKey.derRepresentation)
    private let atOnce: Int
    /// Called when a member has come in.
    var onArrival: (Int) -> Void = { _ in }
    var onAnswer: (Int, TransactionID, UnsafeRawBufferPointer) -> Void = { _, _, _ in }

    private static let retry: Int64 = 1_000

    init(count: Int, population: Population, ids: [Int64], sockets: [BatchSocket], atOnce: Int = 512) {
        self.population = population
        self.ids = ids
        self.sockets = sockets
        self.atOnce = atOnce
        all = Array(repeating: Member(), count: count)
        openers = Array(repeating: Opener(), count: sockets.count)
        lines = Array(repeating: [], count: sockets.count)
        byID.reserveCapacity(count)
    }

    func socket(of member: Int) -> BatchSocket { sockets[member % sockets.count] }

    /// Begins, repeats and receives; whether anything came.
    func step(now: Int64) -> Bool {
        greet(now: now)
        while underWay.count < atOnce, next < all.count, begin(next, now: now) { next += 1 }
        for member in underWay where now >= all[member].retryAt { send(member, now: now) }
        return receive(now: now)
    }

    private func greet(now: Int64) {
        guard next < all.count || !underWay.isEmpty else { return }
        for index in sockets.indices {
            for hello in openers[index].hellos(now: now) { sockets[index].send(hello) }
        }
    }

    /// Signs a member in anew, on a session of its own.
    @discardableResult
    func begin(_ member: Int, now: Int64) -> Bool {
        guard let (client, opening) = openers[member % sockets.count].client(now: now) else { return false }
        if case .here = all[member].stage { hereCount -= 1 }
        if let old = all[member].session { byID[old.id] = nil }
        all[member].session = nil
        all[member].stage = .opening(client, opening)
        openings[Array(opening[26..<34])] = Int32(member)
        underWay.insert(member)
        lines[member % sockets.count].removeAll { $0 == member }
        lines[member % sockets.count].append(member)
        send(member, now: now)
        return true
    }

    private func send(_ member: Int, now: Int64) {
        all[member].retryAt = now + Self.retry
        // One each: a request that repeats the transaction of another one is answered as that was.
        let transaction = TransactionID(rawValue: Self.ownTransactions | UInt32(member))
        let second = TransactionID(rawValue: transaction.rawValue | Self.ownTransactions >> 1)
        switch all[member].stage {
        case .opening(_, let opening): socket(of: member).send(opening)
        case .signingIn: seal(.request(transaction, .login(population.login(member, key: key))), of: member)
        case .serving: seal(.request(second, .serve(add: publications(of: member), remove: [])), of: member)
        case .absent, .here: underWay.remove(member)
        }
    }

    func publications(of member: Int) -> [PublicationID] {
        let count = population.publications
        guard count > 0, ids.count >= (member + 1) * count else { return [] }
        return ids[member * count..<(member + 1) * count].map(PublicationID.init(rawValue:))
    }

    func seal(_ message: DirectoryMessage, of member: Int) { seal(message.encoded, of: member) }

    func seal(_ plaintext: [UInt8], of member: Int) {
        guard let datagram = sealed(plaintext, of: member) else { return }
        socket(of: member).send(datagram)
    }

    func sealed(_ plaintext: [UInt8], of member: Int) -> [UInt8]? { try? all[member].session?.seal(plaintext) }

    /// Whether a datagram is an answer to one of them.
    func opens(_ datagram: UnsafeRawBufferPointer) -> Bool {
        guard let id = SealedSession.id(of: datagram), let number = byID[id],
            let plaintext = try? all[Int(number)].session?.open(Array(datagram)),
            case .answer(_, let answer)? = try? DirectoryMessage(decoding: plaintext)
        else { return false }
        if case .refusal = answer { return false }
        return true
    }

    /// Another client at the first socket's address, with the opening that it would send.
    func opener(now: Int64) -> (ClientHandshake, opening: [UInt8])? {
        for hello in openers[0].hellos(now: now) { sockets[0].send(hello) }
        return openers[0].client(now: now)
    }

    private func receive(now: Int64) -> Bool {
        var isAny = false
        for index in sockets.indices {
            sockets[index].flush()
            while sockets[index].receive({ take($0, on: index, now: now) }) > 0 { isAny = true }
        }
        return isAny
    }

    private func take(_ datagram: UnsafeRawBufferPointer, on index: Int, now: Int64) {
        switch DatagramKind(of: datagram) {
        case .sealed:
            guard let id = SealedSession.id(of: datagram), let number = byID[id] else { return }
            let member = Int(number)
            guard let plaintext = try? all[member].session?.open(Array(datagram)) else { return }
            plaintext.withUnsafeBytes { take($0, of: member, now: now) }
        case .helloAnswer: openers[index].receive(helloAnswer: Array(datagram), now: now)
        case .openAnswer, .busy, .startAgain: takeOpening(Array(datagram), on: index, now: now)
        case .unknownSession:
            if let hint = UnknownSessionHint(Array(datagram)), let number = byID[hint.session] {
                refusals["unknown session", default: 0] += 1
                begin(Int(number), now: now)
            }
        default: break
        }
    }

    private func takeOpening(_ datagram: [UInt8], on index: Int, now: Int64) {
        if DatagramKind(of: datagram) == .openAnswer {
            // Who it is for, its confirmation tells.
            guard let place = lines[index].firstIndex(where: { establish($0, datagram, now: now) }) else { return }
            lines[index].remove(at: place)
            return
        }
        guard let number = openings[Array(datagram[1..<9])] else { return }
        let member = Int(number)
        if DatagramKind(of: datagram) == .busy {
            refusals["opening busy", default: 0] += 1
            all[member].retryAt = now + 500
        } else {
            refusals["start again", default: 0] += 1
            begin(member, now: now)
        }
    }

    private func establish(_ member: Int, _ datagram: [UInt8], now: Int64) -> Bool {
        guard case .opening(var client, let opening) = all[member].stage,
            case .established(let session, _)? = try? client.receive(datagram, now: clockWall())
        else { return false }
        openings[Array(opening[26..<34])] = nil
        all[member].session = session
        all[member].stage = .signingIn
        byID[session.id] = Int32(member)
        send(member, now: now)
        return true
    }

    private func take(_ plaintext: UnsafeRawBufferPointer, of member: Int, now: Int64) {
        guard let transaction = Self.transaction(in: plaintext) else { return }
        guard transaction.rawValue & Self.ownTransactions != 0 else { return onAnswer(member, transaction, plaintext) }
        guard case .answer(_, let answer)? = try? DirectoryMessage(decoding: Array(plaintext)) else { return }
        switch (all[member].stage, answer) {
        case (.signingIn, .welcome(let welcome)):
            all[member].interval = welcome.pulse.interval
            if publications(of: member).isEmpty {
                arrive(member)
            } else {
                all[member].stage = .serving
                send(member, now: now)
            }
        case (.serving, .done): arrive(member)
        case (_, .refusal(let refusal)):
            refusals["\(refusal)", default: 0] += 1
            all[member].retryAt = now + 500
        default: break
        }
    }

    private func arrive(_ member: Int) {
        all[member].stage = .here
        underWay.remove(member)
        hereCount += 1
        onArrival(member)
    }

    func setInterval(_ interval: Int64, of member: Int) { all[member].interval = interval }

    func isHere(_ member: Int) -> Bool { if case .here = all[member].stage { true } else { false } }

    /// Of an answer, without decoding it: messages end with `1:t4:`, its bytes, and `1:y1:r` or `e` and `e`.
    static func transaction(in plaintext: UnsafeRawBufferPointer) -> TransactionID? {
        guard plaintext.count >= 20 else { return nil }
        let number = plaintext.loadUnaligned(fromByteOffset: plaintext.count - 11, as: UInt32.self)
        return TransactionID(rawValue: UInt32(bigEndian: number))
    }
}
