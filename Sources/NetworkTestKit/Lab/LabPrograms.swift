import Glibc
import TestKit

/// What the system brings for a laboratory.
enum LabPrograms {
    private static let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// Of scripts: users have no path to programs of administrators.
    static let environment = ["PATH": folders.joined(separator: ":"), "LC_ALL": "C"]

    static let ip = path("ip") ?? "/usr/sbin/ip"

    static func path(_ program: String) -> String? {
        folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}

extension Lab {
    /// Why there can be no laboratory here; nil where there can.
    package static let obstacle: String? = {
        guard geteuid() == 0 else { return "A laboratory needs root, as it is made of network namespaces." }
        for (program, package) in [("ip", "iproute2"), ("tc", "iproute2"), ("nft", "nftables")]
        where LabPrograms.path(program) == nil {
            return "A laboratory needs \(program): install Debian's \(package), as make test-packages does."
        }
        guard (try? isTried()) == true else {
            return
                "A laboratory needs network namespaces with NAT, which cannot be made here (a container may forbid it)."
        }
        return nil
    }()

    /// Why no router of a laboratory can map ports; nil where it can.
    package static let mappingObstacle: String? = {
        if let obstacle { return obstacle }
        guard LabPrograms.path(MappingRouter.program) != nil else {
            return "A router that maps ports needs Debian's miniupnpd-nftables: install it, as make test-packages does."
        }
        return nil
    }()

    /// Makes a namespace with a rule and removes it.
    private static func isTried() throws -> Bool {
        let name = "bt\(getpid())-try"
        let script = """
            ip netns add \(name)
            trap 'ip netns del \(name)' EXIT
            ip netns exec \(name) sh -ec '
                echo 1 > /proc/sys/net/ipv4/ip_forward
                echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
                nft "table inet nat { chain out { type nat hook postrouting priority srcnat; masquerade; }; }"'
            """
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0 else { throw TestKitError.system(call: "open /dev/null", code: errno) }
        defer { close(nothing) }
        let process = try Spawn(
            program: "/bin/sh", arguments: ["-ec", script], directory: "/", environment: LabPrograms.environment,
            standard: .pipes(input: nothing, output: nothing, error: nothing)
        ).start()
        var status: Int32 = 0
        guard waitpid(process, &status, 0) == process else { return false }
        return status == 0
    }
}
