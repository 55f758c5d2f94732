internal import Content

/// Private keys that must be in no publication, found by what is in them: a folder may be called anything.
extension Descriptor {
    /// Of the network's key, in the folder where a server keeps its state (`StateDirectory`).
    private static let serverKey = Array("network.key".utf8)
    /// Of what `identity` writes for other programs.
    static let identityKey = Array("key.pem".utf8)
    private static let identityCertificate = Array("certificate.pem".utf8)
    /// In bytes: nobody reads a longer one.
    private static let keyLength = 4_096

    /// Whether a server keeps its state in the folder.
    ///
    /// - Parameter names: What is in the folder.
    func isServerState(_ names: [[UInt8]]) throws(FileFailure) -> Bool { try hasKey(Self.serverKey, names) }

    /// Whether an identity for another program is in the folder: who has its key can act as the member.
    func isIdentity(_ names: [[UInt8]]) throws(FileFailure) -> Bool {
        guard names.contains(Self.identityCertificate) else { return false }
        return try hasKey(Self.identityKey, names)
    }

    /// A private key, or what is called so and may not be read.
    private func hasKey(_ name: [UInt8], _ names: [[UInt8]]) throws(FileFailure) -> Bool {
        guard names.contains(name) else { return false }
        do throws(FileFailure) {
            let key = try Descriptor(reading: String(decoding: name, as: UTF8.self), in: self)
            return String(decoding: try key.prefix(Self.keyLength), as: UTF8.self).contains("PRIVATE KEY-----")
        } catch {
            guard error.reason != .tooManyOpenFiles else { throw error }
            return error.reason == .permissionDenied
        }
    }
}

/// The same for a file by itself.
package enum KeptFile {
    /// Throws ``FileFailure/Reason/ownFile`` for a file of the folder in which this program keeps its own,
    /// ``FileFailure/Reason/serverKey`` for the key of a network, and ``FileFailure/Reason/identityKey`` for that of an
    /// identity. Blocks.
    package static func refuse(_ path: String, ownState: String) throws(FileFailure) {
        let parts = Folders.real(path).pathParts
        guard let name = parts.last.map({ Array($0.utf8) }),
            let folder = try? Descriptor(folder: "/" + parts.dropLast().joined(separator: "/"))
        else { return }
        if let own = FolderIdentity(path: ownState), try own.holds(folder) { throw FileFailure(.ownFile, path: path) }
        let names = [name, Array("certificate.pem".utf8)].filter { name in
            (try? folder.exists(String(decoding: name, as: UTF8.self))) == true
        }
        if try folder.isServerState([name]) { throw FileFailure(.serverKey, path: path) }
        guard name == Descriptor.identityKey, try folder.isIdentity(names) else { return }
        throw FileFailure(.identityKey, path: path)
    }
}
