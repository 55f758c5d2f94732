import Terminal

/// What a command may ask whoever gave it.
struct Asking: Sendable {
    let input: any LineInput
    let manner: Manner

    /// Whether somebody is there to be asked.
    var isPerson: Bool { input.isInteractive }

    /// Whether that is meant. Where nobody can be asked, it is.
    func agrees(_ question: String) async -> Bool {
        guard isPerson, !manner.isAgreed else { return true }
        guard case .line(let answer) = await input.question(question) else { return false }
        return ["y", "yes"].contains(answer.lowercased())
    }

    /// Nil where there is no answer.
    func secret(_ prompt: String) async -> String? {
        guard case .line(let secret) = await input.secret(prompt) else { return nil }
        return secret
    }
}
