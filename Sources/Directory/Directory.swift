import Content
package import Wire

/// The directory: who has an account, who is there, who shares what. Every request comes by here.
///
/// It holds sessions' logins, presence and accounts in memory, and asks its store for the rest. Its executor is
/// given, so that it can live on the event loop that owns the socket: then ``answerFromMemory(_:from:)`` is called there
/// without a hop (`assumeIsolated`), and only what it leaves goes through ``answer(_:from:)``.
///
/// Every request may come twice. The shell keeps the answers to the few that are not the same when done
/// again (`unpublish`) or dear (`login`) by session and transaction, and lets one of each run at a time.
package actor Directory {
    let settings: DirectorySettings
    let surroundings: Surroundings
    let catalogue: Catalogue

    var accounts: Accounts
    var presence: Presence
    var guesses: GuessLimits
    var reachLimits = ReachLimits()
    var probeLimits = ProbeLimits()
    var revocations: Revocations
    var searches = KeptSearches()
    /// What is to be written at the next ``tick()``.
    var backlog = Backlog()
    var storeFailures = StoreFailures()
    /// Something was removed below which much may have stood: also by a server that ended meanwhile.
    var mayHaveRemains = true
    /// Members whose account is just being changed: one change of each at a time.
    var underChange: Set<UserName> = []
    /// For heartbeats: of members who were asked for what is locked, or whose question was answered.
    var askSerials: [UserName: Int64] = [:]
    /// Who has the contents that are asked for often.
    var keepers = Keepers()
    /// Sessions whose members are to hear something with their next heartbeat, until the next outcome says so.
    var news: [SessionID] = []
    /// What other servers did, and what of it is still to be done here.
    var others = OthersDeeds()
    /// Whose certificates were revoked at the start, because the credentials file had changed.
    package private(set) var expelledMeanwhile: [UserName] = []

    private let executor: (any SerialExecutor)?
    private let home = Home()

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor?.asUnownedSerialExecutor() ?? home.unownedExecutor
    }

    /// Lends its executor where none is given.
    private actor Home {}

    /// - Parameters:
    ///   - credentials: Of a file that makes accounts, see ``CredentialsReload/fault(of:)``.
    ///   - view: The one with which the store was opened.
    package init(
        credentials: CredentialsFile, key: AccountsKey, view: PresenceView, settings: DirectorySettings = .standard,
        surroundings: Surroundings, executor: (any SerialExecutor)? = nil
    ) async throws(DirectoryStoreError) {
        self.settings = settings
        self.surroundings = surroundings
        self.executor = executor
        catalogue = Catalogue(store: surroundings.store, limits: settings.limits)
        accounts = Accounts(key: key, file: credentials)
        presence = Presence(settings: settings, view: view)
        guesses = GuessLimits(settings: settings.guesses)
        for account in try await surroundings.store.invitedAccounts() { accounts.insert(account) }
        let horizon = surroundings.clock.wall() - MemberCertificateTerms.revocationMemory
        let (serial, kept) = try await surroundings.store.revocations(since: horizon)
        revocations = Revocations(serial: serial, kept: kept, isShared: surroundings.others != nil)
        expelledMeanwhile = try await expelMeanwhile(since: horizon)
    }

    /// The answer to what needs no waiting; nil for the rest, which ``answer(_:from:)`` is for.
    package func answerFromMemory(_ request: DirectoryRequest, from caller: Caller) -> DirectoryOutcome? {
        let returned = heard(caller.session)
        guard case .now(var outcome) = course(of: request, from: caller) else { return nil }
        outcome.notices += returned
        outcome.news += takeNews()
        return outcome
    }

    package func answer(_ request: DirectoryRequest, from caller: Caller) async -> DirectoryOutcome {
        let returned = heard(caller.session)
        var outcome: DirectoryOutcome
        switch course(of: request, from: caller) {
        case .now(let known): outcome = known
        case .later(let work): outcome = await perform(work)
        }
        outcome.notices += returned
        outcome.news += takeNews()
        return outcome
    }

    typealias Work = @Sendable (isolated Directory) async throws -> DirectoryOutcome

    /// How a request is answered: at once, or after waiting for the store or a password check.
    enum Course {
        case now(DirectoryOutcome)
        case later(Work)
    }

    private func course(of request: DirectoryRequest, from caller: Caller) -> Course {
        switch request {
        case .network: .now(network())
        case .login(let login): .later { try await $0.login(login, from: caller) }
        case .join(let join): .later { try await $0.join(join, from: caller) }
        case .heartbeat: signedIn(caller) { .now(heartbeat($0, caller)) }
        // A stream's is answered before it comes here.
        case .attach: .now(.refusal(.malformed))
        case .goodbye: signedIn(caller) { _ in .now(goodbye(caller)) }
        case .renew(let key, let days):
            signedIn(caller) { user in .later { try await $0.renew(key, days, user, caller) } }
        case .revocations(let serial, let window): signedIn(caller) { _ in .now(revocations(since: serial, window)) }
        case .peers(let window):
            signedIn(caller) { user in
                guard let others = surroundings.others else { return .now(peers(window, besides: user)) }
                return .later { try await $0.peers(window, besides: user, others) }
            }
        case .published(let window): signedIn(caller) { user in .later { try await $0.published(window, user) } }
        case .publish(let drafts): signedIn(caller) { user in .later { try await $0.publish(drafts, user, caller) } }
        case .unpublish(let names): signedIn(caller) { user in .later { try await $0.unpublish(names, user) } }
        case .serve(let add, let remove):
            signedIn(caller) { user in .later { try await $0.serve(add, remove, user, caller) } }
        case .hold(let add, let remove):
            signedIn(caller) { user in .later { try await $0.hold(add, remove, user, caller) } }
        case .search(let search, let window):
            signedIn(caller) { user in .later { try await $0.search(search, window, user, caller) } }
        case .lookup(let name, let window):
            signedIn(caller) { user in .later { try await $0.lookup(name, window, user) } }
        case .holders(let content, let window):
            signedIn(caller) { user in
                knownHolders(content, window, user, caller).map { .now($0) }
                    ?? .later { try await $0.holders(content, window, user, caller) }
            }
        case .listings(let query, let window):
            signedIn(caller) { user in .later { try await $0.listings(query, window, user, caller) } }
        case .descend(let parent, let path):
            signedIn(caller) { user in .later { try await $0.descend(from: parent, path, user) } }
        case .ticket(let content): signedIn(caller) { user in .later { try await $0.ticket(for: content, user) } }
        case .tracker(let content):
            signedIn(caller) { user in .later { try await $0.trackerPath(for: content, user) } }
        case .ask(let id): signedIn(caller) { user in .later { try await $0.ask(for: id, user) } }
        case .asks(let window): signedIn(caller) { user in .later { try await $0.asks(window, of: user) } }
        case .asked(let window): signedIn(caller) { user in .later { try await $0.asked(window, by: user) } }
        case .answerAsk(let id, let verdict):
            signedIn(caller) { user in .later { try await $0.answer(ask: id, verdict, user) } }
        case .readers(let names): signedIn(caller) { _ in .later { try await $0.check(names) } }
        case .want(let id): signedIn(caller) { user in .later { try await $0.want(id, user) } }
        case .arrange(let places): signedIn(caller) { user in .later { try await $0.arrange(places, user) } }
        case .withdraw(let ids): signedIn(caller) { user in .later { try await $0.withdraw(ids, user) } }
        case .reach(let reach): signedIn(caller) { user in .later { try await $0.reach(reach, user, caller) } }
        case .locate(let endpoints, let told):
            signedIn(caller) { user in .later { try await $0.locate(endpoints, telling: told, user, caller) } }
        case .probe(let probe): signedIn(caller) { user in .later { await $0.probe(probe, user, caller) } }
        case .report(let report): signedIn(caller) { user in .later { try await $0.pass(report, of: user) } }
        case .account(let request):
            signedIn(caller) { user in .later { try await $0.account(request, user, caller) } }
        case .administer(let administration):
            signedIn(caller) { user in
                accounts.role(of: user) == .admin
                    ? .later { try await $0.administer(administration, by: user, from: caller.origin) }
                    : .now(.refusal(.notAllowed))
            }
        }
    }

    private func signedIn(_ caller: Caller, _ course: (UserName) -> Course) -> Course {
        guard let user = presence.user(of: caller.session) else { return .now(.refusal(.notLoggedIn)) }
        return course(user)
    }

    func perform(_ work: Work) async -> DirectoryOutcome {
        do {
            return try await work(self)
        } catch let refusal as DirectoryRefusal {
            return .refusal(refusal)
        } catch {
            let cause = error as? DirectoryStoreError ?? .failed(detail: String(describing: error))
            return DirectoryOutcome(answers: [.refusal(refusal(for: cause))], notices: noticed(cause))
        }
    }

    /// What a member can make of it; why, the log says.
    private func refusal(for error: DirectoryStoreError) -> DirectoryRefusal {
        switch error {
        case .full: .storeFull
        case .locked, .away: .busy(retryAfter: settings.limits.busyRetry)
        case .foreign, .corrupt, .newerSchema, .forbidden, .failed: .internalError
        }
    }
}
