import Content
import Library
import Wire

/// The resumption tokens of this device, in the member's folder, a line each and the newest first: with it the next program
/// signs in without the password.
///
/// It is as good as the password for this device, until the next login or thirty days. Those before it are good for nothing,
/// but at a server that was put back to how it was when one of them was the newest.
struct KeptToken: Sendable {
    private let path: String

    private static let name = "token"
    /// Each that is refused costs a question.
    private static let limit = 16

    init(folder: MemberFolder) { path = folder.file(Self.name) }

    /// For who only looks.
    init(base: String, network: NetworkPin, member: UserName) {
        path = MemberFolder.file(Self.name, base: base, network: network, member: member)
    }

    /// Those that could be some. Blocks.
    func read() -> [[UInt8]] {
        guard let bytes = try? StateFile.read(path) else { return [] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(Self.limit)
        return lines.compactMap { [UInt8](hex: String($0)) }.filter { $0.count == Login.tokenByteCount }
    }

    /// Before those that are there. Blocks.
    func keep(_ token: [UInt8]) throws(FileFailure) {
        let tokens = [token] + read().filter { $0 != token }
        try StateFile.write(Array(tokens.prefix(Self.limit).map { $0.hex + "\n" }.joined().utf8), to: path)
    }
}
