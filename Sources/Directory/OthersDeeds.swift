import Wire

/// What is known of other servers' deeds, and what of them is still to be done here: kept until that worked.
struct OthersDeeds: Sendable {
    /// Of the news that came last.
    var position: Int64?
    /// Where peers reach this server and the others of its network.
    var servers: [Endpoint] = []
    /// Members of whom devices may have been signed out, and the time before which their certificates are void.
    private(set) var signedOut: [UserName: Int64] = [:]
    /// Members whose sessions here are void all together: they have no account any more, or another password.
    private(set) var expelled: Set<UserName> = []
    /// When those of them who were let in here, while this server did not know that yet, got their last certificate.
    private var strays: [UserName: Int64] = [:]
    /// When certificates were issued here, of late, by this server's clock, as they say themselves.
    private var issued: [UserName: Int64] = [:]

    /// Milliseconds in which every server hears of what another did, or its store does not answer it either, so that it lets
    /// nobody in.
    private static let memory: Int64 = 60_000

    mutating func issue(_ user: UserName, at time: Int64) { issued[user] = max(time, issued[user] ?? time) }

    mutating func forget(before now: Int64) {
        issued = issued.filter { $0.value > now - Self.memory }
        strays = strays.filter { $0.value > now - Self.memory }
    }

    mutating func expel(_ user: UserName) {
        expelled.insert(user)
        // What is issued from now on is another account's, or another password's.
        if let time = issued.removeValue(forKey: user) { strays[user] = time }
    }

    mutating func signOut(_ user: UserName, voidBefore time: Int64) {
        signedOut[user] = max(time, signedOut[user] ?? time)
    }

    /// The sessions of that member ended.
    mutating func ended(_ user: UserName) { expelled.remove(user) }

    /// What was heard of a member is what this server itself did.
    mutating func heard(_ user: UserName) {
        expelled.remove(user)
        strays[user] = nil
    }

    /// The member was signed out as of a time, unless he was again, later, in the meantime.
    mutating func settle(_ user: UserName, voidBefore time: Int64) {
        if signedOut[user] == time { signedOut[user] = nil }
    }

    /// When a certificate was issued that the revocation does not make void; nil where there is none.
    ///
    /// - Parameter hasEnded: Devices of his were signed out: what was issued to one of them is meant too.
    mutating func takeUnrevoked(_ user: UserName, voidBefore time: Int64, hasEnded: Bool) -> Int64? {
        let stray = strays.removeValue(forKey: user)
        let last = [stray, hasEnded ? issued[user] : nil].compactMap(\.self).max()
        return last.flatMap { $0 >= time ? $0 : nil }
    }
}
