import Crypto
import NIOCore
import NIOSSL
import Wire

/// The TLS contexts of one identity: TLS 1.3 only, both sides show a certificate.
struct TransportSecurity: Sendable {
    /// What our own peers ask for: it tells an observer nothing. Every name gets the same handshake, as standard
    /// clients put an info-hash there.
    static let serverName = "bittrickle"

    private let accepting: NIOSSLContext
    private let dialling: NIOSSLContext

    init(identity: MemberIdentity) throws {
        let chain = [
            NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: identity.certificateDER, format: .der))
        ]
        let key = NIOSSLPrivateKeySource.privateKey(
            try NIOSSLPrivateKey(bytes: Array(identity.deviceKey.derRepresentation), format: .der))
        let roots = NIOSSLTrustRoots.certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(identity.authority.certificatePEM.utf8)))

        var server = TLSConfiguration.makeServerConfigurationWithMTLS(
            certificateChain: chain, privateKey: key, trustRoots: roots)
        var client = TLSConfiguration.makeClientConfiguration()
        client.certificateChain = chain
        client.privateKey = key
        client.trustRoots = roots
        client.certificateVerification = .noHostnameVerification
        server.minimumTLSVersion = .tlsv13
        client.minimumTLSVersion = .tlsv13
        server.shutdownTimeout = .seconds(1)
        client.shutdownTimeout = .seconds(1)
        accepting = try NIOSSLContext(configuration: server)
        dialling = try NIOSSLContext(configuration: client)
    }

    /// Verification is the gate's alone.
    func acceptingHandler(_ gate: LinkGate) -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: accepting, customVerificationCallbackWithMetadata: gate.verify)
    }

    /// - Parameter name: What a standard client finds its torrent by; ours where nil.
    func diallingHandler(_ gate: LinkGate, name: String?) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(
            context: dialling, serverHostname: name ?? Self.serverName,
            customVerificationCallbackWithMetadata: gate.verify)
    }
}
