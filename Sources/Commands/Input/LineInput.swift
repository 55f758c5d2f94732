/// Where lines come from: a terminal with a person, or a pipe with a script.
package protocol LineInput: Sendable {
    /// Whether a person can be asked.
    var isInteractive: Bool { get }
    /// Asks for a plain line.
    func question(_ prompt: String) async -> LineRead
    /// Asks for a line that is not shown.
    func secret(_ prompt: String) async -> LineRead
    /// Asks for a command, with all the comfort there is.
    func command(_ prompt: String) async -> LineRead
    /// Ends the present reading, if there is one, with `.interrupted`.
    func interrupt()
}

package enum LineRead: Hashable, Sendable {
    case line(String)
    case end
    case interrupted
    case tooLong
}
