import FoundationEssentials
import Glibc

/// A folder of a test's own, removed with all that is in it when the value goes.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        var template = Array("/tmp/bittrickle-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestKitError.system(call: "mkdtemp", code: errno) }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { "\(path)/\(name)" }
}

package enum TestKitError: Error {
    case system(call: String, code: Int32)
    /// What was awaited did not come in time.
    case timedOut(String)
    /// A test asked for a value that cannot be.
    case invalid(String)
}
