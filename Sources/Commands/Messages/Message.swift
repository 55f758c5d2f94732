/// What a person is told: what happened and why, what to do about it, and what the program's exit code says of it.
package struct Message: Hashable, Sendable {
    /// What happened, and why. Texts from others in it are safe already.
    package var what: String
    /// What to do.
    package var hint: String?
    package var exitStatus: ExitStatus

    package init(_ what: String, hint: String? = nil, exitStatus: ExitStatus) {
        self.what = what
        self.hint = hint
        self.exitStatus = exitStatus
    }

    /// As shown on standard error: the hint on lines of its own.
    package var text: String { hint.map { "\(what)\n\($0)" } ?? what }
}
