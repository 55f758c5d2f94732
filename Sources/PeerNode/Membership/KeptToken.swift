import Content
import Library
import Wire

/// The resumption token of this device, in the member's folder: with it the next program signs in without the password.
///
/// It is as good as the password for this device, until the next login or thirty days.
struct KeptToken: Sendable {
    private let path: String

    private static let name = "token"

    init(folder: MemberFolder) { path = folder.file(Self.name) }

    /// For who only looks.
    init(base: String, network: NetworkPin, member: UserName) {
        path = MemberFolder.file(Self.name, base: base, network: network, member: member)
    }

    /// Nil where there is none that could be one. Blocks.
    func read() -> [UInt8]? {
        guard let bytes = try? StateFile.read(path), let token = [UInt8](hex: String(decoding: bytes, as: UTF8.self)),
            token.count == Login.tokenByteCount
        else { return nil }
        return token
    }

    /// Blocks.
    func keep(_ token: [UInt8]) throws(FileFailure) { try StateFile.write(Array(token.hex.utf8), to: path) }
}
