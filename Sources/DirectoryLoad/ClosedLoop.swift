import Glibc
import Wire

/// How many requests a second are answered when a window of them is always on its way: over one socket, and as many sessions
/// as it takes for none to ask more than a server lets one session ask.
struct ClosedLoop {
    enum Kind: String, CaseIterable {
        case ping
        case sources
    }

    let kind: Kind
    let window: Int
    let seconds: Double

    /// Of nothing that comes, in milliseconds, after which what is on its way counts as lost.
    private static let patience: Int64 = 200

    func run(_ members: Members) {
        let contents = members.population.contents
        let contentRequests = kind == .sources ? (0..<min(contents, 10_000)).map { request(content: $0, members) } : []
        var transaction: UInt32 = 0
        var member = 0
        var (answered, lost, inFlight) = (0, 0, 0)
        func ask() {
            transaction = (transaction + 1) & (Members.ownTransactions - 1)
            member = (member + 1) % members.all.count
            var plaintext =
                kind == .ping ? heartbeat : contentRequests[Int(transaction) % contentRequests.count]
            plaintext.replaceSubrange(
                plaintext.count - 11..<plaintext.count - 7,
                with: withUnsafeBytes(of: transaction.bigEndian) { Array($0) })
            members.seal(plaintext, of: member)
            inFlight += 1
        }
        members.onAnswer = { _, _, _ in
            answered += 1
            inFlight -= 1
        }
        let begun = nanoseconds()
        var heardAt = begun
        let end = begun + Int64(seconds * 1e9)
        var now = begun
        while now < end {
            while inFlight < window { ask() }
            if members.step(now: now / 1_000_000) {
                heardAt = nanoseconds()
            } else {
                members.socket(of: 0).wait(1)
            }
            now = nanoseconds()
            if now - heardAt > Self.patience * 1_000_000 {
                lost += inFlight
                inFlight = 0
                heardAt = now
            }
        }
        let took = Double(now - begun) / 1e9
        say("answered \(answered) lost \(lost) seconds \(took)")
    }

    private var heartbeat: [UInt8] {
        DirectoryMessage.request(TransactionID(rawValue: 0), .heartbeat).encoded
    }

    private func request(content: Int, _ members: Members) -> [UInt8] {
        DirectoryMessage.request(
            TransactionID(rawValue: 0), .holders(members.population.content(content), PageWindow())
        ).encoded
    }
}
