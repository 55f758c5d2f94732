extension Descriptor {
    /// Of the network's key, in the folder where a server keeps its state (`StateDirectory`).
    private static let serverKey = Array("network.key".utf8)
    /// In bytes: no server reads a longer one.
    private static let serverKeyLength = 4_096

    /// Whether a server keeps its state in the folder, whatever that is called: a network's private key is in it, or what
    /// is called so and may not be read.
    ///
    /// - Parameter names: What is in the folder.
    func isServerState(_ names: [[UInt8]]) throws(FileFailure) -> Bool {
        guard names.contains(Self.serverKey) else { return false }
        do throws(FileFailure) {
            let key = try Descriptor(reading: String(decoding: Self.serverKey, as: UTF8.self), in: self)
            return String(decoding: try key.prefix(Self.serverKeyLength), as: UTF8.self).contains("PRIVATE KEY-----")
        } catch {
            guard error.reason != .tooManyOpenFiles else { throw error }
            return error.reason == .permissionDenied
        }
    }
}
