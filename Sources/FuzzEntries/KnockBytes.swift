import Wire

/// What is taken is written as it was, but for the padding, and no answer is longer than the question.
func takeKnock(_ bytes: [UInt8]) {
    guard let knock = Knock(bytes) else { return }
    precondition(Knock(knock.encoded) == knock)
    precondition(knock.encoded.count <= Knock.askByteCount)
    if case .seen = knock { precondition(knock.encoded == bytes) }
}
