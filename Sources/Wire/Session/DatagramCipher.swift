import CCryptoBoringSSL

/// AES-256-GCM between two places in memory (NIST SP 800-38D; nonces of 12 bytes, tags of 16).
///
/// This asks the BoringSSL that swift-crypto brings with it: for a message of 60 bytes that takes an eighth of the time of
/// swift-crypto's own values, and no allocation (decision 34).
enum DatagramCipher {
    static let keyByteCount = 32
    static let tagByteCount = 16
    private static let nonceByteCount = 12

    /// What BoringSSL has for both directions: context, output with where its length goes and its room, nonce, input, and what
    /// is authenticated besides, each with its length.
    private typealias Operation = (
        UnsafePointer<EVP_AEAD_CTX>?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?, Int,
        UnsafePointer<UInt8>?, Int, UnsafePointer<UInt8>?, Int, UnsafePointer<UInt8>?, Int
    ) -> CInt

    /// Writes ciphertext and tag; false where that failed.
    ///
    /// - Parameters:
    ///   - counter: The nonce: 32 zero bits, then this.
    ///   - sealed: 16 bytes longer than the plaintext.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer, with key: [32 of UInt8], counter: UInt64,
        authenticating header: UnsafeRawBufferPointer, into sealed: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(sealed.count == plaintext.count + tagByteCount, "no room for the tag")
        return perform(CCryptoBoringSSL_EVP_AEAD_CTX_seal, plaintext, key, counter, header, into: sealed)
    }

    /// Writes the plaintext; false where it was not sealed by the same key, or was changed.
    ///
    /// - Parameters:
    ///   - counter: The nonce: 32 zero bits, then this.
    ///   - plaintext: 16 bytes shorter than what was sealed.
    static func open(
        _ sealed: UnsafeRawBufferPointer, with key: [32 of UInt8], counter: UInt64,
        authenticating header: UnsafeRawBufferPointer, into plaintext: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(sealed.count == plaintext.count + tagByteCount, "no room for the tag")
        return perform(CCryptoBoringSSL_EVP_AEAD_CTX_open, sealed, key, counter, header, into: plaintext)
    }

    @inline(__always)
    private static func perform(
        _ operation: Operation, _ input: UnsafeRawBufferPointer, _ key: [32 of UInt8], _ counter: UInt64,
        _ header: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        withContext(key) { context in
            withUnsafeTemporaryAllocation(byteCount: nonceByteCount, alignment: 4) { nonce in
                nonce.storeBytes(of: 0, as: UInt32.self)
                nonce.storeBytes(of: counter.bigEndian, toByteOffset: 4, as: UInt64.self)
                var written = 0
                let isDone = operation(
                    context, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, output.count,
                    bytes(UnsafeRawBufferPointer(nonce)), nonce.count, bytes(input), input.count, bytes(header),
                    header.count)
                return isDone == 1 && written == output.count
            }
        }
    }

    private static func withContext(_ key: [32 of UInt8], _ body: (UnsafePointer<EVP_AEAD_CTX>) -> Bool) -> Bool {
        var context = EVP_AEAD_CTX()
        var isDone = false
        defer {
            // Neither the key, nor why a stranger's datagram was none in the thread's queue of errors, is to be left behind.
            CCryptoBoringSSL_EVP_AEAD_CTX_cleanup(&context)
            withUnsafeMutableBytes(of: &context) { CCryptoBoringSSL_OPENSSL_cleanse($0.baseAddress, $0.count) }
            if !isDone { CCryptoBoringSSL_ERR_clear_error() }
        }
        let isReady = withUnsafeBytes(of: key) { key in
            CCryptoBoringSSL_EVP_AEAD_CTX_init(
                &context, CCryptoBoringSSL_EVP_aead_aes_256_gcm(), bytes(key), key.count, tagByteCount, nil)
        }
        isDone = isReady == 1 && body(&context)
        return isDone
    }

    private static func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
        buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}
