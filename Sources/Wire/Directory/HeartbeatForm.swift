/// The heartbeat as every client writes it, read and answered as it stands: of ten datagrams that a large network's
/// server gets, nine are this one. What it says is what ``DirectoryMessage`` says; a message in any other form is left to
/// that.
package enum HeartbeatForm {
    private static let front: StaticString = "d1:ade1:q9:heartbeat1:t4:"
    private static let back: StaticString = "1:y1:qe"
    /// More than any answer without wanted publications takes.
    package static let answerByteLimit = 192 + HeartbeatAnswer.serverLimit * (3 + 16 + 2)

    /// The transaction of a heartbeat; nil for what is none, or none in this form.
    package static func transaction(in message: UnsafeRawBufferPointer) -> TransactionID? {
        guard message.count == front.utf8CodeUnitCount + 4 + back.utf8CodeUnitCount,
            message.holds(front, at: 0), message.holds(back, at: front.utf8CodeUnitCount + 4)
        else { return nil }
        let number = message.loadUnaligned(fromByteOffset: front.utf8CodeUnitCount, as: UInt32.self)
        return TransactionID(rawValue: UInt32(bigEndian: number))
    }

    /// Writes the answer, in which nothing is wanted.
    ///
    /// - Parameter buffer: Of ``answerByteLimit`` bytes.
    /// - Returns: How many it has.
    package static func write(
        _ pulse: HeartbeatAnswer, to transaction: TransactionID, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = PlainWriter(buffer: buffer)
        writer.put("d1:rd")
        if pulse.askSerial > 0 { writer.put("1:a", pulse.askSerial) }
        writer.put("1:h", pulse.interval)
        writer.put("1:k9:heartbeat")
        if !pulse.servers.isEmpty {
            writer.put("1:ol")
            for server in pulse.servers.prefix(HeartbeatAnswer.serverLimit) { writer.put(server) }
            writer.put("e")
        }
        if pulse.role != .member { writer.put("1:r", pulse.role.rawValue) }
        writer.put("1:s", pulse.silenceLimit)
        writer.put("1:t", pulse.serverTime)
        writer.put("1:v", pulse.revocationSerial)
        writer.put("e1:t4:")
        writer.put(transaction)
        writer.put("1:y1:re")
        return writer.count
    }
}

/// Writes bencoded values into bytes that are there.
private struct PlainWriter {
    let buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    mutating func put(_ text: StaticString) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(
            from: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        count += text.utf8CodeUnitCount
    }

    /// A key with an integer of at least 0.
    mutating func put(_ key: StaticString, _ value: Int64) {
        put(key)
        buffer[count] = UInt8(ascii: "i")
        count += 1
        var digits = 1
        var rest = value / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        rest = value
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
        buffer[count] = UInt8(ascii: "e")
        count += 1
    }

    mutating func put(_ endpoint: Endpoint) {
        endpoint.withAddress { address in
            put(address.count == 4 ? "6:" : "18:")
            UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: address)
            count += address.count
        }
        buffer.storeBytes(of: endpoint.port.bigEndian, toByteOffset: count, as: UInt16.self)
        count += 2
    }

    mutating func put(_ transaction: TransactionID) {
        buffer.storeBytes(of: transaction.rawValue.bigEndian, toByteOffset: count, as: UInt32.self)
        count += 4
    }
}
