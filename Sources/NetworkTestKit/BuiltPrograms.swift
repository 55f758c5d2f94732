import FoundationEssentials
import TestKit

/// The programs as they were built together with the tests.
package enum BuiltPrograms {
    /// Where they are.
    package static func folder() throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return "/" + bundle.split(separator: "/").dropLast().joined(separator: "/")
    }

    package static func path(_ name: String) throws -> String {
        let path = try "\(folder())/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestKitError.timedOut("\(path) is not built: swift build --build-tests")
        }
        return path
    }
}
