/// A resource record of those kinds that DNS-SD needs (RFC 1035 §3.2, RFC 2782, RFC 3596, RFC 6763).
package struct DNSRecord: Hashable, Sendable {
    package enum Kind: UInt16, Sendable {
        /// A
        case address4 = 1
        /// PTR
        case pointer = 12
        /// TXT
        case text = 16
        /// AAAA
        case address6 = 28
        /// SRV
        case service = 33
    }

    package enum Content: Hashable, Sendable {
        /// 4 or 16 bytes, network order.
        case address([UInt8])
        case pointer(DNSName)
        /// Each of at most 255 bytes.
        case text([[UInt8]])
        case service(port: UInt16, target: DNSName)
    }

    package var name: DNSName
    package var content: Content
    /// How long it may be believed, in seconds; 0 takes it back (RFC 6762 §10.1).
    package var lifetime: UInt32

    package init(_ name: DNSName, _ content: Content, lifetime: UInt32) {
        self.name = name
        self.content = content
        self.lifetime = lifetime
    }

    package var kind: Kind {
        switch content {
        case .address(let bytes): bytes.count == 4 ? .address4 : .address6
        case .pointer: .pointer
        case .text: .text
        case .service: .service
        }
    }
}

extension DNSRecord {
    static let internetClass: UInt16 = 1
    /// In questions for a record of whatever class, and of whatever kind.
    static let anyClass: UInt16 = 255
    static let anyKind: UInt16 = 255
    /// In the class of a record that replaces others of its name, and of a question that is answered to the one who asks
    /// (RFC 6762 §10.2, §5.4).
    static let topBit: UInt16 = 0x8000

    /// Nil for one of another kind or class, which is passed over.
    static func read(_ reader: inout DNSReader) throws(DNSFault) -> DNSRecord? {
        let name = try reader.name()
        let kind = Kind(rawValue: try reader.short())
        let isInternet = try reader.short() & ~topBit == internetClass
        let lifetime = try reader.long()
        let count = Int(try reader.short())
        let end = reader.position + count
        guard let kind, isInternet else {
            _ = try reader.take(count)
            return nil
        }
        let content: Content
        switch kind {
        case .address4, .address6:
            guard count == (kind == .address4 ? 4 : 16) else { throw .record }
            content = .address(Array(try reader.take(count)))
        case .pointer: content = .pointer(try reader.name())
        case .text: content = .text(try texts(&reader, until: end))
        case .service:
            // Priority and weight choose among several: each of ours says the same.
            _ = try reader.long()
            content = .service(port: try reader.short(), target: try reader.name())
        }
        guard reader.position == end else { throw .record }
        return DNSRecord(name, content, lifetime: lifetime)
    }

    /// An empty record is as one empty text (RFC 6763 §6.1).
    private static func texts(_ reader: inout DNSReader, until end: Int) throws(DNSFault) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        while reader.position < end { texts.append(Array(try reader.take(Int(reader.byte())))) }
        return texts.isEmpty ? [[]] : texts
    }

    func write(to writer: inout DNSWriter) {
        writer.write(name)
        writer.write(kind.rawValue)
        writer.write(Self.internetClass)
        writer.write(lifetime)
        writer.writeCounted { writer in
            switch content {
            case .address(let bytes): writer.write(bytes)
            case .pointer(let name): writer.write(name)
            case .text(let texts):
                for text in texts.isEmpty ? [[]] : texts {
                    precondition(text.count <= 255, "a text of DNS has at most 255 bytes")
                    writer.write(UInt8(text.count))
                    writer.write(text)
                }
            case .service(let port, let target):
                writer.write(UInt32(0))
                writer.write(port)
                // Those who ask as of old do not expect it compressed (RFC 6762 §18.14).
                writer.write(target, isCompressed: false)
            }
        }
    }
}
