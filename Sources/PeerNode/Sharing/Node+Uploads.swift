import Library
package import NodeControl
import Wire

/// Files that come from a page, not from a disk.
extension Node {
    package func upload(
        _ bytes: any AsyncSequence<[UInt8], any Error> & Sendable, as name: String, in directory: String,
        to audience: Audience?
    ) async throws(NodeFailure) -> Publishing {
        let session = try member()
        // Before all its bytes have come for nothing.
        if let audience { try await check(audience) }
        // The folder's own name, and what is hidden, are none that a page may give.
        guard let fileName = try? FileName(name), !name.hasPrefix(".") else { throw .nameInvalid(name: name) }
        let path = "\(directory)/\(fileName.text)"
        let files = session.parts.threads.files
        let file: GrowingFile
        do {
            file = try await files.run { _ in try GrowingFile(fileName.text, in: directory) }
            var offset: Int64 = 0
            for try await part in bytes {
                try await files.run { [offset] _ in try file.write(part, at: offset) }
                offset += Int64(part.count)
            }
            try await files.run { _ in try file.finish() }
        } catch  where Task.isCancelled {
            throw .cancelled
        } catch let failure as FileFailure {
            throw NodeFailure(making: failure, at: path)
        } catch {
            throw .notWritten(path: path, reason: "its bytes did not come whole")
        }
        do throws(NodeFailure) {
            return try await publish(path: path, to: audience) { _ in }
        } catch {
            // Whoever tries again would find it in his way.
            try? await files.run { _ in file.takeBack() }
            throw error
        }
    }
}
