package import Wire

/// Hears what a relay does, on its event loop: to count it.
package protocol RelayObserver: Sendable {
    func carried(_ bytes: Int)
    func paired()
    /// Never with ``RelayStatus/paired``; also of a pair that ends because its caller has had what he may.
    func refused(_ status: RelayStatus)
    /// After each change.
    func stands(_ load: RelayLoad)
}
