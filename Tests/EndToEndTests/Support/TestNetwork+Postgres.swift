import FoundationEssentials
import TestKit

extension TestNetwork {
    /// Starts a server of a database. All have the key of the first.
    static func start(
        members: [String], on address: String, keyOf first: TestNetwork? = nil
    ) async throws -> TestNetwork {
        let directory = try TemporaryDirectory()
        if let first {
            let files = FileManager.default
            try files.createDirectory(
                atPath: directory.file("bittrickle-data"), withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            for name in ["network.key", "network.pem"] {
                try files.copyItem(
                    atPath: first.directory.file("bittrickle-data/\(name)"),
                    toPath: directory.file("bittrickle-data/\(name)"))
            }
        }
        return try await start(members: members, serverArguments: ["--store", address], in: directory)
    }

    /// Several servers of a database.
    static func start(_ count: Int, members: [String], on address: String) async throws -> [TestNetwork] {
        var networks: [TestNetwork] = []
        for _ in 0..<count {
            networks.append(try await start(members: members, on: address, keyOf: networks.first))
        }
        return networks
    }
}
