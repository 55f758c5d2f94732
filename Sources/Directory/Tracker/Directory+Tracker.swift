import Content
package import Wire

/// What standard clients announce: the directory says whose they are, and what everybody may have.
extension Directory {
    /// For a member's torrent of a content that everybody may have; refused for what he may not see and what is not for
    /// everybody alike.
    func trackerPath(for content: ContentID, _ user: UserName) async throws -> DirectoryOutcome {
        guard surroundings.tracker != nil else { return DirectoryOutcome(answers: [.tracker(nil)]) }
        guard try await isOpen(content), let mark = accounts.mark(of: user) else {
            return .refusal(.noSuchPublication)
        }
        let issued = UInt32(clamping: issuingTime(user) / 1_000)
        let passkey = accounts.key.passkey(of: user, mark, issued: issued)
        return DirectoryOutcome(answers: [.tracker(TrackerPath(passkey: passkey, content: content).text)])
    }

    /// Takes what a loop does not know by itself.
    ///
    /// - Parameters:
    ///   - passkey: Of who announces; nil for who has announced before.
    ///   - keys: The swarms that it is about.
    package func track(_ passkey: Passkey?, _ keys: [SwarmKey]) async -> TrackerVerdict {
        guard let tracker = surroundings.tracker else { return .unknown }
        // From before it was looked at: what changes meanwhile makes it void.
        let epoch = tracker.epoch
        if let passkey, !isGood(passkey) { return .passkeyVoid }
        do throws(DirectoryStoreError) {
            for key in keys {
                guard try await look(at: key, tracker) || passkey == nil else { return .unknown }
            }
        } catch {
            return .failed
        }
        return .known(passkey.map { TrackerSwarms.Admission(passkey: $0, epoch: epoch) })
    }

    /// False where there is no such content for everybody.
    private func look(at key: SwarmKey, _ tracker: TrackerSwarms) async throws(DirectoryStoreError) -> Bool {
        if tracker.isFresh(key, now: surroundings.clock.monotonic()) { return true }
        guard try await look(at: key.content, tracker) else { return false }
        tracker.weed(key) { self.isInForce($0, issued: $1) }
        return true
    }

    private func look(at content: ContentID, _ tracker: TrackerSwarms) async throws(DirectoryStoreError) -> Bool {
        // Once more where a change came in between; who announces where one follows the other is answered the next time.
        for _ in 0..<2 where !tracker.isFresh(content, now: surroundings.clock.monotonic()) {
            let look = tracker.begin(content)
            defer { tracker.end(look) }
            guard try await isOpen(content) else {
                tracker.close(content)
                return false
            }
            let sources = try await openSources(of: content)
            if tracker.open(look, sources, now: surroundings.clock.monotonic()) { break }
        }
        return true
    }

    /// Whether somebody who has an account publishes it for everybody.
    private func isOpen(_ content: ContentID) async throws(DirectoryStoreError) -> Bool {
        try await surroundings.store.publishers(of: content, limit: Self.publisherLimit).contains(
            where: accounts.admits)
    }

    private static var publisherLimit: Int { 100 }

    /// Of a swarm: more than any client takes.
    private static var sourceLimit: Int { 200 }

    /// Those from whom everybody can have a content, without a ticket.
    private func openSources(of content: ContentID) async throws(DirectoryStoreError) -> TrackerSources {
        let all = try await surroundings.store.sources(of: content, for: nil, after: nil, limit: Self.sourceLimit)
        let there = try await whereabouts(elsewhere: all)
        var sources = TrackerSources()
        for source in all where !source.demandsTicket {
            let devices = presence.whereabouts(of: source) + there[source.user, default: []]
            guard devices.contains(where: { !$0.endpoints.isEmpty }) else { continue }
            if source.isWhole { sources.whole += 1 } else { sources.partial += 1 }
            let member = PackedName(source.user)
            for device in devices {
                let claims: [Claim?] = [nil] + device.placeClaims.map(Optional.some)
                sources.places += zip(device.endpoints, claims).map {
                    .init(place: TrackerPlace($0), member: member, claim: $1)
                }
            }
        }
        return sources
    }

    // MARK: Passkeys

    /// It is what was given to a member under the password of today, and nothing has ended it since.
    private func isGood(_ passkey: Passkey) -> Bool {
        guard let user = passkey.member.name, let mark = accounts.mark(of: user),
            accounts.key.passkey(of: user, mark, issued: passkey.issued).isEqualInConstantTime(to: passkey)
        else { return false }
        return isInForce(passkey.member, issued: passkey.issued)
    }

    /// As certificates, passkeys end with what revokes them, and are good for as long as that is remembered.
    private func isInForce(_ member: PackedName, issued: UInt32) -> Bool {
        guard let user = member.name, accounts.admits(user) else { return false }
        let time = Int64(issued) * 1_000
        let void = max(revocations.voidBefore(user) ?? 0, backlog.voidBefore(user) ?? 0)
        return time >= void && surroundings.clock.wall() - time < MemberCertificateTerms.revocationMemory
    }

    // MARK: For peers of ours

    /// The standard clients that have a content, or want it, as holders: those that announced at this server.
    func trackedHolders(of content: ContentID) async throws(DirectoryStoreError) -> [Holder] {
        if let known = knownTrackedHolders(of: content) { return known }
        guard let tracker = surroundings.tracker, try await look(at: content, tracker) else { return [] }
        return knownTrackedHolders(of: content) ?? []
    }

    /// The same from memory; nil where the store is to be asked whether they may be told.
    func knownTrackedHolders(of content: ContentID) -> [Holder]? {
        guard let tracker = surroundings.tracker else { return [] }
        return tracker.clients(of: content, now: surroundings.clock.monotonic())?.compactMap { client, infoHash in
            guard isInForce(client.member, issued: client.issued), let user = client.member.name,
                let endpoint = client.place.endpoint
            else { return nil }
            return Holder(user: user, endpoints: [endpoint], isWhole: client.isWhole, infoHash: infoHash)
        }
    }
}

/// What came of asking for what an announce is about.
package enum TrackerVerdict: Sendable {
    /// It can be answered now.
    case known(TrackerSwarms.Admission?)
    /// The passkey was never given, or does not count any more.
    case passkeyVoid
    /// There is no such content for everybody: whether there is one for some, nobody is told.
    case unknown
    /// The store does not answer.
    case failed
}
