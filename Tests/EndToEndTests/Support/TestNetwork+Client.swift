import Crypto
import DirectoryClient
import Testing
import Wire

extension TestNetwork {
    /// A client in this process, signed in with the password, on a device of its own.
    static func directoryClient(
        _ member: String, port: Int
    ) async throws -> (client: DirectoryClient, welcome: Welcome) {
        let client = DirectoryClient()
        _ = try await client.connect(to: ServerAddress(host: "127.0.0.1", port: port), pin: nil)
        var random = SystemRandomNumberGenerator()
        let login = Login(
            user: try #require(UserName(member)), proof: .password(Array(password(of: member).utf8)),
            device: try #require(DeviceID((0..<DeviceID.byteCount).map { _ in .random(in: 0...255, using: &random) })),
            deviceLabel: "storm", takesOver: true,
            devicePublicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation), listeningPort: 9,
            localAddresses: [])
        return (client, try await client.signIn(login))
    }
}
