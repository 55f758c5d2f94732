/// What a process says that was sent to a router with a ``UPnPErrand``. It has read what the router sent, so what it says is a stranger's.
package struct UPnPReport: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// The router was found, and did not answer a command, or not with what that asks for.
        case silent
        /// The address is the router's outside, 4 bytes. Permanent where the router knows no other mappings.
        case mapped(address: [UInt8], isPermanent: Bool)
        /// With a number of WANIPConnection.
        case refused(UInt16)
        /// To a check: the mapping is there. The address is nil where the router does not say.
        case there(address: [UInt8]?)
        /// To a check: it is not.
        case missing
        case removed
    }

    /// Where it was asked; nil where it does not speak UPnP.
    package let control: UPnPControl?
    /// Nil where the process came to no end, and where there was nobody to ask.
    package let outcome: Outcome?

    package static let longest = 1 + UPnPControl.longestEncoding + 6

    package init(control: UPnPControl?, outcome: Outcome?) {
        self.control = control
        self.outcome = outcome
    }

    // MARK: As it is said: whom it found, as soon as it has; then what came of it

    package static func announcement(of control: UPnPControl?) -> [UInt8] {
        control.map { [Mark.found] + $0.encoded } ?? [Mark.nobody]
    }

    package static func conclusion(_ outcome: Outcome) -> [UInt8] {
        switch outcome {
        case .silent: [Mark.silent]
        case .mapped(let address, let isPermanent): [Mark.mapped] + address + [isPermanent ? 1 : 0]
        case .refused(let code): [Mark.refused] + bigEndianBytes(code)
        case .there(nil): [Mark.there]
        case .there(let address?): [Mark.thereAt] + address
        case .missing: [Mark.missing]
        case .removed: [Mark.removed]
        }
    }

    private enum Mark {
        static let nobody: UInt8 = 0
        static let found: UInt8 = 1
        static let silent: UInt8 = 2
        static let mapped: UInt8 = 3
        static let refused: UInt8 = 4
        static let there: UInt8 = 5
        static let thereAt: UInt8 = 6
        static let missing: UInt8 = 7
        static let removed: UInt8 = 8
    }

    /// All that a process said until its end; nil for anything but what this type writes, and where it found somebody else than the router.
    package init?(_ bytes: [UInt8], at router: [UInt8]) {
        var reader = FixedLayoutReader(bytes)
        switch reader.integer(UInt8.self) {
        case Mark.nobody: self.init(control: nil, outcome: nil)
        case Mark.found:
            guard let control = UPnPControl(&reader, at: router) else { return nil }
            if reader.isAtEnd {
                self.init(control: control, outcome: nil)
            } else {
                guard let outcome = Self.outcome(&reader) else { return nil }
                self.init(control: control, outcome: outcome)
            }
        default: return nil
        }
        guard reader.isAtEnd else { return nil }
    }

    private static func outcome(_ reader: inout FixedLayoutReader) -> Outcome? {
        switch reader.integer(UInt8.self) {
        case Mark.silent: return .silent
        case Mark.mapped:
            guard let address = reader.take(4), let flag = reader.integer(UInt8.self), flag < 2 else { return nil }
            return .mapped(address: address, isPermanent: flag == 1)
        case Mark.refused: return reader.integer(UInt16.self).map { .refused($0) }
        case Mark.there: return .there(address: nil)
        case Mark.thereAt: return reader.take(4).map { .there(address: $0) }
        case Mark.missing: return .missing
        case Mark.removed: return .removed
        default: return nil
        }
    }
}
