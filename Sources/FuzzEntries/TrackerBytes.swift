import Wire

/// What a standard client says is taken for what it says: its path reads the same once more.
func takeTracked(_ bytes: [UInt8]) {
    switch bytes.withUnsafeBytes({ TrackerRequest($0) }) {
    case .connect: precondition(bytes.count >= TrackerAnswer.connectByteCount)
    case .announce(let announce): if let path = announce.path { takePath(path) }
    case .scrape(let scrape): precondition(!scrape.infoHashes.isEmpty && bytes.count >= 36)
    case nil: break
    }
    if let path = bytes.withUnsafeBytes({ TrackerPath($0) }) { takePath(path) }
}

private func takePath(_ path: TrackerPath) {
    let text = Array(path.text.utf8)
    precondition(text.count <= TrackerPath.byteLimit)
    guard let again = text.withUnsafeBytes({ TrackerPath($0) }) else { preconditionFailure("a path of ours is none") }
    precondition(again.content == path.content && again.passkey.isEqualInConstantTime(to: path.passkey))
    precondition(path.passkey.member.name.map { PackedName($0) == path.passkey.member } ?? true)
}
