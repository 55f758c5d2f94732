import NIOCore
import Synchronization
import Wire

/// The two tasks around a link: one reads for the owner of the state, one writes what that leaves in the outbox.
final class LinkWire: Sendable {
    let link: any PeerLink
    let outbox = Mailbox<PeerMessage>()
    /// What its blocks have to pass, in and out.
    private let inbound: [RateLimiter]
    private let outbound: [RateLimiter]
    private let isWaiting = Atomic(false)

    init(link: any PeerLink, inbound: [RateLimiter], outbound: [RateLimiter]) {
        self.link = link
        self.inbound = inbound
        self.outbound = outbound
    }

    /// Blocks have come that wait for their turn in a limited rate: it is not the peer who lets wait for them.
    var isHeldBack: Bool { isWaiting.load(ordering: .relaxed) }

    /// Reads until the link ends; says why it did.
    ///
    /// In a limited rate a batch is given on in portions: whoever waits for its blocks sees them come.
    ///
    /// - Parameter receive: Takes messages and the memory that they hold, in bytes: added to the budget before.
    func read(within budget: ByteBudget, receive: @Sendable ([PeerMessage], Int) -> Void) async -> LinkEnd {
        do {
            for try await messages in link.inbound {
                for portion in portions(of: messages, inbound) {
                    isWaiting.store(true, ordering: .relaxed)
                    await pass(portion, inbound)
                    isWaiting.store(false, ordering: .relaxed)
                    let size = portion.reduce(0) { $0 + $1.footprint }
                    budget.add(size)
                    receive(Array(portion), size)
                }
                await budget.waitForRoom()
            }
            return .closedByPeer
        } catch let error as MalformedMessage {
            return .violation(.malformedMessage(error.reason))
        } catch {
            return .transportFailed("\(error)")
        }
    }

    /// Writes until the outbox is closed, or the link fails: then it says how.
    ///
    /// - Parameter sent: How many messages the transport took, and how many bytes of blocks.
    func write(sent: @Sendable (Int, Int) -> Void) async -> LinkEnd? {
        while true {
            let messages = await outbox.take().blocksLast
            guard !messages.isEmpty else { return nil }
            for portion in portions(of: messages, outbound) {
                await pass(portion, outbound)
                do {
                    try await link.send(Array(portion))
                } catch is ClosedByPeer {
                    return .closedByPeer
                } catch {
                    return .transportFailed("\(error)")
                }
                sent(portion.count, portion.reduce(0) { $0 + $1.payloadSize })
            }
        }
    }

    /// Waits until the blocks among these messages may pass. Other messages always may.
    private func pass(_ messages: some Sequence<PeerMessage>, _ limiters: [RateLimiter]) async {
        guard limiters.contains(where: { $0.rate != nil }) else { return }
        let size = messages.reduce(0) { $0 + $1.payloadSize }
        guard size > 0 else { return }
        for limiter in limiters { await limiter.pass(size) }
    }

    /// In a limited rate others have their turn between portions.
    private func portions(of messages: [PeerMessage], _ limiters: [RateLimiter]) -> [ArraySlice<PeerMessage>] {
        messages.portions(of: limiters.map(\.portion).min() ?? .max)
    }

    func close() async {
        outbox.close()
        await link.close()
    }
}
