import CMiniUPnPc
import Synchronization
import Wire

/// Asks an Internet Gateway Device of the UPnP Forum. What it sends is read by a process of its own (``UPnPProgram``), one for each order; what
/// that one says is believed no more than the gateway.
final class UPnPClient: RouterClient {
    let speaks = MappingProtocol.upnp
    private let thread: RouterThread
    private let known = Mutex<Known?>(nil)

    /// Found the last time.
    private struct Known {
        let router: Gateway
        let control: UPnPControl
        /// It was silent: it is looked for anew, in case that it is at another port now. What it may have done is taken back where it was asked.
        var isDoubtful = false
    }

    init(thread: RouterThread) { self.thread = thread }

    func perform(_ order: MappingOrder) async -> MappingOutcome {
        guard order.router.address.count == 4, UPnPProgram.isOffered else { return .refused(.notSpoken) }
        return await thread.perform { [self] sign in outcome(of: order, sign) }
    }

    private func outcome(of order: MappingOrder, _ sign: RouterThread.StopSign) -> MappingOutcome {
        let control = known.withLock { known in
            known.flatMap {
                $0.router == order.router && (!$0.isDoubtful || order.deed == .remove) ? $0.control : nil
            }
        }
        // What was never found has nothing of ours.
        if control == nil, order.deed == .remove { return .removed }
        guard let child = UPnPChild(errand(for: order, control)) else {
            return .refused(.refused("the program that asks could not be started"))
        }
        let report = UPnPReport(child.report(sign), at: order.router.address)
        let outcome = report.map { meaning(of: $0, for: order) } ?? .unanswered
        known.withLock { known in
            if let report { known = report.control.map { Known(router: order.router, control: $0) } }
            if outcome == .unanswered { known?.isDoubtful = true }
        }
        return outcome
    }

    private func errand(for order: MappingOrder, _ control: UPnPControl?) -> UPnPErrand {
        let deed: UPnPErrand.Deed =
            switch order.deed {
            case .map: .map
            case .check: .check
            case .remove: .remove
            }
        return UPnPErrand(
            deed: deed, router: order.router.address, local: order.router.local, port: order.port,
            externalPort: order.external.port, lifetime: MappingOrder.lifetimeInSeconds, control: control)
    }

    private func meaning(of report: UPnPReport, for order: MappingOrder) -> MappingOutcome {
        guard report.control != nil else { return .refused(.notSpoken) }
        switch (report.outcome, order.deed) {
        case (.mapped(let address, let isPermanent), .map):
            guard let external = Endpoint(address: address, port: order.external.port) else { return .unanswered }
            return .granted(
                MappingGrant(external: external, lifetime: MappingOrder.lifetime, isPermanent: isPermanent))
        case (.refused(UPnPError.conflict), .map): return .refused(.portTaken)
        case (.refused(let code), .map): return .refused(.refused(UPnPError.words(code)))
        case (.there(let address), .check): return .healthy(externalAddress: address, epoch: nil)
        case (.missing, .check): return .missing
        case (.removed, .remove): return .removed
        default: return .unanswered
        }
    }
}

/// The numbers of WANIPConnection.
enum UPnPError {
    static let noSuchEntry: Int32 = 714
    static let conflict: UInt16 = 718
    /// OnlyPermanentLeasesSupported; and what old gateways say of a lifetime, that the arguments are wrong.
    static let wantsPermanent: [Int32] = [725, 402]

    static func words(_ code: UInt16) -> String {
        strupnperror(Int32(code)).map { String(cString: $0) } ?? "error \(code)"
    }
}
