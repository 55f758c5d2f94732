import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit

/// At the computer of whoever asks.
extension Fault {
    static let ofComputer: [Fault] = [
        Fault("no network", "network-down") {
            let network = try await start()
            let link = try network.link(for: "a")
            _ = try await network.lab.output("a", "ip", ["addr", "flush", "dev", "eth0"])
            return try await alone(network, link)
        },
        Fault("full disk", "disk-full") {
            try await onTemporaryDisk("size=64k") { network, disk in
                _ = try? Files.write("\(disk)/fill", size: 60 << 10, seed: 1)
                return try await alone(network, in: disk)
            }
        },
        Fault("full disk of the state", "disk-full") {
            try await onTemporaryDisk("size=64k") { network, disk in
                _ = try? Files.write("\(disk)/fill", size: 60 << 10, seed: 1)
                return try await alone(network, state: disk)
            }
        },
        Fault("downloads go where nothing can be written", "folder-unwritable") {
            try await onTemporaryDisk("ro") { network, disk in try await alone(network, in: disk) }
        },
        Fault("the state is where no folder can be", "state-unusable") {
            try await alone(try await start(), state: "/dev/null")
        },
        Fault("few descriptors", "descriptors-few") {
            let network = try await start()
            let program = try BuiltPrograms.path("bittrickle")
            let link = try network.link(for: "a")
            return try await DoctorReport.alone {
                try await network.lab.start(
                    "a", "/bin/sh", ["-c", "ulimit -n 128; exec \(program) doctor --json --network \(link)"])
            }
        },
        Fault("an unreadable file", "file-unreadable") {
            try await withFile { path in
                try FileManager.default.removeItem(atPath: path)
                // Of root, too: a link to itself.
                guard symlink(path, path) == 0 else { throw TestKitError.system(call: "symlink", code: errno) }
            }
        },
        Fault("a published file that is gone", "file-missing") {
            try await withFile { try FileManager.default.removeItem(atPath: $0) }
        },
        Fault("a shared folder that is gone", "share-missing") {
            try await signedIn { network, client in
                let folder = try "\(network.lab.home(of: "a"))/shared"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
                _ = try await client.answer(to: "share shared")
                try FileManager.default.removeItem(atPath: folder)
                return try await DoctorReport.asked(of: client)
            }
        },
        Fault("a limit of nothing upwards", "uploads-off") {
            try await signedIn { _, client in
                _ = try await client.answer(to: "limit up 0")
                return try await DoctorReport.asked(of: client)
            }
        },
    ]

    private static func start() async throws -> LabNetwork {
        try await LabNetwork.start(in: try await Lab.start(LabPlan(internet: ["server", "a"])), members: ["a"])
    }

    private static func alone(
        _ network: LabNetwork, _ link: String? = nil, in folder: String? = nil, state: String? = nil
    ) async throws -> DoctorReport {
        let link = try link ?? network.link(for: "a")
        let home = try network.lab.home(of: "a")
        var environment = ["PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"]
        environment["XDG_STATE_HOME"] = state
        return try await DoctorReport.alone { [environment] in
            try await network.lab.start(
                "a", BuiltPrograms.path("bittrickle"), ["doctor", "--json", "--network", link], in: folder,
                environment: environment)
        }
    }

    static func signedIn(
        _ body: (LabNetwork, ShellClient) async throws -> DoctorReport
    ) async throws -> DoctorReport {
        let network = try await start()
        let client = try await network.member("a")
        let report = try await body(network, client)
        try await client.leave()
        return report
    }

    private static func withFile(_ spoil: (String) throws -> Void) async throws -> DoctorReport {
        try await signedIn { network, client in
            let path = try "\(network.lab.home(of: "a"))/film.mkv"
            try Files.write(path, size: 1_000, seed: 1)
            try await client.publish("film.mkv")
            try spoil(path)
            return try await DoctorReport.asked(of: client)
        }
    }

    /// A file system in memory, mounted with these options.
    private static func onTemporaryDisk(
        _ options: String, _ body: (LabNetwork, String) async throws -> DoctorReport
    ) async throws -> DoctorReport {
        let network = try await start()
        let folder = try TemporaryDirectory()
        try await run("mount -t tmpfs -o \(options) tmpfs \(folder.path)")
        let report: Result<DoctorReport, any Error>
        do { report = .success(try await body(network, folder.path)) } catch { report = .failure(error) }
        try await run("umount -l \(folder.path)")
        return try report.get()
    }

    private static func run(_ script: String) async throws {
        let shell = try await RealProcess.start("/bin/sh", ["-c", script], in: "/")
        guard try await shell.waitForEnd() == .exited(0) else {
            throw TestKitError.invalid("\(script): \(shell.errors.text)")
        }
    }
}
