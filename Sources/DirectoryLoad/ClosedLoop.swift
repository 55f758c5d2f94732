import Glibc
import Wire

/// How many requests a second are answered when a window of them is always on its way: and by as many
/// sessions as it takes for none to ask more than a server lets one session ask.
///
/// All datagrams are sealed beforehand, and of the answers one in ``checked`` is opened: so that what is measured is the
/// server, and not who asks.
struct ClosedLoop {
    enum Kind: String, CaseIterable {
        case ping
        case sources
    }

    let kind: Kind
    let window: Int
    let seconds: Double
    /// Datagrams that are made ready: the trial ends with them.
    let requests: Int

    private static let checked = 64

    func run(_ members: Members) {
        let datagrams = Datagrams(requests) { members.sealed(request($0, members), of: $0 % members.all.count) ?? [] }
        let sockets = members.sockets
        var (next, answered, opened) = (0, 0, 0)
        say("ready")
        let begun = nanoseconds()
        let end = begun + Int64(seconds * 1e9)
        var now = begun
        var underWay = UnderWay(now: begun)
        while now < end, next < datagrams.count {
            while underWay.count < window, next < datagrams.count {
                members.socket(of: next % members.all.count).send(datagrams[next])
                next += 1
                underWay.count += 1
            }
            for socket in sockets { socket.flush() }
            var count = 0
            for socket in sockets {
                count += socket.receive { datagram in
                    underWay.count -= 1
                    answered += 1
                    if answered.isMultiple(of: Self.checked), members.opens(datagram) { opened += 1 }
                }
            }
            if count == 0 { sockets[0].wait(1) }
            now = nanoseconds()
            underWay.look(received: count, now: now)
        }
        let took = Double(now - begun) / 1e9
        say("answered \(answered) lost \(underWay.lost) unopened \(answered / Self.checked - opened) seconds \(took)")
    }

    private func request(_ number: Int, _ members: Members) -> [UInt8] {
        let transaction = TransactionID(rawValue: UInt32(number))
        let request: DirectoryRequest =
            switch kind {
            case .ping: .heartbeat
            case .sources:
                .holders(members.population.content(number % min(members.population.contents, 10_000)), PageWindow())
            }
        return DirectoryMessage.request(transaction, request).encoded
    }
}

/// Many, one behind the other.
private struct Datagrams {
    private var bytes: [UInt8] = []
    private var ends: [Int] = [0]

    init(_ count: Int, _ make: (Int) -> [UInt8]) {
        for number in 0..<count {
            bytes += make(number)
            ends.append(bytes.count)
        }
    }

    var count: Int { ends.count - 1 }

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[ends[index]..<ends[index + 1]] }
}
