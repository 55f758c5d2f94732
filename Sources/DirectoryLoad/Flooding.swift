import Glibc
import Wire

/// Datagrams that are to do no harm, so many a second.
struct Flooding {
    enum Kind: String, CaseIterable {
        case garbage, hellos, openings, replays
    }

    let kind: Kind
    let host: String
    let port: UInt16
    let rate: Double
    let seconds: Double

    func run(_ member: Members?) throws {
        let socket = try BatchSocket(host: host, port: port, from: "127.77.0.1")
        let datagrams = try datagrams(member)
        let begun = nanoseconds()
        var sent = 0
        while true {
            let elapsed = Double(nanoseconds() - begun) / 1e9
            guard elapsed < seconds else { break }
            let due = Int(elapsed * rate)
            if due == sent { usleep(200) }
            while sent < due {
                socket.send(datagrams[sent % datagrams.count])
                sent += 1
            }
            socket.flush()
            while socket.receive({ _ in }) > 0 {}
        }
        say("flooded \(sent) in \(Double(nanoseconds() - begun) / 1e9) dropped \(socket.dropped)")
    }

    private func datagrams(_ members: Members?) throws -> [[UInt8]] {
        switch kind {
        case .garbage:
            return (0..<1_000).map { _ in
                (0..<Int.random(in: 20...200)).map { _ in UInt8.random(in: 0...255) }
            }
        case .hellos: return (0..<1_000).flatMap { _ in ClientHandshake(pin: nil).datagramsToSend }
        case .openings:
            // The cookie of another address.
            guard let opening = try members.map(stolenOpening) else { throw LoadError.usage("openings need a member") }
            return (0..<1_000).map { number in
                var opening = opening
                opening.replaceSubrange(26..<30, with: UInt32(number).bigEndianBytes)
                return opening
            }
        case .replays:
            guard let members else { throw LoadError.usage("replays need a member") }
            let heartbeat = DirectoryMessage.request(TransactionID(rawValue: 1), .heartbeat).encoded
            return try (0..<1_000).map { _ in
                guard let datagram = members.sealed(heartbeat, of: 0) else { throw LoadError.server("no session") }
                members.socket(of: 0).send(datagram)
                members.socket(of: 0).flush()
                return datagram
            }
        }
    }

    private func stolenOpening(_ members: Members) throws -> [UInt8] {
        let deadline = nanoseconds() + 5_000_000_000
        while nanoseconds() < deadline {
            let now = nanoseconds() / 1_000_000
            if let (_, opening) = members.opener(now: now) { return opening }
            _ = members.step(now: now)
            usleep(1_000)
        }
        throw LoadError.server("no hello was answered")
    }
}
