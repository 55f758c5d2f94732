/// What a download takes of time, memory and patience. The defaults are for links of up to 1 GB/s on one
/// machine, and half a second of round trip elsewhere.
package struct DownloadLimits: Hashable, Sendable {
    /// Without any link for so long, the run fails.
    package var patience: Duration = .seconds(10)
    /// A run that has no hope goes on all the same, until it is told that nobody will come (``DownloadEvent/giveUp``).
    package var isPatient = false
    /// While it has no links, the run asks for sources so often.
    package var askInterval: Duration = .seconds(2)
    /// While it has some but fewer than `enoughLinks`, so often.
    package var refreshInterval: Duration = .seconds(15)
    package var enoughLinks = 16
    /// While a relay carries one of them, so often, so that a better way to its member is found.
    package var betterWayInterval: Duration = .seconds(5)
    /// Requests of a link that delivers nothing for so long are handed to others; where there are none, its member is dialled anew.
    package var handOnAfter: Duration = .seconds(3)
    /// Requests that are open for so long are handed to others, when there is nothing else left to ask for.
    package var lastAfter: Duration = .seconds(5)
    /// Requests for what somebody is about to read are made to a second link when they are open for so long.
    package var lateAfter: Duration = .seconds(1)
    /// A link with requests open that delivers nothing for so long is given up.
    package var stallAfter: Duration = .seconds(6)
    /// One that takes blocks from here stays; it is asked again after so long.
    package var retryAfter: Duration = .seconds(30)
    /// A link that does not answer a request for hashes for so long is passed over for another.
    package var hashesAfter: Duration = .seconds(3)
    /// Runs of hashes that are asked for at the same time, over all links.
    package var openInquiries = 128
    /// A spoiled piece for which nobody tells the hashes of its blocks for so long is fetched anew.
    package var blameFor: Duration = .seconds(10)
    /// A link that had nothing to offer for so long is given up.
    package var idleAfter: Duration = .seconds(60)
    /// So is one that had, and let nothing be asked for: slots go round, and there may be many who wait.
    package var queuedAfter: Duration = .seconds(30 * 60)
    /// More links than this are refused.
    package var links = 64
    /// Requests that a link has open, in blocks, before its speed is known; and the least and most.
    package var initialWindow = 64
    package var smallestWindow = 4
    package var largestWindow = 2_000
    /// The first two of these for all links together.
    package var initialWindows = 256
    package var smallestWindows = 32
    /// Bytes of blocks that have arrived and are not written yet, over all links: beyond, links are not read.
    package var memoryBudget = 2 << 20
    /// Bytes stored of pieces whose hashes are not known: beyond, no further such piece is begun.
    package var unprovenBudget: Int64 = 256 << 20
    /// Verified pieces are recorded at least so often.
    package var recordInterval: Duration = .milliseconds(500)
    package var progressInterval: Duration = .milliseconds(100)

    package init() {}
}
