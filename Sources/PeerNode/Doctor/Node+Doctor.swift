import Connectivity
import DirectoryClient
package import NodeControl
package import Wire

extension Node {
    package func examine(_ request: ExaminationRequest) async throws(NodeFailure) -> Examination {
        let session = try member()
        return await examination(request) {
            Examiner.Entered(
                entry: .member(session.user.text, pin: "\(session.parts.authority.pin)"), session: session,
                client: session.parts.client)
        }
    }

    /// The same for who is not signed in yet: comes as far as it can, as that member where it is known which. May be asked once,
    /// in place of ``connect()``.
    package func examine(_ request: ExaminationRequest, as user: UserName?) async -> Examination {
        await examination(request) { await self.enter(as: user) }
    }

    private func enter(as user: UserName?) async -> Examiner.Entered {
        let pin: NetworkPin
        do throws(ContactFailure) {
            switch try await connect() {
            case .changed(let expected, let found, _):
                return .init(entry: .pinWrong(expected: "\(expected)", found: "\(found)"))
            case .unknown: return .init(entry: .unknown, client: currentClient)
            case .known(let found), .pinned(let found), .replaced(_, let found): pin = found
            }
        } catch {
            return .init(entry: .noContact(error))
        }
        guard let user else { return .init(entry: .trusted(pin: "\(pin)"), client: currentClient) }
        do throws(NodeFailure) {
            try await signInAgain(user: user.text)
            let session = try member()
            return .init(entry: .member(user.text, pin: "\(pin)"), session: session, client: session.parts.client)
        } catch {
            return .init(entry: .noLogin(error), client: currentClient)
        }
    }
}
