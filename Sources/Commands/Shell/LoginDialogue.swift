import NodeControl
import Terminal

/// Asks for user name and password until the server lets somebody in.
struct LoginDialogue: Sendable {
    enum Outcome: Hashable, Sendable {
        case signedIn
        case ended(ExitStatus)
    }

    /// How long it waits, in all, for a server that asks to try again later.
    private static let mostPatience = Duration.seconds(60)

    let node: any NodeMembership
    let console: Console
    let input: any LineInput
    let interrupts: Interrupts
    let now: @Sendable () -> Int64
    let sleep: @Sendable (Duration) async -> Void
    /// The password, where it need not be asked for.
    var given: String?
    /// Called before somebody is waited for, who may take his time.
    var beforeAsking: @Sendable () -> Void = {}

    /// - Parameter known: Who was logged in from here before: he is asked for nothing where the server still takes that.
    func run(as known: String? = nil) async -> Outcome {
        if let known {
            let attempt = await interrupts.interruptible {
                await self.patiently { () throws(NodeFailure) in
                    try await node.signInAgain(user: known)
                }
            }
            switch attempt {
            case .success: return .signedIn
            case .failure(.authenticationFailed) where given != nil: break
            case .failure(.authenticationFailed) where !input.isInteractive:
                // A script's next line would be taken for it.
                let message = Message.loginNotTaken(known)
                console.remark(message.text)
                return .ended(message.exitStatus)
            case .failure(.authenticationFailed): console.remark(Message.passwordNeeded(known))
            case .failure(let failure):
                // Asking again here would be for the password, which is not what is wrong.
                let message = Message(failure, now: now())
                console.remark(message.text)
                return .ended(failure == .cancelled ? .interrupted : message.exitStatus)
            }
        }
        var given = given
        while true {
            let user: String
            let password: String
            if let known {
                user = known
            } else {
                beforeAsking()
                switch await input.question(DialogueLines.userNamePrompt) {
                case .line(let text): user = text
                case let other: return ended(other)
                }
            }
            // Nobody is called so. From a pipe, the line behind it still is the password.
            if user.isEmpty, input.isInteractive { continue }
            let isGiven = given != nil
            if let text = given {
                password = text
                given = nil
            } else {
                beforeAsking()
                switch await input.secret(DialogueLines.passwordPrompt) {
                case .line(let text): password = text
                case let other: return ended(other)
                }
            }
            let attempt = await interrupts.interruptible { await self.signIn(user, password) }
            switch attempt {
            case .success: return .signedIn
            case .failure(let failure):
                if let outcome = refused(failure, wasGiven: isGiven) { return outcome }
            }
        }
    }

    /// Tries again for as long as the server only asks for patience.
    private func signIn(_ user: String, _ password: String) async -> Result<Void, NodeFailure> {
        await patiently { () throws(NodeFailure) in try await node.signIn(user: user, password: password) }
    }

    func patiently(_ attempt: () async throws(NodeFailure) -> Void) async -> Result<Void, NodeFailure> {
        var waited = Duration.zero
        while true {
            do throws(NodeFailure) {
                try await attempt()
                return .success(())
            } catch {
                guard let pause = Self.pause(error), waited + pause <= Self.mostPatience else { return .failure(error) }
                if waited == .zero { console.remark(Message(error, now: now()).what + " Waiting.") }
                waited += pause
                await sleep(pause)
                if Task.isCancelled { return .failure(.cancelled) }
            }
        }
    }

    private static func pause(_ failure: NodeFailure) -> Duration? {
        switch failure {
        case .serverBusy(let wait), .slowDown(let wait): .milliseconds(max(100, min(wait, 3_600_000)))
        default: nil
        }
    }

    /// Nil where it asks again.
    ///
    /// - Parameter wasGiven: Nobody typed the password.
    private func refused(_ failure: NodeFailure, wasGiven: Bool) -> Outcome? {
        let message = Message(failure, now: now())
        switch failure {
        case .authenticationFailed:
            guard !wasGiven || input.isInteractive else {
                // A script's next lines would be taken for a user name.
                console.remark(message.text)
                return .ended(message.exitStatus)
            }
            console.line(DialogueLines.authenticationFailed)
            return nil
        case .onlineElsewhere(let user, _):
            console.line(DialogueLines.onlineAlready(user))
            console.remark(message.text)
            return nil
        case .accountDisabled(let user):
            console.line(DialogueLines.isDisabled(user))
            console.remark(message.text)
            return nil
        case .cancelled:
            return .ended(.interrupted)
        default:
            console.remark(message.text)
            // A script's next lines would be taken for a user name.
            return input.isInteractive ? nil : .ended(message.exitStatus)
        }
    }

    private func ended(_ read: LineRead) -> Outcome { .ended(status(ofEnd: read)) }

    /// Where the input ended, or somebody ended the dialogue; a remark says why.
    func status(ofEnd read: LineRead) -> ExitStatus {
        switch read {
        case .interrupted: return .interrupted
        case .tooLong:
            console.remark(Misunderstanding.lineTooLong.message.text)
            return .usage
        case .end, .line:
            if !input.isInteractive { console.remark(Message.endBeforeLogin.text) }
            return .noPermission
        }
    }
}
