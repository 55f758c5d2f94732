import Wire

/// What comes over the local network is read, and the same when it is written and read again; what it announces is within
/// its bounds.
func takeMulticast(_ bytes: [UInt8]) {
    guard let message = try? DNSMessage(decoding: bytes) else { return }
    precondition(message.questions.count <= DNSMessage.questionLimit)
    precondition(message.answers.count + message.additional.count <= DNSMessage.recordLimit)
    // Without the pointers it may be longer than a datagram.
    if let again = try? DNSMessage(decoding: message.encoded) {
        precondition(again == message)
    } else {
        precondition(message.encoded.count > DNSMessage.byteLimit)
    }
    for sighting in LocalSighting.all(in: message) {
        precondition(sighting.service.name.utf8.count <= LocalService.nameByteLimit && sighting.service.port > 0)
        precondition(!sighting.addresses.isEmpty && sighting.addresses.count <= 8)
    }
}
