import FoundationEssentials
import Glibc
import Library

/// Where the saved searches are kept: one file, whole or as it was. Blocks.
struct SearchFile: Sendable {
    let path: String

    /// What was found so far; nil where the file makes no sense, which is set aside.
    func read() throws -> [SearchBook.Kept]? {
        guard let bytes = try StateFile.read(path) else { return [] }
        if let kept = try? JSONDecoder().decode([SearchBook.Kept].self, from: Data(bytes)) { return kept }
        _ = rename(path, "\(path).damaged")
        return nil
    }

    func write(_ kept: [SearchBook.Kept]) throws {
        try StateFile.write(Array(try JSONEncoder().encode(kept)), to: path)
    }
}
