import Terminal

/// What a command may ask whoever gave it.
struct Asking: Sendable {
    let input: any LineInput
    let manner: Manner
    /// What need not be asked for.
    var given = GivenSecrets()

    /// Whether somebody is there to be asked.
    var isPerson: Bool { input.isInteractive }

    /// Whether that is meant. Where nobody can be asked, it is.
    func agrees(_ question: String) async -> Bool {
        guard isPerson, !manner.isAgreed else { return true }
        guard case .line(let answer) = await input.question(question) else { return false }
        return ["y", "yes"].contains(answer.lowercased())
    }
}

/// Secrets that came with the program's start.
package struct GivenSecrets: Hashable, Sendable {
    /// Of who signs in, or joins.
    package var password: String?
    /// Of who changes his.
    package var newPassword: String?

    package init(password: String? = nil, newPassword: String? = nil) {
        self.password = password
        self.newPassword = newPassword
    }
}
