import Content

/// A server as it is announced on the local network: an instance of `_bittrickle._udp` (RFC 6763), whose text names the
/// network's fingerprint.
///
/// Nothing of it is authenticated. The fingerprint says which network somebody says that it is; whether it is, shows at
/// the first contact.
package struct LocalService: Hashable, Sendable {
    package static let type = DNSName(fixed: "_bittrickle", "_udp", "local")
    /// Asked by those who want to know what kinds of services there are (RFC 6763 §9).
    package static let kinds = DNSName(fixed: "_services", "_dns-sd", "_udp", "local")

    /// Seconds, as RFC 6762 §10 has them: of what names a machine, and of all else.
    private static let machineLifetime: UInt32 = 120
    private static let otherLifetime: UInt32 = 4_500

    /// Bytes of a name: a label has room for more behind it.
    package static let nameByteLimit = 40

    /// For people.
    package let name: String
    package let pin: NetworkPin
    /// UDP, where the directory answers.
    package let port: UInt16

    /// - Parameter name: What does not fit is left away.
    package init(name: String, pin: NetworkPin, port: UInt16) {
        var name = name
        while name.utf8.count > Self.nameByteLimit { name.removeLast() }
        self.name = name
        self.pin = pin
        self.port = port
    }

    /// No other has it but servers of the same network on machines of the same name, and those may answer for each other:
    /// so nobody has to be asked for whom it is (RFC 6762 §8.1), and no record replaces another's.
    private var tag: Substring { Hash256(hashing: Array("\(pin) \(port) \(name)".utf8)).hex.prefix(16) }

    package var instance: DNSName { DNSName("\(name) (\(tag.prefix(8)))", below: Self.type) ?? Self.type }
    package var host: DNSName { DNSName(fixed: "bittrickle-\(tag)", "local") }

    package var kindPointer: DNSRecord { DNSRecord(Self.kinds, .pointer(Self.type), lifetime: Self.otherLifetime) }
    package var pointer: DNSRecord { DNSRecord(Self.type, .pointer(instance), lifetime: Self.otherLifetime) }
    package var location: DNSRecord {
        DNSRecord(instance, .service(port: port, target: host), lifetime: Self.machineLifetime)
    }
    package var text: DNSRecord {
        let texts = ["\(Key.version.rawValue)=1", "\(Key.pin.rawValue)=\(pin)", "\(Key.name.rawValue)=\(name)"]
        return DNSRecord(instance, .text(texts.map { Array($0.utf8) }), lifetime: Self.otherLifetime)
    }
    package func addresses(_ addresses: [[UInt8]]) -> [DNSRecord] {
        addresses.map { DNSRecord(host, .address($0), lifetime: Self.machineLifetime) }
    }

    /// In the text record (RFC 6763 §6.4).
    private enum Key: String {
        /// Of the meaning of the others.
        case version = "txtvers"
        case pin
        case name
    }
}

/// A server as somebody's message announces it.
package struct LocalSighting: Hashable, Sendable {
    package let service: LocalService
    /// 4 or 16 bytes each.
    package let addresses: [[UInt8]]

    /// More in one message are passed over.
    private static let servicesOfMessage = 16
    private static let addressesOfService = 8

    /// Those that a message says all of: what would take another question is not asked for.
    package static func all(in message: DNSMessage) -> [LocalSighting] {
        guard message.isAnswer else { return [] }
        let records = (message.answers + message.additional).filter { $0.lifetime > 0 }
        let instances = records.compactMap { record -> DNSName? in
            guard record.name == LocalService.type, case .pointer(let instance) = record.content else { return nil }
            return instance
        }
        return instances.prefix(servicesOfMessage).compactMap { LocalSighting($0, records) }
    }

    private init?(_ instance: DNSName, _ records: [DNSRecord]) {
        var location: (port: UInt16, target: DNSName)?
        var values: [String: String] = [:]
        for record in records where record.name == instance {
            switch record.content {
            case .service(let port, let target): location = location ?? (port, target)
            case .text(let texts): values.merge(Self.values(in: texts)) { first, _ in first }
            case .address, .pointer: break
            }
        }
        guard let location, location.port > 0, let pin = values["pin"].flatMap({ NetworkPin(fingerprint: $0) }) else {
            return nil
        }
        var addresses: [[UInt8]] = []
        for record in records where record.name == location.target {
            guard case .address(let bytes) = record.content, !addresses.contains(bytes) else { continue }
            addresses.append(bytes)
            if addresses.count == Self.addressesOfService { break }
        }
        guard !addresses.isEmpty else { return nil }
        self.addresses = addresses
        service = LocalService(name: values["name"] ?? "", pin: pin, port: location.port)
    }

    /// The first of a key counts, in whatever case (RFC 6763 §6.4).
    private static func values(in texts: [[UInt8]]) -> [String: String] {
        texts.reduce(into: [:]) { values, text in
            guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > 0 else { return }
            let key = String(decoding: text[..<equals], as: UTF8.self).lowercased()
            if values[key] == nil { values[key] = String(decoding: text[(equals + 1)...], as: UTF8.self) }
        }
    }
}
