import Content
import NodeControl
import PeerNode
import Testing
import Wire

@Suite struct NameResolutionTests {
    private func user(_ name: String) throws -> UserName { try #require(UserName(name)) }

    private func finding(_ owner: String, _ seed: UInt8?, absentSince: Int64? = nil) throws -> Finding {
        let content = try seed.map { try #require(ContentID(root: Hash256(hashing: [$0]), size: Int64($0))) }
        return Finding(
            publication: PublicationID(rawValue: 1), owner: try user(owner), content: content,
            absentSince: absentSince)
    }

    private func failure(_ findings: [Finding]) -> NodeFailure? {
        do throws(NodeFailure) {
            _ = try NameResolution.content(of: findings, named: "a")
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        ("a", ["any a"]), ("a@hans", ["any a@hans", "owner a hans"]), ("a#00Ff", ["any a#00Ff", "root a 00ff"]),
        ("a@b@hans", ["any a@b@hans", "owner a@b hans"]), ("@hans", ["any @hans"]), ("a@", ["any a@"]),
        ("a#", ["any a#"]), ("a#Xyz", ["any a#Xyz", "root a xyz"]),
        ("a@hans#1f", ["any a@hans#1f", "owner a hans#1f", "root a@hans 1f"]),
        ("a/b", []), ("", []), ("..", []), ("a/b@hans", []),
    ])
    func namesAreReadInTheirOrder(text: String, readings: [String]) {
        let found = NameQuery.readings(of: text).map { query in
            switch query.choice {
            case .any: "any \(query.name)"
            case .owner(let owner): "owner \(query.name) \(owner)"
            case .root(let prefix): "root \(query.name) \(prefix)"
            }
        }
        #expect(found == readings)
    }

    @Test func theSameContentOfSeveralIsOne() throws {
        let one = try finding("hans", 1)
        let content = try NameResolution.content(of: [one, try finding("leia", 1)], named: "a").content
        #expect(content == one.content)
    }

    @Test func whatOnlyTheAbsentHaveIsNotFound() throws {
        let findings = [try finding("vader", 1, absentSince: 0), try finding("hans", 2, absentSince: 5)]
        let absent = [AbsentOwner(name: "hans", since: 5), AbsentOwner(name: "vader", since: nil)]
        #expect(failure(findings) == .notFound(name: "a", absent: absent))
        #expect(failure([]) == .notFound(name: "a", absent: []))
    }

    /// Of what others have one content is had, though its owner is away; several are a choice; and whoever is there counts first.
    @Test func whatOthersHaveIsFoundThoughItsOwnersAreAway() throws {
        let findings = [try finding("vader", 1, absentSince: 1), try finding("hans", 2, absentSince: 5)]
        let contents = findings.compactMap(\.content)
        for waits in [false, true] {
            let found = try NameResolution.content(of: findings, named: "a", waits: waits, held: [contents[1]])
            #expect(found.content == contents[1] && found.origin.owner.text == "hans")
            #expect {
                try NameResolution.content(of: findings, named: "a", waits: waits, held: Set(contents))
            } throws: { error in
                if case .ambiguous("a", let choices)? = error as? NodeFailure { choices.count == 2 } else { false }
            }
        }
        let leias = try finding("leia", 3)
        let found = try NameResolution.content(of: findings + [leias], named: "a", held: Set(contents))
        #expect(found.content == leias.content)
    }

    @Test func theAbsentDoNotMakeAChoice() throws {
        let content = try NameResolution.content(
            of: [try finding("vader", 1, absentSince: 0), try finding("hans", 2)], named: "a"
        ).content
        #expect(content.size == 2)
    }

    /// Who waits for them takes what they have; but the word of who is there comes first.
    @Test func whoWaitsTakesWhatTheAbsentHave() throws {
        func waited(_ findings: [Finding]) -> Result<Int64, NodeFailure> {
            Result { () throws(NodeFailure) in
                try NameResolution.content(of: findings, named: "a", waits: true).content.size
            }
        }
        let vader = try finding("vader", 1, absentSince: 0)
        #expect(waited([vader, try finding("hans", 1, absentSince: 5)]) == .success(1))
        #expect(waited([vader, try finding("hans", nil, absentSince: 5)]) == .success(1))
        #expect(waited([vader, try finding("leia", 2)]) == .success(2))
        #expect(waited([try finding("hans", nil, absentSince: 5)]) == .failure(.notHashedYet(name: "a", owner: "hans")))
        #expect(waited([vader, try finding("leia", nil)]) == .failure(.notHashedYet(name: "a", owner: "leia")))
        #expect(waited([]) == .failure(.notFound(name: "a", absent: [])))
        guard case .failure(.ambiguous("a", let choices)) = waited([vader, try finding("hans", 2, absentSince: 5)])
        else {
            Issue.record("no choice")
            return
        }
        #expect(choices.map(\.owners) == [["vader"], ["hans"]])
    }

    @Test func whatNobodyHashedWaits() throws {
        #expect(failure([try finding("hans", nil)]) == .notHashedYet(name: "a", owner: "hans"))
        #expect(failure([try finding("hans", nil), try finding("leia", 1)]) == nil)
    }

    @Test(arguments: ["@yoda", "#zz"])
    func whatIsNotThereByThatChoiceIsListed(text: String) throws {
        let findings = [
            try finding("vader", 1, absentSince: 5), try finding("leia", 2), try finding("hans", 2),
            try finding("boba", nil),
        ]
        let query = try #require(NameQuery.readings(of: "a\(text)").last)
        #expect(query.select(findings).isEmpty)
        let content = try #require(findings[1].content)
        #expect(
            NameResolution.noSuchChoice(query, of: findings)
                == .noSuchChoice(
                    name: "a", choice: text,
                    choices: [ContentChoice(size: 2, root: content.root.hex, owners: ["hans", "leia"])],
                    absent: [AbsentOwner(name: "vader", since: 5)]))
    }
}
