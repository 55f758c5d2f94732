extension ContinuousClock.Instant {
    package var millisecondsToNow: Int64 {
        let (seconds, attoseconds) = duration(to: .now).components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
