package import Crypto
import FoundationEssentials

/// The key that a network *is*, with the certificate that was once made for it.
package struct NetworkKey: Sendable {
    package let signingKey: P256.Signing.PrivateKey
    /// The network's CA certificate, PEM, kept byte for byte.
    package let certificatePEM: String
    package let pin: NetworkPin

    package init(signingKey: P256.Signing.PrivateKey, certificatePEM: String) {
        self.signingKey = signingKey
        self.certificatePEM = certificatePEM
        pin = NetworkPin(publicKeyDER: signingKey.publicKey.derRepresentation)
    }
}
