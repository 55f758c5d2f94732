import Terminal

extension Nearest {
    /// The word of a command that somebody meant, which may also be the word of a task of admins.
    static func command(to word: String, among commands: [String]) -> String? {
        choice(to: word, among: commands)
            ?? AdminTask.Word(rawValue: word).map { "\(Verb.admin.rawValue) \($0.rawValue)" }
    }
}
