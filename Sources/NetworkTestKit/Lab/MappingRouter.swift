import FoundationEssentials
import TestKit

/// Debian's miniupnpd on a router of a lab: UPnP IGD, NAT-PMP and PCP.
enum MappingRouter {
    static let program = "miniupnpd"

    /// Returns when it takes requests. It is not held by the lab that it belongs to.
    static func start(on router: LabLayout.Router, in folder: String) async throws -> RealProcess {
        guard let outside = router.outer.ipv4, let path = LabPrograms.path(program) else {
            throw TestKitError.invalid(Lab.mappingObstacle ?? "what maps ports has IPv4")
        }
        let namespace = router.outer.namespace
        let configuration = "\(folder)/\(namespace).conf"
        let lines = """
            ext_ifname=\(Plug.Interface.wan)
            ext_ip=\(outside)
            listening_ip=\(Segment.bridge)
            http_port=0
            enable_upnp=yes
            enable_natpmp=yes
            secure_mode=yes
            min_lifetime=1
            max_lifetime=86400
            upnp_table_name=nat
            upnp_nat_table_name=nat
            upnp_forward_chain=\(NATRules.mappedForward)
            upnp_nat_chain=\(NATRules.mappedIn)
            upnp_nat_postrouting_chain=\(NATRules.mappedOut)
            uuid=00000000-0000-4000-8000-000000000001
            allow 1024-65535 0.0.0.0/0 1024-65535

            """
        try Data(lines.utf8).write(to: URL(filePath: configuration))
        // -d: it stays, and tells what it does.
        let process = try await RealProcess.start(
            LabPrograms.ip,
            ["netns", "exec", namespace, path, "-d", "-f", configuration, "-P", "\(folder)/\(namespace).pid"],
            in: folder, environment: LabPrograms.environment)
        try await process.errors.expect("Listening for NAT-PMP/PCP traffic")
        return process
    }
}
