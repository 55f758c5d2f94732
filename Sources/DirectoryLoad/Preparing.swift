import Content
import Crypto
import Directory
import DirectorySQLite
import DirectoryServer
import FoundationEssentials
import Wire

/// Makes a state folder in which all members have their accounts, tokens and publications, by the interface of the store.
struct Preparing {
    let folder: String
    let members: Int
    let population: Population
    /// Half of the members have published what they publish and withdraw by turns, as after a long time: else that is what
    /// grows at first.
    let isUnderWay: Bool

    private static let atOnce = 512
    /// Milliseconds.
    private static let tokenLifetime: Int64 = 30 * 86_400_000

    var credentialsPath: String { "\(folder)/credentials.txt" }
    /// The numbers of everybody's publications, in their order, 8 bytes each.
    static func idsPath(_ folder: String) -> String { "\(folder)/publications.bin" }

    func run() async throws {
        var lines = ""
        for member in 0..<members {
            lines += "\(population.user(member)) \(String(decoding: population.password(member), as: UTF8.self))\n"
        }
        try Data(lines.utf8).write(to: URL(filePath: credentialsPath))
        let state = try StateDirectory(path: "\(folder)/state")
        let (network, _) = try NetworkFiles.load(state)
        let key = AccountsKey(secret: Array(network.signingKey.rawRepresentation))
        let store = try DirectorySQLite(path: state.databasePath, presence: PresenceView())
        var ids = [Int64](repeating: 0, count: members * population.publications)
        try await withThrowingTaskGroup(of: (Int, [Int64]).self) { group in
            for member in 0..<members {
                if member >= Self.atOnce, let (done, found) = try await group.next() {
                    ids.replaceSubrange(
                        done * population.publications..<(done + 1) * population.publications, with: found)
                }
                group.addTask { (member, try await enter(member, key, store)) }
            }
            for try await (done, found) in group {
                ids.replaceSubrange(done * population.publications..<(done + 1) * population.publications, with: found)
            }
        }
        try passkey(of: population.user(0), key).write(to: URL(filePath: MembersPaths.file(folder)))
        try store.close()
        state.unlock()
        let bytes = ids.withUnsafeBytes { Data($0) }
        try bytes.write(to: URL(filePath: Self.idsPath(folder)))
    }

    /// As the first path of a torrent of his.
    private func passkey(of user: UserName, _ key: AccountsKey) -> Data {
        let mark = key.mark(user: user, password: population.password(0))
        let issued = UInt32(clamping: DirectoryClock.system.wall() / 1_000)
        let passkey = key.passkey(of: user, mark, issued: issued)
        return Data(TrackerPath(passkey: passkey, content: population.content(0)).text.utf8)
    }

    private func enter(_ member: Int, _ key: AccountsKey, _ store: DirectorySQLite) async throws -> [Int64] {
        let user = population.user(member)
        let mark = key.mark(user: user, password: population.password(member))
        let now = DirectoryClock.system.wall()
        let token = population.token(member)
        let pair = TokenPair(
            current: TokenPair.seal(token, mark: mark), previous: nil, expires: now + Self.tokenLifetime)
        _ = try await store.changeTokens(
            of: population.device(member), labelled: "laptop",
            noting: Sighting(user: user, time: now, seal: key.seal(mark))
        ) { _ in pair }
        if isUnderWay, member.isMultiple(of: 2) {
            let news = PublicationDraft(name: population.news(of: member), content: population.content(member))
            _ = try await store.publish([news], by: user, at: now, limit: .max, isOfFile: { _ in true })
        }
        guard population.publications > 0 else { return [] }
        let results = try await store.publish(
            population.drafts(of: member), by: user, at: now, limit: .max, isOfFile: { _ in true })
        return results.map { if case .published(let id) = $0 { id.rawValue } else { 0 } }
    }
}
