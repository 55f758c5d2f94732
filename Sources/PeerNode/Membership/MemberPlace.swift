import Library
import NodeControl
import Wire

/// Where a node keeps what outlasts it of a member of a network.
struct MemberPlace: Sendable {
    /// The state directory.
    let base: String
    let network: NetworkPin
    let threads: NodeThreads
    let notices: Notices

    func isKnown(_ user: UserName) async -> Bool {
        let isKnown = try? await threads.files.run { [base, network] _ in
            MemberFolder.exists(base: base, network: network, member: user)
        }
        return isKnown ?? false
    }

    /// Nil where another running program is this member.
    func open(_ user: UserName) async throws(NodeFailure) -> MemberFolder? {
        do {
            return try await threads.files.run { [base, network] _ in
                do throws(FileFailure) {
                    return try MemberFolder(base: base, network: network, member: user)
                } catch {
                    guard error.reason == .inUse else { throw error }
                    return nil
                }
            }
        } catch {
            throw NodeFailure(ofState: error)
        }
    }

    func record(in folder: MemberFolder) async throws(NodeFailure) -> PublishedFiles {
        let path = folder.file("published.sqlite")
        do {
            let (record, setAside) = try await threads.files.run { _ in try PublishedFiles.open(path: path) }
            if let setAside { notices.tell(.recordSetAside(path: path, setAside: setAside)) }
            return record
        } catch {
            throw NodeFailure(ofState: error)
        }
    }
}
