import Crypto
import Directory
import DirectoryServer
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NetworkTestKit
import SwiftASN1
import TestKit
import X509

/// At the server, and on the way there. Nobody is logged in.
extension Fault {
    static let ofServer: [Fault] = [
        Fault("wrong clock, by days", "clock-wrong") { try await withClock(off: 5 * 86_400_000) },
        Fault("wrong clock, by twenty minutes", "clock-wrong") { try await withClock(off: -20 * 60_000) },
        Fault("expired certificate of the network", "certificate-expired") {
            try await withEndedCertificate()
        },
        Fault("DNS fails", "name-unresolved") { try await lab { _ in "nowhere.invalid:12000" } },
        Fault("the server is down", "server-down") { network in
            network.server.signal(SIGKILL)
            _ = try await network.server.waitForEnd()
        },
        Fault("the server hangs", "server-hung") { network in network.server.signal(SIGSTOP) },
        Fault("a firewall swallows everything to the server", "server-silent") { network in
            try await network.lab.setFirewall([.nothingWith(network.lab.ipv4(of: "a"))], at: "server")
        },
        Fault("one's own firewall forbids everything to the server", "server-silent") { network in
            try await network.lab.setFirewall([.nothingWith(network.lab.ipv4(of: "server"))], at: "a")
        },
        Fault("wrong pin", "pin-wrong") {
            try await lab { network in
                let link = try network.link(for: "a")
                return String(link.dropLast(4)) + (link.hasSuffix("0000") ? "1111" : "0000")
            }
        },
        Fault("a network that was never trusted", "pin-unknown") {
            try await lab { "\(try $0.lab.ipv4(of: "server")):\(LabNetwork.port)" }
        },
        Fault("captive proxy", "captive-proxy") { try await withPortal() },
        Fault("a proxy is the only way out, and wants a password", "proxy-failed") { try await withProxy() },
        Fault("UDP blocked", "udp-blocked") { network in try await network.lab.setFirewall([.noUDP], at: "a") },
        Fault("only TCP to port 443 goes out", "udp-blocked", server: ["--tcp-port", "443"]) { network in
            try await network.lab.setFirewall([.onlyTCPOut(443)], at: "a")
        },
        Fault("TCP blocked", "tcp-blocked", server: ["--tcp-port", "off"]) { _ in },
        Fault("a lossy line", "udp-lossy") { try await withWeather(Weather(drop: 0.3)) },
        Fault("a slow line", "udp-slow") { try await withWeather(Weather(delay: 350...400)) },
    ]

    /// In a lab of a server and one host on the internet.
    private init(
        _ name: String, _ code: String, server arguments: [String] = [],
        _ inject: @escaping @Sendable (LabNetwork) async throws -> Void
    ) {
        self.init(name, code) {
            try await Self.lab(server: arguments) { network in
                try await inject(network)
                return try network.link(for: "a")
            }
        }
    }

    /// - Parameter arrange: Makes the fault, and says which server is to be looked at.
    private static func lab(
        server arguments: [String] = [], _ arrange: (LabNetwork) async throws -> String
    ) async throws -> DoctorReport {
        let network = try await LabNetwork.start(
            in: try await Lab.start(LabPlan(internet: ["server", "a"])), serverArguments: arguments)
        let target = try await arrange(network)
        return try await DoctorReport.alone {
            try await network.lab.start(
                "a", BuiltPrograms.path("bittrickle"), ["doctor", "--json", "--network", target])
        }
    }

    private static func withProxy() async throws -> DoctorReport {
        let port = 3_128
        let site = Site("office", .portRestricted, hosts: ["a"], firewall: [.onlyTCPOut(port)])
        let network = try await LabNetwork.start(
            in: try await Lab.start(LabPlan(internet: ["server", "proxy"], sites: [site])))
        var settings = TestProxy.Settings()
        (settings.user, settings.password) = ("hans", "secret")
        let proxy = try await network.lab.proxy("proxy", port: port, settings)
        let report = try await DoctorReport.alone {
            try await network.lab.start(
                "a", BuiltPrograms.path("bittrickle"), ["doctor", "--json", "--network", network.link(for: "a")],
                environment: [
                    "PATH": "/usr/bin:/bin", "HOME": network.lab.home(of: "a"),
                    "all_proxy": "http://\(network.lab.ipv4(of: "proxy")):\(port)",
                ])
        }
        await proxy.close()
        return report
    }

    /// Something that answers connections as web servers do.
    private static func withPortal() async throws -> DoctorReport {
        let lab = try await Lab.start(LabPlan(internet: ["server", "a"]))
        let listener = try lab.listener("server")
        return try await withThrowingTaskGroup(of: DoctorReport?.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    guard let (socket, _) = try? await listener.accept() else { continue }
                    socket.write("HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n")
                }
                return nil
            }
            group.addTask {
                try await DoctorReport.alone {
                    try await lab.start(
                        "a", BuiltPrograms.path("bittrickle"),
                        ["doctor", "--json", "--network", "\(lab.ipv4(of: "server")):\(listener.port)"])
                }
            }
            defer { group.cancelAll() }
            while let report = try await group.next() { if let report { return report } }
            throw TestKitError.invalid("there is no report")
        }
    }

    // MARK: On loopback, with a server of this process

    private static func withClock(off milliseconds: Int64) async throws -> DoctorReport {
        let folder = try TemporaryDirectory()
        return try await DirectoryServer.whileRunning(try configuration(folder, later: milliseconds)) { server in
            try await alone(at: "127.0.0.1:\(server.port)", folder)
        }
    }

    /// With the network's own key and names, but good from 2020 to 2021 alone.
    private static func withEndedCertificate() async throws -> DoctorReport {
        let folder = try TemporaryDirectory()
        try await DirectoryServer.whileRunning(try configuration(folder, later: 0)) { _ in }
        let (keyPath, path) = (folder.file("data/network.key"), folder.file("data/network.pem"))
        let key = try P256.Signing.PrivateKey(
            pemRepresentation: String(contentsOf: URL(filePath: keyPath), encoding: .utf8))
        let made = try Certificate(pemEncoded: String(contentsOf: URL(filePath: path), encoding: .utf8))
        let ended = try Certificate(
            version: .v3, serialNumber: made.serialNumber, publicKey: made.publicKey,
            notValidBefore: made.notValidBefore, notValidAfter: made.notValidBefore.addingTimeInterval(366 * 86_400),
            issuer: made.issuer, subject: made.subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: made.extensions, issuerPrivateKey: Certificate.PrivateKey(key))
        try Data((ended.serializeAsPEM().pemString + "\n").utf8).write(to: URL(filePath: path))
        return try await DirectoryServer.whileRunning(try configuration(folder, later: 0)) { server in
            try await alone(at: "127.0.0.1:\(server.port)", folder)
        }
    }

    private static func withWeather(_ weather: Weather) async throws -> DoctorReport {
        let folder = try TemporaryDirectory()
        return try await DirectoryServer.whileRunning(try configuration(folder, later: 0)) { server in
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: Int(server.port))
            let proxy = try await LossyProxy.start(
                to: address, toServer: weather, toClient: weather, random: SeededRandom(seed: 11))
            let report = try await alone(at: "127.0.0.1:\(await proxy.address.port ?? 0)", folder)
            await proxy.close()
            return report
        }
    }

    private static func alone(at server: String, _ folder: TemporaryDirectory) async throws -> DoctorReport {
        try await DoctorReport.alone {
            try await RealProcess.start(
                BuiltPrograms.path("bittrickle"), ["doctor", "--json", "--network", server], in: folder.path)
        }
    }

    private static func configuration(
        _ folder: TemporaryDirectory, later milliseconds: Int64
    ) throws -> ServerConfiguration {
        let credentials = folder.file("credentials.txt")
        try Data("hans falcon*solo\n".utf8).write(to: URL(filePath: credentials))
        let system = DirectoryClock.system
        return ServerConfiguration(
            dataDirectory: folder.file("data"), credentialsPath: credentials,
            clock: DirectoryClock(wall: { system.wall() + milliseconds }, monotonic: system.monotonic),
            log: ServerLog(events: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }
}
