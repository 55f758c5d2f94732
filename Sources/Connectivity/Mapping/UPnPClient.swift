import CMiniUPnPc
import Synchronization
import Wire

/// Asks an Internet Gateway Device of the UPnP Forum, with miniupnpc.
///
/// Only the default gateway itself is asked: whoever else on the network says that he is one is not believed, nor a gateway
/// that sends one elsewhere.
final class UPnPClient: RouterClient {
    let speaks = MappingProtocol.upnp
    private let thread: RouterThread
    /// Found the last time.
    private let known = Mutex<UPnPGateway?>(nil)

    init(thread: RouterThread) { self.thread = thread }

    func perform(_ order: MappingOrder) async -> MappingOutcome {
        guard order.router.address.count == 4 else { return .refused(.notSpoken) }
        return await thread.perform { [self] sign in outcome(of: order, sign) }
    }

    private func outcome(of order: MappingOrder, _ sign: RouterThread.StopSign) -> MappingOutcome {
        var gateway = known.withLock { $0.flatMap { $0.router == order.router ? $0 : nil } }
        if gateway == nil {
            // What was never found has nothing of ours.
            guard order.deed != .remove else { return .removed }
            gateway = UPnPGateway(of: order.router, sign)
            guard !sign.isUp else { return .unanswered }
            guard gateway != nil else { return .refused(.notSpoken) }
            known.withLock { $0 = gateway }
        }
        guard let gateway, !sign.isUp else { return .unanswered }
        let outcome: MappingOutcome
        switch order.deed {
        case .map: outcome = map(order, gateway, sign)
        case .check: outcome = check(order, gateway, sign)
        case .remove: outcome = gateway.removed(order.external.port)
        }
        // It is looked for anew, in case that it is at another port now.
        if outcome == .unanswered, order.deed != .remove { known.withLock { $0 = nil } }
        return outcome
    }

    private func map(_ order: MappingOrder, _ gateway: UPnPGateway, _ sign: RouterThread.StopSign) -> MappingOutcome {
        guard let address = gateway.externalAddress() else { return .unanswered }
        guard let external = Endpoint(address: address, port: order.external.port) else { return .unanswered }
        var isPermanent = false
        var code = gateway.add(external.port, for: order.port, lifetime: MappingOrder.lifetimeInSeconds)
        if UPnPError.wantsPermanent.contains(code), !sign.isUp {
            isPermanent = true
            code = gateway.add(external.port, for: order.port, lifetime: 0)
        }
        switch code {
        case UPNPCOMMAND_SUCCESS:
            return .granted(
                MappingGrant(external: external, lifetime: MappingOrder.lifetime, isPermanent: isPermanent))
        case UPnPError.conflict: return .refused(.portTaken)
        case ..<0: return .unanswered
        default: return .refused(.refused(UPnPError.words(code)))
        }
    }

    private func check(_ order: MappingOrder, _ gateway: UPnPGateway, _ sign: RouterThread.StopSign) -> MappingOutcome {
        switch gateway.has(order.external.port, for: order.port) {
        case nil: return .unanswered
        case false: return .missing
        case true:
            guard !sign.isUp else { return .unanswered }
            return .healthy(externalAddress: gateway.externalAddress(), epoch: nil)
        }
    }
}

/// The numbers of WANIPConnection.
enum UPnPError {
    static let noSuchEntry: Int32 = 714
    static let conflict: Int32 = 718
    /// OnlyPermanentLeasesSupported; and what old gateways say of a lifetime, that the arguments are wrong.
    static let wantsPermanent: [Int32] = [725, 402]

    static func words(_ code: Int32) -> String { strupnperror(code).map { String(cString: $0) } ?? "error \(code)" }
}
