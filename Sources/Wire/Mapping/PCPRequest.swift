/// What a router is asked for by the Port Control Protocol (RFC 6887).
package struct PCPRequest: Hashable, Sendable {
    package enum Operation: Hashable, Sendable {
        /// Answered with the epoch alone (§14.1).
        case announce
        case map(PCPMapping)
    }

    /// The address from which it is sent, 4 or 16 bytes: a router refuses another one's, because a NAT stands between (§8.1).
    package let client: [UInt8]
    /// In seconds; 0 removes a mapping (§15).
    package let lifetime: UInt32
    package let operation: Operation

    package init(client: [UInt8], lifetime: UInt32 = 0, operation: Operation) {
        self.client = client
        self.lifetime = lifetime
        self.operation = operation
    }

    /// §7.1: 24 bytes, 60 with a mapping.
    package var encoded: [UInt8] {
        let head = bigEndianBytes(lifetime) + PCP.long(client)
        switch operation {
        case .announce: return [PCP.version, PCP.announce, 0, 0] + head
        case .map(let mapping): return [PCP.version, PCP.map, 0, 0] + head + mapping.encoded
        }
    }
}

/// One mapping of a TCP port, as it stands in a request and in its answer (§11.1).
package struct PCPMapping: Hashable, Sendable {
    package static let nonceByteCount = 12

    /// Chosen by whoever asks, the same for all requests about one mapping: who does not know it cannot change it.
    package let nonce: [UInt8]
    package let internalPort: UInt16
    /// 4 or 16 bytes; what is wished for in a request (zeros for any), what there is in an answer.
    package let externalAddress: [UInt8]
    package let externalPort: UInt16

    package init(nonce: [UInt8], internalPort: UInt16, externalAddress: [UInt8], externalPort: UInt16) {
        self.nonce = nonce
        self.internalPort = internalPort
        self.externalAddress = externalAddress
        self.externalPort = externalPort
    }

    fileprivate var encoded: [UInt8] {
        nonce + [PCP.tcp, 0, 0, 0] + bigEndianBytes(internalPort) + bigEndianBytes(externalPort)
            + PCP.long(externalAddress)
    }

    /// Nil for what is too short, or about something else than TCP.
    init?(_ reader: inout FixedLayoutReader) {
        guard let nonce = reader.take(Self.nonceByteCount), let about = reader.take(4), about[0] == PCP.tcp,
            let internalPort = reader.integer(UInt16.self), let externalPort = reader.integer(UInt16.self),
            let address = reader.take(16)
        else { return nil }
        self.init(
            nonce: nonce, internalPort: internalPort, externalAddress: PCP.short(address), externalPort: externalPort)
    }
}

/// The numbers of RFC 6887.
enum PCP {
    static let version: UInt8 = 2
    static let announce: UInt8 = 0
    static let map: UInt8 = 1
    static let answerFlag: UInt8 = 0x80
    /// The protocol number of IANA.
    static let tcp: UInt8 = 6

    private static let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    /// All addresses have 16 bytes there (§5).
    static func long(_ address: [UInt8]) -> [UInt8] { address.count == 4 ? mapped + address : address }
    static func short(_ address: [UInt8]) -> [UInt8] {
        address.starts(with: mapped) ? Array(address.dropFirst(mapped.count)) : address
    }
}
