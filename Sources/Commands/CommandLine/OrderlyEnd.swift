import Dispatch

/// A program that is told to end has so long for it; then it ends all the same, whatever in it hangs.
package enum OrderlyEnd {
    /// - Parameter end: Ends the program at once.
    package static func begin(within patience: Duration, _ end: @escaping @Sendable () -> Void) {
        let milliseconds = Int(patience / .milliseconds(1))
        // The tasks' threads may be what hangs; those are the global queues' too.
        DispatchQueue(label: "bittrickle.end")
            .asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: end)
    }
}
