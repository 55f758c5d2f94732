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

    /// The scrypt of a password with a salt.
    package typealias Payment = @Sendable (_ password: [UInt8], _ salt: [UInt8]) async throws -> Hash256

    private let parallelism: Int
    private let pay: Payment
    /// For accounts of the credentials file, which keep no scrypt: nothing depends on it.
    private let decoySalt = (0..<StoredPassword.saltByteCount).map { _ in UInt8.random(in: 0...255) }
    package private(set) var running = 0
    /// Resumed with whether it is their turn; false: they gave way to another.
    private var queue: FairQueue<CheckedContinuation<Bool, Never>>

    /// - Parameters:
    ///   - parallelism: How many scrypts run at one time; 32 MiB each.
    ///   - capacity: How many checks wait at most.
    package init(
        parallelism: Int = 1, capacity: Int = 64,
        pay: @escaping Payment = { try await ScryptCost.standard.hash($0, salt: $1) }
    ) {
        self.parallelism = max(1, parallelism)
        self.pay = pay
        queue = FairQueue(capacity: capacity)
    }

    /// Pays, and then asks for the mark of the account whose password this is.
    ///
    /// - Parameter salt: Of the account; nil where it has none of its own.
    package func check(
        _ password: [UInt8], salt: [UInt8]?, from origin: Origin, verify: @Sendable (Hash256) -> Hash256?
    ) async -> Verdict {
        guard let hash = await hash(password, salt: salt ?? decoySalt, from: origin) else { return .busy }
        return verify(hash).map(Verdict.right) ?? .wrong
    }

    /// What is kept of a password that somebody chose; nil where there is no room, or it could not be paid for.
    package func hash(_ password: [UInt8], salt: [UInt8], from origin: Origin) async -> Hash256? {
        guard await enter(from: origin) else { return nil }
        defer { leave() }
        guard !Task.isCancelled else { return nil }
        return try? await pay(password, salt)
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
    package func hash(_ password: [UInt8], salt: [UInt8]) async throws -> Hash256 {
        let key = try KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: Hash256.byteCount, rounds: rounds, blockSize: blockSize,
            parallelism: parallelism)
        return key.withUnsafeBytes { Hash256($0) } ?? .zero
    }
}
