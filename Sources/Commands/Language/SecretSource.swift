import Terminal

/// Where passwords are that nobody types: on a command line everybody on the computer would see them.
package enum SecretSource: Hashable, Sendable {
    case file(String)
    /// One that is open already.
    case descriptor(Int32)
}

extension Command {
    /// Nil where they are asked for, or stand in the environment.
    static func secretSource(_ arguments: Arguments) throws(Misunderstanding) -> SecretSource? {
        let path = arguments.path(of: "--password-file")
        guard let text = arguments.text(of: "--password-fd") else { return path.map(SecretSource.file) }
        guard path == nil else { throw .twoSecrets(arguments.verb) }
        guard let number = Int32(text), number >= 0 else { throw .noDescriptor(arguments.verb, text) }
        return .descriptor(number)
    }
}
