import Wire

extension LineInput {
    /// Asks a person for a password of his own, until it can be one and is the same twice: nobody sees what he types.
    ///
    /// - Parameter refuse: says why it is asked for once more.
    func newSecret(_ prompt: String, refuse: (Message) -> Void) async -> LineRead {
        while true {
            let first = await secret(prompt)
            guard case .line(let password) = first else { return first }
            guard Login.canBeChosen(password.utf8) else {
                refuse(Message.passwordUnfit)
                continue
            }
            let second = await secret(DialogueLines.repeatPasswordPrompt)
            guard case .line(let again) = second else { return second }
            if again == password { return first }
            refuse(Message.passwordsDiffer)
        }
    }
}
