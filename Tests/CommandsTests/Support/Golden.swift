import FoundationEssentials
import Glibc
import Testing

/// Files that say what is printed. With `BITTRICKLE_UPDATE_GOLDEN` set, they are written anew.
enum Golden {
    /// - Parameter file: below `Golden/`, or a page of `Docs/`.
    static func expect(_ text: String, _ file: String, in folder: String = tests + "/Golden") throws {
        let path = "\(folder)/\(file)"
        if getenv("BITTRICKLE_UPDATE_GOLDEN") != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(try text == String(contentsOfFile: path, encoding: .utf8))
    }

    static let tests = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    static let docs = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Docs"
}
