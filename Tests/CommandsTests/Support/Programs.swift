import Glibc
import NetworkTestKit
import TestKit

/// The programs that were built beside the tests, and others that may be installed.
enum Programs {
    /// Nil where it is not.
    static func installed(_ name: String) -> String? {
        ["/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
    }

    /// With ours in the path.
    static func environment(home: String) throws -> [String: String] {
        ["PATH": "\(try BuiltPrograms.folder()):/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"]
    }

    /// What one of ours prints.
    static func output(
        _ name: String, _ arguments: [String], in directory: TemporaryDirectory
    ) async throws -> String {
        let process = try await RealProcess.start(BuiltPrograms.path(name), arguments, in: directory.path)
        return try await process.output.expectEnd()
    }
}
