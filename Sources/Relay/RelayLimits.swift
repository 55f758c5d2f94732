package import Wire

/// What a relay gives, and how long it waits. Times in milliseconds.
package struct RelayLimits: Hashable, Sendable {
    /// At the same time, those included that wait for their other side.
    package var pairs = 1_000
    /// Of those, of one caller.
    package var pairsPerMember = 16
    /// Bytes a second that are carried for one caller, both ways together; nil for no limit.
    package var rate: Int? = 25_000_000
    /// Bytes within a day that are carried for one caller; nil for no limit.
    package var quota: Int? = 100_000_000_000

    /// Connections that have not shown a ticket yet.
    package var unproven = UnprovenLimits(total: 256)
    /// From the connection to the whole hello.
    package var hello: Int64 = 5_000
    /// Until the other side comes. Less than what a link has for its handshakes (ten seconds), so that the member hears why.
    package var partner: Int64 = 8_000
    /// Without a byte either way a pair is given up after so long: links send a keep-alive each minute.
    package var idle: Int64 = 150_000
    /// Between the clocks of directory and relay.
    package var clockTolerance: Int64 = 30_000

    /// Tickets that are remembered until they are over.
    package var usedTickets = 65_536
    /// Callers of whom it is remembered what they had within a day.
    package var members = 65_536

    package init() {}
}
