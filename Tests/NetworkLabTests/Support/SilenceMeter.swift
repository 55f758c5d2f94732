import NetworkTestKit
import TestKit

/// Measures how long nothing comes of what a member gets: by what his program has read, of which all but crumbs is that.
struct SilenceMeter: Sendable {
    /// Less than this is no block.
    private static let block = 16 << 10
    private static let pace = Duration.milliseconds(20)

    private let client: ShellClient
    private let start: Int

    /// - Parameter start: Bytes from which on it is measured.
    init(_ client: ShellClient, from start: Int) throws {
        self.client = client
        self.start = try client.bytesRead() + start
    }

    private enum Part<Value: Sendable>: Sendable {
        case done(Value)
        case silence(Duration)
        case happened
    }

    /// - Parameters:
    ///   - work: gets something.
    ///   - reached: is called once when so much has come.
    /// - Returns: The longest time between one block and the next.
    func measure<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value, reached: @escaping @Sendable () async throws -> Void
    ) async throws -> (Value, Duration) {
        try await withThrowingTaskGroup(of: Part<Value>.self) { group in
            group.addTask { .done(try await work()) }
            group.addTask {
                while try client.bytesRead() < start { try await Task.sleep(for: Self.pace) }
                try await reached()
                return .happened
            }
            group.addTask { .silence(try await watch()) }
            var (value, silence): (Value?, Duration?) = (nil, nil)
            while let part = try await group.next() {
                switch part {
                case .done(let result):
                    value = result
                    group.cancelAll()
                case .silence(let longest): silence = longest
                case .happened: break
                }
            }
            guard let value, let silence else { throw TestKitError.invalid("nothing was measured") }
            return (value, silence)
        }
    }

    private func watch() async throws -> Duration {
        var (longest, last, count) = (Duration.zero, ContinuousClock.now, 0)
        while !Task.isCancelled {
            let (now, read) = (ContinuousClock.now, try client.bytesRead())
            if read < start {
                (last, count) = (now, read)
            } else if read - count >= Self.block {
                longest = max(longest, last.duration(to: now))
                (last, count) = (now, read)
            }
            try? await Task.sleep(for: Self.pace)
        }
        return longest
    }
}
