import Connectivity
import Content
import Crypto
import Testing
import Wire
import X509

@Suite struct PeerVerifierTests {
    private let network: TestNetwork
    private let verifier: PeerVerifier
    private let device = P256.Signing.PrivateKey()
    private let now = TestNetwork.now

    init() throws {
        network = try TestNetwork()
        verifier = PeerVerifier(authority: network.authority, ownName: try TestNetwork.user("yoda"))
    }

    private func refusal(
        of chain: [[UInt8]], at time: Int64 = TestNetwork.now, revocations: RevocationList = RevocationList()
    ) -> PeerRefusal? {
        do {
            _ = try verifier.verify(chain: chain, at: time, revocations: revocations)
            return nil
        } catch { return error }
    }

    @Test func aMemberIsTakenForWhoHeIs() throws {
        let leaf = try network.certificate(for: device, names: try network.names("a/b*"))
        let member = try verifier.verify(chain: [leaf], at: now, revocations: RevocationList())
        #expect(member.user.text == "a/b*")
        #expect(member.issuedAt == now)
        #expect(member.expiresAt == now + MemberCertificateTerms.lifetime)
    }

    @Test func datesAreJudgedByTheTimeGiven() throws {
        let leaf = try network.certificate(for: device, names: try network.names("hans"))
        let from = now - MemberCertificateTerms.backdating
        let end = now + MemberCertificateTerms.lifetime
        #expect(refusal(of: [leaf], at: from - 1) == .notYetValid(from: from))
        #expect(refusal(of: [leaf], at: from) == nil)
        #expect(refusal(of: [leaf], at: end - 1) == nil)
        #expect(refusal(of: [leaf], at: end) == .expired(at: end))
    }

    @Test func anotherAuthorityOfTheSameNameIsRefused() throws {
        let other = try TestNetwork()
        let leaf = try other.certificate(for: device, names: try network.names("hans"))
        #expect(refusal(of: [leaf]) == .foreignAuthority)
    }

    @Test func aFlippedBitMakesNobodyElseOfHim() throws {
        let leaf = try network.certificate(for: device, names: try network.names("hans"))
        let member = try verifier.verify(chain: [leaf], at: now, revocations: RevocationList())
        for position in leaf.indices {
            var forged = leaf
            forged[position] ^= 1
            // What the signature does not cover (how many bits of it are padding) may be anything.
            let taken = try? verifier.verify(chain: [forged], at: now, revocations: RevocationList())
            #expect(taken == nil || taken == member, "bit of byte \(position)")
        }
    }

    @Test func anotherNetworksNameIsRefused() throws {
        let uri = MemberURI(pin: NetworkPin(Hash256(hashing: [7])), user: try TestNetwork.user("hans"))
        let leaf = try network.certificate(for: device, names: [.uniformResourceIdentifier(uri.text)])
        #expect(refusal(of: [leaf]) == .foreignNetwork)
    }

    @Test(arguments: [
        [], ["PREFIX/hans", "PREFIX/vader"], ["PREFIX/%68ans"], ["PREFIX/a%2fb"], ["PREFIX/"], ["hans"],
    ])
    func namesThatAreNotOneCanonicalNameAreRefused(paths: [String]) throws {
        let prefix = "bittrickle://\(network.pin)/users"
        let names = paths.map { path in
            GeneralName.uniformResourceIdentifier(prefix + path.dropFirst("PREFIX".count))
        }
        let leaf = try network.certificate(for: device, names: [.dnsName("*")] + names)
        #expect(refusal(of: [leaf]) == .malformedName)
    }

    @Test func revocationsHitWhatWasIssuedBefore() throws {
        let user = try TestNetwork.user("hans")
        let leaf = try network.certificate(for: device, names: try network.names("hans"))
        var revocations = RevocationList()
        revocations.insert([Revocation(serial: 1, user: user, issuedBefore: now)], at: now)
        #expect(refusal(of: [leaf], revocations: revocations) == nil)
        revocations.insert([Revocation(serial: 2, user: user, issuedBefore: now + 1)], at: now)
        #expect(refusal(of: [leaf], revocations: revocations) == .revoked(user))
        // Something older does not take it back.
        revocations.insert([Revocation(serial: 1, user: user, issuedBefore: now - 5)], at: now)
        #expect(refusal(of: [leaf], revocations: revocations) == .revoked(user))
    }

    @Test func oldRevocationsAreForgotten() throws {
        var revocations = RevocationList()
        let user = try TestNetwork.user("hans")
        revocations.insert([Revocation(serial: 1, user: user, issuedBefore: now)], at: now)
        revocations.insert([], at: now + MemberCertificateTerms.revocationMemory)
        #expect(revocations == RevocationList())
    }

    @Test func oneselfNobodyAndNonsenseAreRefused() throws {
        let own = try network.certificate(for: device, names: try network.names("yoda"))
        #expect(refusal(of: [own]) == .oneself)
        #expect(refusal(of: []) == .noCertificate)
        #expect(refusal(of: [[1, 2, 3]]) == .malformedCertificate)
    }

    @Test func onlyThePresentersOwnCertificateCounts() throws {
        let other = try TestNetwork()
        let foreign = try other.certificate(for: device, names: try other.names("hans"))
        let good = try network.certificate(for: device, names: try network.names("hans"))
        #expect(refusal(of: [foreign, good]) == .foreignAuthority)
    }

    @Test func identitiesMustBeWhatPeersWillTake() throws {
        let user = try TestNetwork.user("hans")
        let leaf = try network.certificate(for: device, names: try network.names("hans"))
        func failure(_ user: UserName, _ key: P256.Signing.PrivateKey, _ leaf: [UInt8]) -> IdentityError? {
            do {
                _ = try MemberIdentity(
                    authority: network.authority, user: user, deviceKey: key, certificateDER: leaf)
                return nil
            } catch { return error }
        }
        #expect(failure(user, device, leaf) == nil)
        #expect(failure(user, P256.Signing.PrivateKey(), leaf) == .wrongKey)
        #expect(failure(try TestNetwork.user("vader"), device, leaf) == .wrongMember)
        #expect(failure(user, device, [0]) == .malformedCertificate)
        let foreign = try TestNetwork().certificate(for: device, names: try network.names("hans"))
        #expect(failure(user, device, foreign) == .wrongNetwork)
        #expect(throws: IdentityError.wrongNetwork) {
            try NetworkAuthority(
                certificatePEM: network.authority.certificatePEM, pin: NetworkPin(Hash256(hashing: [9])))
        }
    }
}
