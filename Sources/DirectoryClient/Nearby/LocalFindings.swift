package import NIOCore
package import Wire

/// A server that answered on the local network. Nothing of it is proven before the first contact: neither that it is the
/// network of that fingerprint, nor that it is at that address.
package struct LocalServer: Hashable, Sendable {
    package let name: String
    package let pin: NetworkPin
    /// Where it says that it can be reached, IPv4 first; at least one.
    package let addresses: [HostPort]

    package init(name: String, pin: NetworkPin, addresses: [HostPort]) {
        self.name = name
        self.pin = pin
        self.addresses = addresses
    }
}

/// What the answers to one question come to, whoever sent them: bounded, and without a socket.
package struct LocalFindings: Sendable {
    package static let serverLimit = 64
    /// Of those, the first of which an address told: whoever floods the question leaves room for who answers it.
    package static let serversOfSource = 8
    package static let addressLimit = 8
    /// Looked at, of whatever content; and of those, from one address.
    package static let datagramLimit = 1_024
    package static let datagramsOfSource = 64

    private let id: UInt16
    private var services: [LocalService] = []
    private var addresses: [LocalService: [[UInt8]]] = [:]
    private var datagramCount = 0
    /// By address.
    private var sources: [[UInt8]: (datagrams: Int, servers: Int)] = [:]

    /// - Parameter id: Which only those know who heard the question.
    package init(id: UInt16) { self.id = id }

    /// As of old: one question, whose answer comes to the port that it was asked from (RFC 6762 §5.1).
    package var question: [UInt8] {
        DNSMessage(id: id, isAnswer: false, questions: [.init(LocalService.type, .pointer)]).encoded
    }

    /// - Parameter interface: Where the question was asked. Who is not on its link did not hear it.
    package mutating func receive(_ datagram: [UInt8], from source: SocketAddress, on interface: LocalInterface) {
        guard datagramCount < Self.datagramLimit, let address = LocalAddress.bytes(source),
            interface.isOnLink(address), sources[address, default: (0, 0)].datagrams < Self.datagramsOfSource
        else { return }
        datagramCount += 1
        sources[address, default: (0, 0)].datagrams += 1
        guard let message = try? DNSMessage(decoding: datagram), message.id == id else { return }
        for sighting in LocalSighting.all(in: message) { add(sighting, from: address) }
    }

    private mutating func add(_ sighting: LocalSighting, from source: [UInt8]) {
        // What comes from this machine by itself may name its loopback.
        let isOwn = LocalAddress.isLoopback(source)
        let fit = sighting.addresses.filter {
            LocalAddress.canBeDialled($0) || isOwn && LocalAddress.isLoopback($0)
        }
        guard !fit.isEmpty else { return }
        var known = addresses[sighting.service]
        if known == nil {
            guard services.count < Self.serverLimit,
                sources[source, default: (0, 0)].servers < Self.serversOfSource
            else { return }
            sources[source, default: (0, 0)].servers += 1
            services.append(sighting.service)
        }
        for address in fit where known?.contains(address) != true && known?.count ?? 0 < Self.addressLimit {
            known = (known ?? []) + [address]
        }
        addresses[sighting.service] = known
    }

    /// By name, and what has the same one by fingerprint.
    package var servers: [LocalServer] {
        services.map { service in
            let bytes = addresses[service] ?? []
            let ordered = bytes.filter { $0.count == 4 } + bytes.filter { $0.count == 16 }
            return LocalServer(
                name: service.name, pin: service.pin,
                addresses: ordered.compactMap { bytes in
                    let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0)
                    return (address?.ipAddress).flatMap { try? HostPort(host: $0, port: service.port) }
                })
        }
        .filter { !$0.addresses.isEmpty }
        .sorted { ($0.name, $0.pin.description, "\($0.addresses)") < ($1.name, $1.pin.description, "\($1.addresses)") }
    }
}
