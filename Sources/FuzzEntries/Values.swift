import Content
import Directory
import Wire

/// What is decoded encodes to the very same bytes.
func takeBencoding(_ bytes: [UInt8]) {
    if let value = try? Bencode(decoding: bytes) { precondition(value.encoded == bytes) }
    if let (value, length) = try? Bencode.decodePrefix(of: bytes) {
        precondition(value.encoded.elementsEqual(bytes[..<length]))
    }
}

/// A message that is taken can be sent, and is then the same.
func takeMessage(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { raw in
        // What is read as it stands says the same.
        if let transaction = HeartbeatForm.transaction(in: raw) {
            precondition((try? DirectoryMessage(decoding: bytes)) == .request(transaction, .heartbeat))
        }
        precondition((try? DirectoryMessage(decoding: raw)) == (try? DirectoryMessage(decoding: bytes)))
    }
    guard let message = try? DirectoryMessage(decoding: bytes) else { return }
    precondition((try? DirectoryMessage(decoding: message.encoded)) == message)
}

func takeMetainfo(_ bytes: [UInt8]) {
    if let info = try? InfoDictionary(decoding: bytes) {
        precondition((try? InfoDictionary(decoding: info.bytes)) == info)
    }
    guard let metainfo = try? Metainfo(decoding: bytes) else { return }
    precondition((try? Metainfo(decoding: metainfo.encoded))?.info == metainfo.info)
}

func takeCredentials(_ bytes: [UInt8]) {
    let file = CredentialsFile(parsing: bytes, key: AccountsKey(secret: [1]))
    let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
    precondition(file.marks.count + file.problems.count <= lines)
    precondition(file.problems.allSatisfy { (1...lines).contains($0.line) })
}

/// What is taken prints as something that is taken for the same.
func takeLink(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let link = try? NetworkLink(parsing: text) {
        precondition((try? NetworkLink(parsing: link.description)) == link)
    }
    if let invite = try? InviteLink(parsing: text) {
        precondition((try? InviteLink(parsing: invite.description)) == invite)
    }
    if let address = try? HostPort(parsing: text) {
        precondition((try? HostPort(parsing: address.description)) == address)
    }
    if let uri = MemberURI(text) { precondition(uri.text == text) }
    if let name = FileName(wire: bytes) { precondition(name.bytes == bytes) }
}
