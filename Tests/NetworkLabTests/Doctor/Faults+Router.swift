import NIOCore
import NetworkTestKit
import TestKit

/// At a router that maps ports.
extension Fault {
    static let ofRouter: [Fault] = [
        Fault("the router maps a port of an address that is none of the internet", "mapping-useless") {
            let lab = try await Lab.start(LabPlan(sites: [Site("home", .portRestricted, hosts: ["a"])]))
            let network = try await LabNetwork.start(in: lab, members: ["a"])
            let router = try PrivateRouter(at: "home", in: lab)
            return try await withThrowingTaskGroup(of: DoctorReport?.self) { group in
                group.addTask {
                    try await router.run()
                    return nil
                }
                group.addTask {
                    let client = try await network.member("a")
                    let report = try await DoctorReport.asked(of: client)
                    try await client.leave()
                    return report
                }
                defer { group.cancelAll() }
                while let report = try await group.next() { if let report { return report } }
                throw TestKitError.invalid("there is no report")
            }
        }
    ]
}

/// Grants every port by NAT-PMP (RFC 6886 §3), at an outer address that is the provider's own (RFC 6598). Debian's miniupnpd,
/// which the other tests have, refuses to run with one; routers of homes do not.
private struct PrivateRouter {
    private static let port = 5_351
    private static let outside: [UInt8] = [100, 64, 7, 7]
    private static let epoch: [UInt8] = [0, 0, 0, 9]

    private let socket: LabSocket

    init(at router: String, in lab: Lab) throws { socket = try lab.udp(router, port: Self.port) }

    func run() async throws {
        while !Task.isCancelled {
            guard let datagram = try? await socket.receive(within: .seconds(1)) else { continue }
            if let answer = Self.answer(to: datagram.bytes) { socket.send(answer, to: datagram.from) }
        }
    }

    private static func answer(to request: [UInt8]) -> [UInt8]? {
        guard request.count >= 2 else { return nil }
        switch (request[0], request[1]) {
        case (0, 0): return [0, 128, 0, 0] + epoch + outside
        case (0, 1...2) where request.count == 12:
            // Outside the same port as inside, whatever is wished for.
            return [0, 128 + request[1], 0, 0] + epoch + request[4..<6] + request[4..<6] + request[8..<12]
        case (0, _): return nil
        // PCP (RFC 6887 appendix A): of that version it knows nothing.
        default: return [0, 128 + (request[1] & 127), 0, 1] + epoch
        }
    }
}
