package import NIOCore
package import Wire

/// What links take of time and memory.
package struct LinkLimits: Sendable {
    /// Accepted and dialled links together, also those that have not said yet who they are.
    package var total = 512
    /// Links of one member that he wanted: those that came in, and those that we made because he called.
    package var perMember = 64
    /// All that others wanted: the rest is kept for our own dials.
    package var theirs: Int { total - total / 8 }
    /// Of those, the ones whose members are known: the rest is kept for who has yet to say that he is one.
    package var members: Int { total - total / 4 }
    /// Accepted links that have not said yet who they are: a quarter of the places is kept from strangers.
    package var unproven: Int { total - total / 4 }
    /// Of those, from one host (an IPv4 address, a /64 of IPv6), and from one network (a /24, a /48).
    package var unprovenPerHost = 32
    package var unprovenPerNetwork = 128

    /// From the connection to the end of the peer's 68 bytes.
    package var handshake: TimeAmount = .seconds(10)
    /// Of a connection that begins now.
    var handshakeEnd: NIODeadline { .now() + handshake }
    /// To a TCP connection, for one endpoint.
    package var connect: TimeAmount = .seconds(5)
    /// When the ways to a member are tried.
    package var race = LinkRace.Timing()
    /// The same where a relay links them already: that costs the directory and the other one a call each time, and there is
    /// always a next time.
    package var raceForBetter = LinkRace.Timing(askAgain: [], limit: 4_000)
    /// Endpoints that one dial tries.
    package var endpointsPerDial = 8
    /// Without a byte from the peer for so long, the link is given up: keep-alives come every two minutes (BEP 3).
    package var silence: TimeAmount = .seconds(150)
    /// The same, where there is a reason to believe that nothing will come any more.
    /// So often in a row something has to come: what was on its way says nothing.
    package var doubt = (silence: TimeAmount.milliseconds(500), times: 3)
    /// Of quiet, after which the system asks whether the other end is there, between two such questions, and how many may
    /// remain unanswered. Seconds. Whoever lives answers them, however slow he is: that is done by his system.
    package var systemKeepAlive = (idle: 15, interval: 5, count: 3)
    /// Having sent nothing for so long, we send a keep-alive.
    package var keepAlive: TimeAmount = .seconds(60)
    /// A peer that takes nothing of what waits for him for so long is given up.
    package var stalledWrite: TimeAmount = .seconds(60)

    /// Bytes that arrived and that nobody took yet: beyond its share of those of all links, a socket is not read. One
    /// link alone needs the most for its speed; of many the sum counts: beyond 128 links it grows by the least of each.
    package var inboundBytes = (ofAll: 16 << 20, least: 128 << 10, most: 1 << 20)
    /// Bytes that wait to be sent: above `high` a send waits until they are below `low`. What waits here and in the kernel
    /// is in front of the next request: for a link of a tenth of 100 Mbit/s it is a tenth of a second and more.
    package var outboundBytes = (low: 64 << 10, high: 128 << 10)
    /// Bytes that the kernel takes of them before they are on their way.
    package var unsentBytes = 128 << 10
    /// Of one read from the socket: grows with what comes.
    package var receiveBuffer = (least: 16 << 10, most: 256 << 10)

    /// From the connection to a relay to its word that the other side is there: it waits eight seconds for that one.
    package var relayAdmission: TimeAmount = .seconds(9)

    package init() {}

    /// What each of so many open links may have waiting, in bytes.
    package func inboundShare(ofLinks count: Int) -> Int {
        min(inboundBytes.most, max(inboundBytes.least, inboundBytes.ofAll / max(1, count)))
    }
}

extension UnprovenLinks {
    package init(limits: LinkLimits) {
        self.init(
            limits: UnprovenLimits(
                total: limits.unproven, perHost: limits.unprovenPerHost, perNetwork: limits.unprovenPerNetwork))
    }
}
