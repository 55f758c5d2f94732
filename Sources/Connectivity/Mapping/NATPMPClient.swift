import CNATPMP
import Glibc
import Wire

/// Asks by NAT-PMP (RFC 6886), with libnatpmp.
struct NATPMPClient: RouterClient {
    let speaks = MappingProtocol.natPMP
    private let thread: RouterThread

    init(thread: RouterThread) { self.thread = thread }

    func perform(_ order: MappingOrder) async -> MappingOutcome {
        guard order.router.address.count == 4 else { return .refused(.notSpoken) }
        return await thread.perform { sign in
            do throws(Trouble) { return try Conversation(order, sign).outcome() } catch {
                return error.outcome
            }
        }
    }

    private struct Trouble: Error {
        let outcome: MappingOutcome
    }

    /// One order, on a socket of its own towards the router.
    private final class Conversation {
        private let order: MappingOrder
        private let sign: RouterThread.StopSign
        private var connection = natpmp_t()

        /// Between two looks at the sign, in milliseconds.
        private static let patience: Int32 = 50

        init(_ order: MappingOrder, _ sign: RouterThread.StopSign) throws(Trouble) {
            self.order = order
            self.sign = sign
            var router: in_addr_t = 0
            withUnsafeMutableBytes(of: &router) { $0.copyBytes(from: order.router.address) }
            guard initnatpmp(&connection, 1, router) == 0 else { throw Trouble(outcome: .unanswered) }
        }

        deinit { closenatpmp(&connection) }

        func outcome() throws(Trouble) -> MappingOutcome {
            switch order.deed {
            case .check:
                let answer = try externalAddress()
                return .healthy(externalAddress: Self.address(answer), epoch: answer.epoch)
            case .remove:
                _ = try mapping(external: 0, lifetime: 0)
                return .removed
            case .map:
                let address = Self.address(try externalAddress())
                let answer = try mapping(external: order.external.port, lifetime: MappingOrder.lifetimeInSeconds)
                let granted = answer.pnu.newportmapping
                guard let external = Endpoint(address: address, port: granted.mappedpublicport), granted.lifetime > 0
                else { return .refused(.refused("the router gave no port")) }
                return .granted(
                    MappingGrant(external: external, lifetime: .seconds(granted.lifetime), epoch: answer.epoch))
            }
        }

        private func externalAddress() throws(Trouble) -> natpmpresp_t {
            try answer(NATPMP_RESPTYPE_PUBLICADDRESS) { sendpublicaddressrequest(&$0) }
        }

        private func mapping(external: UInt16, lifetime: UInt32) throws(Trouble) -> natpmpresp_t {
            let port = order.port
            return try answer(NATPMP_RESPTYPE_TCPPORTMAPPING) {
                sendnewportmappingrequest(&$0, NATPMP_PROTOCOL_TCP, port, external, lifetime)
            }
        }

        /// The library repeats what is not answered. An answer to the question before, which came twice, ends its waiting: then
        /// it is asked once more.
        private func answer(
            _ type: Int32, _ send: (inout natpmp_t) -> Int32
        ) throws(Trouble) -> natpmpresp_t {
            guard send(&connection) > 0 else { throw Trouble(outcome: .unanswered) }
            while !sign.isUp {
                var response = natpmpresp_t()
                let code = readnatpmpresponseorretry(&connection, &response)
                if code == 0 {
                    if response.type == UInt16(type) { return response }
                    guard send(&connection) > 0 else { break }
                } else if code != NATPMP_TRYAGAIN {
                    throw Trouble(outcome: Self.outcome(ofError: code))
                }
                var interest = pollfd(fd: connection.s, events: Int16(POLLIN), revents: 0)
                poll(&interest, 1, Self.patience)
            }
            throw Trouble(outcome: .unanswered)
        }

        private static func address(_ answer: natpmpresp_t) -> [UInt8] {
            withUnsafeBytes(of: answer.pnu.publicaddress.addr) { Array($0) }
        }

        private static func outcome(ofError code: Int32) -> MappingOutcome {
            switch code {
            case NATPMP_ERR_NOGATEWAYSUPPORT, NATPMP_ERR_UNSUPPORTEDVERSION, NATPMP_ERR_UNSUPPORTEDOPCODE:
                .refused(.notSpoken)
            case NATPMP_ERR_NOTAUTHORIZED: .refused(.refused("not allowed"))
            case NATPMP_ERR_NETWORKFAILURE: .refused(.refused("the router has no connection"))
            case NATPMP_ERR_OUTOFRESOURCES: .refused(.refused("the router has no room for it"))
            default: .unanswered
            }
        }
    }
}
