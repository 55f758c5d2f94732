/// What a router answers to a ``PCPRequest``.
package enum PCPAnswer: Hashable, Sendable {
    /// It speaks another version (§9), of which 0 is NAT-PMP.
    case otherVersion(UInt8)
    case announced(Head)
    case mapped(Head, PCPMapping)

    package struct Head: Hashable, Sendable {
        package let result: PCPResult
        /// In seconds: of the mapping, or, of a refusal, for how long it will be the same.
        package let lifetime: UInt32
        /// Seconds since the router began to know mappings.
        package let epoch: UInt32
    }

    private static let smallest = 24
    private static let largest = 1_100

    /// Nil for what is to be ignored (§8.3): of another form, a request, or about something that is never asked for here.
    package init?(_ datagram: [UInt8]) {
        guard datagram.count >= 4, datagram[1] & PCP.answerFlag != 0 else { return nil }
        guard datagram[0] == PCP.version else {
            // NAT-PMP's answers are shorter; its result has two bytes, of which this is the lower one.
            guard datagram[3] == PCPResult.otherVersion.rawValue else { return nil }
            self = .otherVersion(datagram[0])
            return
        }
        var reader = FixedLayoutReader(datagram, from: 4)
        guard (Self.smallest...Self.largest).contains(datagram.count), datagram.count.isMultiple(of: 4),
            let lifetime = reader.integer(UInt32.self), let epoch = reader.integer(UInt32.self),
            reader.take(12) != nil
        else { return nil }
        let head = Head(result: PCPResult(rawValue: datagram[3]), lifetime: lifetime, epoch: epoch)
        if head.result == .otherVersion {
            self = .otherVersion(datagram[0])
            return
        }
        switch datagram[1] & ~PCP.answerFlag {
        case PCP.announce: self = .announced(head)
        case PCP.map:
            guard let mapping = PCPMapping(&reader) else { return nil }
            self = .mapped(head, mapping)
        default: return nil
        }
    }
}

/// How a router took a request (§7.4). Numbers that are not known are refusals, too.
package struct PCPResult: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let success = PCPResult(rawValue: 0)
    package static let otherVersion = PCPResult(rawValue: 1)
    package static let unknownOperation = PCPResult(rawValue: 4)
    package static let noExternal = PCPResult(rawValue: 11)

    package var description: String {
        switch rawValue {
        case 0: "success"
        case 1: "another version"
        case 2: "not allowed"
        case 3: "malformed request"
        case 4: "unknown operation"
        case 5, 6: "unknown option"
        case 7: "the router has no connection"
        case 8: "the router has no room for it"
        case 9: "TCP is not mapped"
        case 10: "too many mappings of this computer"
        case 11: "the port is taken"
        case 12: "another router stands between"
        default: "error \(rawValue)"
        }
    }
}
