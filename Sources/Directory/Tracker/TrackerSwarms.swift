import Content
package import NIOCore
import Synchronization
package import Wire

/// The swarms of standard clients: what all loops of the socket answer announces from, and the directory writes.
///
/// What is here was looked at by the directory a moment ago: only contents of which everybody may know have a swarm. What is
/// older than ``freshness``, or than a change of who may see what, is not told before the directory was asked again.
/// Times are in milliseconds, of a clock that never jumps.
package final class TrackerSwarms: Sendable {
    /// Seconds between two announces of a client.
    package static let interval: UInt32 = 300
    /// A client that does not come again is not told of any more.
    static let lapse = Int64(interval) * 1_500
    static let freshness: Int64 = 60_000

    private let state: Mutex<TrackerState>

    /// - Parameter limits: Of clients that are listed, of one member and of all.
    package init(limits: TrackerLimits = TrackerLimits()) { state = Mutex(TrackerState(limits: limits)) }

    /// Whose announces are taken, and since which change that has been so.
    package struct Admission: Sendable {
        package let passkey: Passkey
        let epoch: Int
    }

    // MARK: The loops'

    package enum Outcome: Sendable {
        case answered
        /// The directory is to be asked first.
        case unknown
    }

    /// Writes the answer, and lists whoever asks.
    ///
    /// - Parameter place: Where it is dialled, as it asks.
    package func announce(
        _ announce: TrackerAnnounce, _ key: SwarmKey, by admission: Admission, at place: TrackerPlace, now: Int64,
        into buffer: inout ByteBuffer
    ) -> Outcome {
        state.withLock { $0.announce(announce, key, by: admission, at: place, now: now, into: &buffer) }
    }

    /// Writes the answer; nothing where some are to be asked for first, which are returned.
    ///
    /// - Parameter isFinal: Nothing is to be asked for any more: what is not known counts for nothing.
    package func scrape(
        _ scrape: TrackerScrape, isFinal: Bool = false, now: Int64, into buffer: inout ByteBuffer
    ) -> [SwarmKey] {
        state.withLock { $0.scrape(scrape, isFinal: isFinal, now: now, into: &buffer) }
    }

    /// Whether an admission still holds.
    package func isValid(_ admission: Admission) -> Bool { state.withLock { $0.epoch == admission.epoch } }

    // MARK: The directory's

    var epoch: Int { state.withLock { $0.epoch } }

    func isFresh(_ key: SwarmKey, now: Int64) -> Bool { state.withLock { $0.isFresh(key, now: now) } }

    func isFresh(_ content: ContentID, now: Int64) -> Bool { state.withLock { $0.isFresh(content, now: now) } }

    /// Somebody may announce or see other things than before.
    func invalidate() { state.withLock { $0.epoch += 1 } }

    /// Something was published or fetched.
    func change(_ contents: some Sequence<ContentID>) { state.withLock { $0.change(contents) } }

    /// Before the store is asked; afterwards comes ``end(_:)``.
    func begin(_ content: ContentID) -> TrackerLook { state.withLock { $0.begin(content) } }

    func end(_ look: TrackerLook) { state.withLock { $0.looks.end(look) } }

    /// Everybody may see that content, and it is to be had there.
    ///
    /// - Returns: False where that is not known after all: it changed meanwhile.
    func open(_ look: TrackerLook, _ sources: TrackerSources, now: Int64) -> Bool {
        state.withLock { $0.open(look, sources, now: now) }
    }

    /// Unlists who does not belong any more.
    ///
    /// - Parameter isGood: Whether a passkey of that time still counts.
    func weed(_ key: SwarmKey, isGood: (PackedName, UInt32) -> Bool) {
        state.withLock { $0.weed(key, isGood: isGood) }
    }

    /// There is no such content for everybody.
    func close(_ content: ContentID) { state.withLock { $0.close(content) } }

    /// Clients that have a content, or want it: a few of each member, some of many. Nil where the directory is to be asked
    /// first whether that may be told.
    func clients(of content: ContentID, now: Int64) -> [(client: TrackerClient, infoHash: TruncatedInfoHash)]? {
        state.withLock { $0.clients(of: content, now: now) }
    }

    /// Forgets clients that did not come again, and swarms without one: of as many as are looked at in one go.
    func sweep(now: Int64) { state.withLock { $0.sweep(now: now) } }

    /// Clients that are listed.
    package var count: Int { state.withLock { $0.count } }

    /// Swarms, and contents of which something is known.
    package var sizes: (swarms: Int, contents: Int) { state.withLock { ($0.swarmCount, $0.contentCount) } }
}

/// How many clients are listed, with as many swarms at most; and of how many contents anything is known.
package struct TrackerLimits: Hashable, Sendable {
    package var perMember = 50_000
    package var clients = 1_000_000
    package var contents = 262_144

    package init() {}
}
