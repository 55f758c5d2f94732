package import Content
import CryptoExtras
import FoundationEssentials

/// The one way to look at a password: each look, whatever comes of it, pays one scrypt (RFC 7914), a bounded
/// number at a time, and the rest waits in a fair and bounded queue. So time tells nothing about who has an
/// account, and guessing costs the same as knowing.
package actor PasswordChecks {
    package enum Verdict: Hashable, Sendable {
        /// With the mark of the account.
        case right(Hash256)
        case wrong
        /// Too many wait, it gave way to one from where fewer came, or it could not be paid for.
        case busy
    }

    package typealias Payment = @Sendable (_ password: [UInt8]) async throws -> Void

    private let parallelism: Int
    private let pay: Payment
    package private(set) var running = 0
    /// Resumed with whether it is their turn; false: they gave way to another.
    private var queue: FairQueue<CheckedContinuation<Bool, Never>>

    /// - Parameters:
    ///   - parallelism: How many scrypts run at one time; 32 MiB each.
    ///   - capacity: How many checks wait at most.
    package init(
        parallelism: Int = 1, capacity: Int = 64,
        pay: @escaping Payment = { try await ScryptCost.standard.pay(for: $0) }
    ) {
        self.parallelism = max(1, parallelism)
        self.pay = pay
        queue = FairQueue(capacity: capacity)
    }

    /// Pays, and then asks for the mark of the account whose password this is.
    package func check(
        _ password: [UInt8], from origin: Origin, verify: @Sendable () -> Hash256?
    ) async -> Verdict {
        guard await enter(from: origin) else { return .busy }
        defer { leave() }
        guard !Task.isCancelled else { return .busy }
        do {
            try await pay(password)
        } catch {
            return .busy
        }
        return verify().map(Verdict.right) ?? .wrong
    }

    /// How many wait.
    package var waiting: Int { queue.count }

    private func enter(from origin: Origin) async -> Bool {
        if running < parallelism {
            running += 1
            return true
        }
        // The one who leaves hands over his place, so `running` stays as it is.
        return await withCheckedContinuation { waiting in
            switch queue.offer(waiting, from: origin) {
            case .accepted: break
            case .refused: waiting.resume(returning: false)
            case .displaced(let other): other.resume(returning: false)
            }
        }
    }

    private func leave() {
        if let next = queue.next() { next.resume(returning: true) } else { running -= 1 }
    }
}

/// The parameters of scrypt. The standard ones take about 60 ms and 32 MiB.
package struct ScryptCost: Hashable, Sendable {
    package var rounds: Int
    package var blockSize: Int
    package var parallelism: Int

    package static let standard = ScryptCost(rounds: 1 << 15, blockSize: 8, parallelism: 1)

    @concurrent
    package func pay(for password: [UInt8]) async throws {
        _ = try KDF.Scrypt.deriveKey(
            from: password, salt: Self.salt, outputByteCount: 32, rounds: rounds, blockSize: blockSize,
            parallelism: parallelism)
    }

    /// Accounts of the credentials file keep no scrypt, so nothing depends on the salt.
    private static let salt = (0..<16).map { _ in UInt8.random(in: 0...255) }
}
