package import NodeControl
package import Terminal
import Wire

/// Asks who wants to be a member for a name and a password of his own, until the server takes them.
package struct JoinDialogue: Sendable {
    package enum Outcome: Hashable, Sendable {
        case signedIn(user: String)
        case ended(ExitStatus)
    }

    private let console: Console
    private let input: any LineInput
    private let interrupts: Interrupts
    private let node: any NodeMembership
    private let login: LoginDialogue
    private let now: @Sendable () -> Int64
    /// The password, where it need not be asked for.
    private let given: String?
    private let remember: @Sendable (_ user: String) async -> Void

    /// - Parameter remember: called when somebody is a member, whatever comes next.
    package init(
        node: any NodeMembership, console: Console, input: any LineInput, interrupts: Interrupts,
        now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Duration) async -> Void, given: String? = nil,
        remember: @escaping @Sendable (_ user: String) async -> Void
    ) {
        self.node = node
        self.console = console
        self.input = input
        self.interrupts = interrupts
        self.now = now
        self.given = given
        self.remember = remember
        login = LoginDialogue(
            node: node, console: console, input: input, interrupts: interrupts, now: now, sleep: sleep)
    }

    /// - Parameter secret: Of the invitation.
    package func run(_ secret: String) async -> Outcome {
        // Before he thinks of a name; a script has it ready.
        if input.isInteractive {
            let look = await attempt { () throws(NodeFailure) in try await node.checkInvitation(secret, user: nil) }
            if case .failure(let failure) = look, let end = end(failure) { return end }
        }
        while true {
            let user: String
            switch await input.question(DialogueLines.newUserNamePrompt) {
            case .line(let text): user = text
            case let other: return .ended(login.status(ofEnd: other))
            }
            if user.isEmpty, input.isInteractive { continue }
            guard UserName(user) != nil else {
                console.remark(Message.userNameUnfit.text)
                guard input.isInteractive else { return .ended(Message.userNameUnfit.exitStatus) }
                continue
            }
            // Before he thinks of a password.
            let look = await attempt { () throws(NodeFailure) in try await node.checkInvitation(secret, user: user) }
            if case .failure(let failure) = look {
                if let end = end(failure) { return end }
                continue
            }
            let password: String
            switch await newPassword() {
            case .line(let text): password = text
            case let other: return .ended(login.status(ofEnd: other))
            }
            let joining = await attempt { () throws(NodeFailure) in
                try await node.join(invite: secret, user: user, password: password)
            }
            guard case .failure(let failure) = joining else { return await signIn(user, password) }
            if let end = end(failure) { return end }
        }
    }

    private func attempt(
        _ work: @escaping @Sendable () async throws(NodeFailure) -> Void
    ) async -> Result<Void, NodeFailure> {
        await interrupts.interruptible { await login.patiently(work) }
    }

    /// Says why he is no member; nil where he may try again.
    private func end(_ failure: NodeFailure) -> Outcome? {
        guard failure != .cancelled else { return .ended(.interrupted) }
        let message = Message(failure, now: now())
        console.remark(message.text)
        return input.isInteractive && mayTryAgain(failure) ? nil : .ended(message.exitStatus)
    }

    /// So that the next time nothing is asked.
    private func signIn(_ user: String, _ password: String) async -> Outcome {
        await remember(user)
        let signIn = await attempt { () throws(NodeFailure) in try await node.signIn(user: user, password: password) }
        guard case .failure(let failure) = signIn else { return .signedIn(user: user) }
        let message = Message(failure, now: now())
        console.remark(message.text)
        console.remark(Message.joinedOnly)
        return .ended(failure == .cancelled ? .interrupted : message.exitStatus)
    }

    /// From a script it comes once.
    private func newPassword() async -> LineRead {
        if let given { return .line(given) }
        guard input.isInteractive else { return await input.secret(DialogueLines.newPasswordPrompt) }
        return await input.newSecret(DialogueLines.newPasswordPrompt) { console.remark($0.text) }
    }

    private func mayTryAgain(_ failure: NodeFailure) -> Bool {
        switch failure {
        case .nameTaken, .userNameUnfit: true
        case .passwordUnfit: given == nil
        default: false
        }
    }
}
