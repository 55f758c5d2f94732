import Connectivity
import Content
import Crypto
import DirectoryClient
import Library
import NodeControl
import Wire

/// Writes a key and a certificate with which another program is this member.
///
/// The key is one of its own, never the device's: what another program, perhaps on another machine, does with its files
/// must not give away what this device proves itself with.
struct IdentityExport: Sendable {
    let session: MemberSession

    func run(to folder: String, days: Int) async throws(NodeFailure) -> ExportedIdentity {
        guard let folder = AbsolutePath.of(folder) else { throw .noSuchFile(path: folder) }
        let files = Files(folder: folder)
        try await requireParent(of: folder)
        let formerKey = try await formerKey(files)
        let key = formerKey ?? P256.Signing.PrivateKey()
        let identity: MemberIdentity
        do {
            identity = try MemberIdentity(
                authority: session.parts.authority, user: session.user, deviceKey: key,
                certificateDER: try await session.parts.client.renewCertificate(
                    for: Array(key.publicKey.derRepresentation), days: days))
        } catch let failure as DirectoryClientFailure {
            throw NodeFailure(failure, user: session.user)
        } catch {
            throw .serverMisbehaved(detail: "it issued a certificate of no use: \(error)")
        }
        do {
            try await session.parts.threads.files.run { _ in try files.write(identity, isRenewal: formerKey != nil) }
        } catch {
            throw NodeFailure(making: error, at: folder)
        }
        return ExportedIdentity(
            member: session.user.text, folder: folder, expiresAt: identity.certificate.expiresAt,
            isRenewal: formerKey != nil)
    }

    /// One folder is made, but no path of them: a slip in it would leave folders that nobody meant.
    private func requireParent(of folder: String) async throws(NodeFailure) {
        let parent = "/" + folder.pathParts.dropLast().joined(separator: "/")
        do {
            guard try await session.parts.threads.files.run({ _ in Folders.exists(parent) }) else {
                throw NodeFailure.noSuchFolder(path: parent)
            }
        } catch {
            throw NodeFailure(making: error, at: folder)
        }
    }

    /// Of what was written there for this member before; nil where there is neither file.
    private func formerKey(_ files: Files) async throws(NodeFailure) -> P256.Signing.PrivateKey? {
        let texts: (certificate: String?, key: String?)
        do {
            texts = try await session.parts.threads.files.run { _ in try files.read() }
        } catch {
            throw NodeFailure(reading: error)
        }
        if texts.certificate == nil, texts.key == nil { return nil }
        guard let certificate = texts.certificate, let key = texts.key,
            let identity = try? MemberIdentity(
                authority: session.parts.authority, user: session.user, certificatePEM: certificate, keyPEM: key)
        else { throw .foreignIdentity(folder: files.folder) }
        return identity.deviceKey
    }

    /// Both of them, readable by their user alone. All calls block.
    private struct Files: Sendable {
        let folder: String
        var certificate: String { "\(folder)/certificate.pem" }
        var key: String { "\(folder)/key.pem" }

        func read() throws -> (certificate: String?, key: String?) {
            func text(_ path: String) throws -> String? {
                try StateFile.read(path).map { String(decoding: $0, as: UTF8.self) }
            }
            return (try text(certificate), try text(key))
        }

        func write(_ identity: MemberIdentity, isRenewal: Bool) throws {
            let certificateBytes = Array(identity.certificatePEM.utf8)
            if isRenewal { return try StateFile.write(certificateBytes, to: certificate) }
            try NewFile.makeFolder(folder)
            try NewFile.write(Array(identity.keyPEM.utf8), to: key, isPrivate: true)
            try NewFile.write(certificateBytes, to: certificate, isPrivate: true)
        }
    }
}
