package import Directory

/// How much memory strangers and members can make the server spend. Times in milliseconds.
package struct SessionLimits: Hashable, Sendable {
    /// Sessions at the same time, some 200 bytes each.
    package var sessions = 2_000_000
    /// Of those, not signed in; and of these, from one network.
    package var strangers = 65_536
    package var strangersPerPrefix = 4_096
    /// Of silence after which a session ends: after the login, before it, and where nothing authentic has come since
    /// the opening.
    package var memberIdle: Int64 = 600_000
    package var strangerIdle: Int64 = 30_000
    package var unprovenIdle: Int64 = 10_000
    /// That a session may go without a login: who types his password that slowly opens another one.
    package var strangerLifetime: Int64 = 600_000
    /// A session ends after a day, and is resumed: so its keys do.
    package var lifetime: Int64 = 24 * 3_600_000
    /// Hellos that are answered a second, and at once after a quiet time: several times as many as openings can follow, so
    /// that a flood of them costs sessions nothing, and who repeats his gets through.
    package var helloRate = 10_000
    package var helloBurst = 5_000
    /// Openings that begin a second, and at once after a quiet time: each takes a tenth of a millisecond of a processor.
    package var openingRate = 1_000
    package var openingBurst = 100
    /// Openings whose answers are kept, and for how long: as long as their cookies are good.
    package var openings = 16_384
    package var openingMemory: Int64 = 120_000
    /// Streams (TCP) at the same time, some 4 kilobytes each; of those, of nobody who is signed in, and of these from one
    /// network.
    package var streams = 65_536
    package var strangerStreams = 16_384
    package var strangerStreamsPerPrefix = 1_024
    /// At least so long may no byte come on a stream; where peers are to be heard more seldom, it is three times as long as
    /// they may be silent.
    package var streamIdle: Int64 = 30_000
    /// Connections of standard clients that are known to be members', some 200 bytes each; and how often a second the
    /// directory is asked about announces.
    package var trackerConnections = 65_536
    package var trackerQuestionRate = 2_000

    package init() {}

    /// A member who is heard as seldom as he may be keeps his session.
    package init(settings: DirectorySettings) {
        memberIdle = max(memberIdle, 2 * settings.silenceLimit)
    }

    /// No more streams than there are descriptors for, with some left for the database and for whoever administers.
    ///
    /// - Parameter relayed: How many connections a relay in the same process may have: where there are few descriptors, half of
    ///   them are left to it.
    package func within(descriptors: Int, besides relayed: Int = 0) -> SessionLimits {
        var limits = self
        let rest = max(descriptors / 2, descriptors - relayed)
        limits.streams = max(1, min(streams, rest - Self.otherDescriptors))
        // A newcomer must find a stranger to take the place of before members have them all.
        limits.strangerStreams = max(1, min(strangerStreams, limits.streams / 4))
        return limits
    }

    private static let otherDescriptors = 256

    /// The share of one of several loops, whose sessions are about as many.
    func share(of loops: Int) -> SessionLimits {
        var share = self
        share.sessions = min((sessions + loops - 1) / loops, SessionNumber.placeLimit)
        share.strangers = max(1, strangers / loops)
        share.helloRate = max(1, helloRate / loops)
        share.helloBurst = max(1, helloBurst / loops)
        share.openingRate = max(1, openingRate / loops)
        share.openingBurst = max(1, openingBurst / loops)
        share.openings = max(1, openings / loops)
        share.trackerConnections = max(1, trackerConnections / loops)
        share.trackerQuestionRate = max(1, trackerQuestionRate / loops)
        return share
    }
}
