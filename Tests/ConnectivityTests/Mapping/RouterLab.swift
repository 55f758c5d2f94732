import Glibc
import NetworkTestKit
import Synchronization
import TestKit

/// A home network of its own: a computer, a router with Debian's miniupnpd, and somebody outside, each in a network namespace. Nothing of it
/// touches the networks of this machine.
final class RouterLab: Sendable {
    /// Why there cannot be one here; nil where there can.
    static var obstacle: String? {
        if geteuid() != 0 { return "only root makes network namespaces" }
        for program in ["/sbin/ip", "/usr/sbin/nft", "/usr/sbin/miniupnpd"] where access(program, X_OK) != 0 {
            return "\(program) is missing: make test-packages"
        }
        return nil
    }

    /// What the router's daemon answers.
    enum Daemon: String, Sendable {
        case everything = "enable_natpmp=yes\nenable_upnp=yes"
        case upnpAlone = "enable_natpmp=no\nenable_upnp=yes"
        case none
    }

    /// The router's address outside. It looks like one of the internet, as miniupnpd wants it, and exists in the namespaces only.
    static let outside = "11.1.2.3"

    /// The computer's own.
    static let insideOfIPv6 = "2a0d:1::2"

    private static let count = Atomic(0)
    private let folder: TemporaryDirectory
    private let name: String
    private let daemon = Mutex<RealProcess?>(nil)

    private init() throws {
        folder = try TemporaryDirectory()
        name = "bt\(getpid())n\(Self.count.add(1, ordering: .relaxed).newValue)"
    }

    /// Makes one for the time of the body.
    static func run(_ kind: Daemon, _ body: (RouterLab) async throws -> Void) async throws {
        let lab = try RouterLab()
        let result: Result<Void, any Error>
        do {
            _ = try await lab.shell(setup)
            try await lab.startDaemon(kind)
            try await body(lab)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        let daemon = lab.daemon.withLock { $0.take() }
        try await daemon?.kill()
        _ = try await lab.shell("for n in lan router wan; do ip netns del $1-$n; done")
        try result.get()
    }

    /// A mapper at the computer, on a port that it prints first.
    func startProbe(_ protocols: [String], family: String = "ipv4") async throws -> RealProcess {
        try await start(in: "lan", try BuiltPrograms.path("MapperProbe"), [family] + protocols)
    }

    /// What somebody outside is told at a port; empty where he is not let in.
    func dial(_ port: String, at address: String = outside) async throws -> String {
        try await shell(
            "timeout 5 ip netns exec $1-wan bash -c 'exec 3<>/dev/tcp/\(address)/\(port) && cat <&3' || true")
    }

    /// What the router translates, and lets through.
    func rules() async throws -> String {
        try await shell(
            "for c in prerouting_miniupnpd miniupnpd; do ip netns exec $1-router nft list chain inet filter $c; done")
    }

    private func start(in part: String, _ program: String, _ arguments: [String]) async throws -> RealProcess {
        try await RealProcess.start(
            "/sbin/ip", ["netns", "exec", "\(name)-\(part)", program] + arguments, in: folder.path)
    }

    private func startDaemon(_ kind: Daemon) async throws {
        guard kind != .none else { return }
        let text = """
            ext_ifname=wan
            listening_ip=lan
            \(kind.rawValue)
            secure_mode=yes
            uuid=00000000-0000-0000-0000-000000000001
            allow 1024-65535 192.168.77.0/24 1024-65535
            deny 0-65535 0.0.0.0/0 0-65535
            """
        let path = folder.file("miniupnpd.conf")
        _ = try await shell("cat >\(path) <<'END'\n\(text)\nEND")
        let process = try await start(
            in: "router", "/usr/sbin/miniupnpd", ["-d", "-f", path, "-P", folder.file("pid")])
        daemon.withLock { $0 = process }
        try await process.errors.expect(kind == .everything ? "NAT-PMP/PCP traffic on port" : "HTTP listening on port")
    }

    private func shell(_ script: String) async throws -> String {
        let process = try await RealProcess.start("/bin/sh", ["-ec", script, "sh", name], in: folder.path)
        let output = try await process.output.expectEnd(within: .seconds(20))
        guard try await process.waitForEnd() == .exited(0) else {
            throw TestKitError.invalid("\(script): \(process.errors.text)")
        }
        return output
    }

    /// miniupnpd wants its chains to be there. Otherwise the router does what routers do: it lets out, translates, and lets answers in.
    private static let setup = """
        for n in lan router wan; do ip netns add $1-$n; ip -n $1-$n link set lo up; done
        ip link add eth0 netns $1-lan type veth peer name lan netns $1-router
        ip link add eth0 netns $1-wan type veth peer name wan netns $1-router
        ip -n $1-lan addr add 192.168.77.2/24 dev eth0
        ip -n $1-wan addr add 11.1.2.4/24 dev eth0
        ip -n $1-router addr add 192.168.77.1/24 dev lan
        ip -n $1-router addr add \(outside)/24 dev wan
        for l in lan:eth0 wan:eth0 router:lan router:wan; do ip -n $1-${l%:*} link set ${l#*:} up; done
        ip -n $1-lan route add default via 192.168.77.1
        ip -n $1-lan addr add \(insideOfIPv6)/64 dev eth0 nodad
        ip -n $1-wan addr add 2a0d:2::2/64 dev eth0 nodad
        ip -n $1-router addr add 2a0d:1::1/64 dev lan nodad
        ip -n $1-router addr add fe80::1/64 dev lan nodad
        ip -n $1-router addr add 2a0d:2::1/64 dev wan nodad
        ip -n $1-lan route add default via fe80::1 dev eth0
        ip -n $1-wan route add default via 2a0d:2::1
        ip netns exec $1-router sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
        ip netns exec $1-router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
        ip netns exec $1-router nft -f - <<'END'
        table inet filter {
            chain miniupnpd { }
            chain prerouting_miniupnpd { }
            chain postrouting_miniupnpd { }
            chain forward {
                type filter hook forward priority 0; policy drop;
                iifname "lan" accept
                ct state established,related accept
                jump miniupnpd
            }
            chain input {
                type filter hook input priority 0; policy accept;
                iifname "wan" ct state new drop
            }
            chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
            chain postrouting {
                type nat hook postrouting priority 100; jump postrouting_miniupnpd
                oifname "wan" masquerade
            }
        }
        END
        """
}
