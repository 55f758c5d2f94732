package import NIOCore
import NIOPosix
import Wire

/// Asks by the Port Control Protocol (RFC 6887), from a socket towards the router alone.
package struct PCPClient: RouterClient {
    package let speaks = MappingProtocol.pcp
    private let group: any EventLoopGroup
    private let routersPort: UInt16
    private let nonce: [UInt8]

    /// - Parameter routersPort: 5351, but for routers of tests.
    package init(group: any EventLoopGroup, routersPort: UInt16 = 5_351) {
        self.group = group
        self.routersPort = routersPort
        var random = SystemRandomNumberGenerator()
        nonce = (0..<PCPMapping.nonceByteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    package func perform(_ order: MappingOrder) async -> MappingOutcome {
        guard let local = SocketAddress(order.router.local, port: 0, interface: 0),
            let router = SocketAddress(
                order.router.address, port: routersPort, interface: order.router.interface)
        else { return .refused(.notSpoken) }
        let request = request(for: order)
        let nonce = nonce
        let conversation = group.any().makePromise(of: MappingOutcome.self)
        do {
            let channel = try await DatagramBootstrap(group: conversation.futureResult.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            PCPConversation(request.encoded, conversation) { $0.outcome(of: order, nonce) })
                    }
                }
                .bind(to: local).get()
            return await withTaskCancellationHandler {
                channel.connect(to: router).whenComplete { result in
                    switch result {
                    case .success: channel.pipeline.fireUserInboundEventTriggered(PCPConversation.Begin())
                    case .failure: channel.close(promise: nil)
                    }
                }
                let outcome = try? await conversation.futureResult.get()
                channel.close(promise: nil)
                return outcome ?? .unanswered
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            // The address is not this computer's any more: the next look at the routes will show it.
            conversation.succeed(.unanswered)
            return .unanswered
        }
    }

    private func request(for order: MappingOrder) -> PCPRequest {
        let local = order.router.local
        guard order.deed != .check else { return PCPRequest(client: local, operation: .announce) }
        // §15: to remove it, nothing is said of the outside.
        let isRemoval = order.deed == .remove
        let mapping = PCPMapping(
            nonce: nonce, internalPort: order.port,
            externalAddress: isRemoval ? [UInt8](repeating: 0, count: local.count) : order.external.address,
            externalPort: isRemoval ? 0 : order.external.port)
        return PCPRequest(
            client: local, lifetime: isRemoval ? 0 : MappingOrder.lifetimeInSeconds, operation: .map(mapping))
    }
}

extension PCPAnswer {
    /// Nil where it answers something else.
    fileprivate func outcome(of order: MappingOrder, _ nonce: [UInt8]) -> MappingOutcome? {
        switch (self, order.deed) {
        case (.otherVersion, _): return .refused(.notSpoken)
        case (.announced(let head), .check):
            return head.result == .success ? .healthy(externalAddress: nil, epoch: head.epoch) : head.refusal
        case (.mapped(let head, let mapping), .map), (.mapped(let head, let mapping), .remove):
            guard mapping.nonce == nonce, mapping.internalPort == order.port else { return nil }
            guard head.result == .success else { return head.refusal }
            guard order.deed == .map else { return .removed }
            guard head.lifetime > 0,
                let external = Endpoint(address: mapping.externalAddress, port: mapping.externalPort)
            else { return .refused(.refused("the router gave no port")) }
            return .granted(MappingGrant(external: external, lifetime: .seconds(head.lifetime), epoch: head.epoch))
        case (.announced, .map), (.announced, .remove), (.mapped, .check): return nil
        }
    }
}

extension PCPAnswer.Head {
    fileprivate var refusal: MappingOutcome {
        switch result {
        case .unknownOperation: .refused(.notSpoken)
        case .noExternal: .refused(.portTaken)
        default: .refused(.refused(result.description))
        }
    }
}
