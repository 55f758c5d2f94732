import Wire

private let destination = Endpoint(address: [192, 0, 2, 1], port: 6_881).map { ProxyDestination($0) }
private let credentials = ProxyCredentials(user: Array("hans".utf8), password: Array("secret".utf8))

/// What comes of a proxy's words that come so many bytes at once: what stands behind them, nil where more is to come.
private func outcome(
    of start: some ProxyConversation, _ bytes: [UInt8], pieces count: Int
) -> Result<[UInt8]?, ProxyRefusal> {
    var conversation = start
    for start in stride(from: 0, to: bytes.count, by: count) {
        let end = min(start + count, bytes.count)
        do throws(ProxyRefusal) {
            guard case .connected(let rest) = try conversation.receive(Array(bytes[start..<end])) else { continue }
            return .success(rest + bytes[end...])
        } catch {
            return .failure(error)
        }
    }
    return .success(nil)
}

/// The answer to `CONNECT` is the same in whatever pieces it comes, and what stands behind it is the destination's.
func takeConnectAnswer(_ bytes: [UInt8]) {
    guard let destination else { preconditionFailure("the destination is none") }
    let conversation = ConnectConversation(to: destination, credentials: credentials)
    let whole = outcome(of: conversation, bytes, pieces: max(1, bytes.count))
    precondition(whole == outcome(of: conversation, bytes, pieces: 1 + Int(bytes.last ?? 0) % 7))
    switch whole {
    case .success(let rest?): precondition(bytes.suffix(rest.count) == rest[...] && bytes.count - rest.count >= 14)
    case .success(nil): precondition(bytes.count <= ConnectConversation.answerLimit)
    case .failure: break
    }
}

/// The answers of SOCKS 5 are taken one after the other, and what stands behind the last one is the destination's.
func takeSOCKSAnswers(_ bytes: [UInt8]) {
    guard let destination,
        let conversation = SOCKSConversation(to: destination, credentials: credentials, resolvesNames: false)
    else { preconditionFailure("the destination is none") }
    // At once they come before they were asked for.
    if case .success(_?) = outcome(of: conversation, bytes, pieces: max(1, bytes.count)) {
        preconditionFailure("an answer was taken for what was not asked")
    }
    if case .success(let rest?) = outcome(of: conversation, bytes, pieces: 1) {
        // The shortest names a place by a name without a letter.
        precondition(bytes.suffix(rest.count) == rest[...] && bytes.count - rest.count >= 9)
    }
}
