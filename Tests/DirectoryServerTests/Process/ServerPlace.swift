import FoundationEssentials
import NetworkTestKit
import TestKit
import Testing

/// A folder of its own for `bittrickle-server`, as whoever operates it has it. In its credentials file stands hans.
struct ServerPlace {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try write("hans falcon*solo\n", "credentials.txt")
    }

    func file(_ name: String) -> String { folder.file(name) }

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file(name)), options: .atomic)
    }

    /// - Parameter variables: Of the environment, beside what every program has.
    func start(_ arguments: [String], _ variables: [String: String] = [:]) async throws -> RealProcess {
        let environment = variables.merging(["PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8"]) { $1 }
        return try await RealProcess.start(
            BuiltPrograms.path("bittrickle-server"), arguments, in: folder.path, environment: environment)
    }

    /// Until it ends.
    func run(
        _ arguments: String..., input: String = "", exits code: Int32 = 0
    ) async throws -> (output: String, errors: String) {
        let process = try await start(arguments)
        if !input.isEmpty {
            try await process.type(input)
            try await process.endInput()
        }
        #expect(try await process.waitForEnd() == .exited(code), "\(arguments)")
        return (try await process.output.expectEnd(), try await process.errors.expectEnd())
    }
}
