import FoundationEssentials
import TestKit

/// The programs as they were built together with the tests.
enum Programs {
    static var client: String { get throws { try path("bittrickle") } }
    static var server: String { get throws { try path("bittrickle-server") } }

    private static func path(_ name: String) throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = bundle.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(folder)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestKitError.timedOut("\(path) is not built: swift build --build-tests")
        }
        return path
    }
}
