import Content

/// The bytes that a percent-encoded text stands for (RFC 3986 §2.1); nil where a `%` has no two hexadecimal digits behind it.
package func percentDecoded(_ encoded: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var iterator = encoded.makeIterator()
    while let byte = iterator.next() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = iterator.next(), let low = iterator.next(),
            let decoded = [UInt8](hex: String(decoding: [high, low], as: UTF8.self))
        else { return nil }
        bytes += decoded
    }
    return bytes
}
