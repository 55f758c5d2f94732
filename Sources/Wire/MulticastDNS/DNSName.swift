/// A domain name: labels of bytes (RFC 1035 §3.1), which multicast DNS has in UTF-8 (RFC 6762 §16).
///
/// Upper and lower case of ASCII are the same.
package struct DNSName: Hashable, Sendable {
    package static let labelByteLimit = 63
    /// Of all of it as it is sent, with a length before each label and a zero at the end.
    package static let byteLimit = 255

    package let labels: [[UInt8]]

    /// Nil where a label is empty or too long, or all of them are.
    package init?(labels: [[UInt8]]) {
        guard labels.allSatisfy({ (1...Self.labelByteLimit).contains($0.count) }),
            labels.reduce(1, { $0 + $1.count + 1 }) <= Self.byteLimit
        else { return nil }
        self.labels = labels
    }

    /// What is below `parent` by one label.
    package init?(_ label: String, below parent: DNSName) {
        self.init(labels: [Array(label.utf8)] + parent.labels)
    }

    /// One of ours, which are short enough.
    init(fixed labels: String...) { self.labels = labels.map { Array($0.utf8) } }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Without making anything: a stranger's message has hundreds of names, each of which is compared with all of ours.
    package static func == (left: DNSName, right: DNSName) -> Bool {
        left.labels.count == right.labels.count
            && zip(left.labels, right.labels).allSatisfy { one, other in
                one.count == other.count && zip(one, other).allSatisfy { folded($0) == folded($1) }
            }
    }

    package func hash(into hasher: inout Hasher) {
        for label in labels {
            hasher.combine(label.count)
            for byte in label { hasher.combine(Self.folded(byte)) }
        }
    }
}
