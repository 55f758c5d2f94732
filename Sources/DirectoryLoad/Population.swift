import Content
import Directory
import Wire

/// Who is simulated: everything about a member follows from his number, so that no file of them is needed.
struct Population {
    /// Publications of each member.
    let publications: Int
    /// Of how many contents they are; each has several holders.
    let contents: Int

    init(members: Int, publications: Int) {
        self.publications = publications
        contents = max(1, members * max(publications, 1) / 3)
    }

    func user(_ member: Int) -> UserName {
        guard let user = UserName("m\(member)") else { preconditionFailure("a number that is no name") }
        return user
    }

    func password(_ member: Int) -> [UInt8] { Array("secret\(member)".utf8) }

    func token(_ member: Int) -> [UInt8] { Hash256(hashing: "token \(member)".utf8).bytes }

    func device(_ member: Int) -> DeviceID {
        guard let device = DeviceID(Array(Hash256(hashing: "device \(member)".utf8).bytes.prefix(16))) else {
            preconditionFailure("a device id of another length")
        }
        return device
    }

    func content(_ number: Int) -> ContentID {
        guard let content = ContentID(root: Hash256(hashing: "content \(number)".utf8), size: 1 << 20) else {
            preconditionFailure("no content")
        }
        return content
    }

    func name(_ publication: Int, of member: Int) -> FileName {
        guard let name = try? FileName("\(Self.words[member % Self.words.count]) \(member)-\(publication).txt") else {
            preconditionFailure("no name")
        }
        return name
    }

    /// Of what a member publishes and withdraws all the time.
    func news(of member: Int) -> FileName {
        guard let name = try? FileName("new of \(member).txt") else { preconditionFailure("no name") }
        return name
    }

    func drafts(of member: Int) -> [PublicationDraft] {
        (0..<publications).map { publication in
            PublicationDraft(
                name: name(publication, of: member),
                content: content((member * max(publications, 1) + publication) % contents))
        }
    }

    func login(_ member: Int, key: [UInt8]) -> Login {
        let local = Endpoint(address: [10, 0, UInt8(member >> 8 & 255), UInt8(member & 255)], port: 6_881)
        return Login(
            user: user(member), proof: .token(token(member)), device: device(member), deviceLabel: "laptop",
            takesOver: true, devicePublicKey: key, listeningPort: UInt16(1_024 + member % 60_000),
            localAddresses: local.map { [$0] } ?? [])
    }

    private static let words = [
        "holiday", "report", "lecture", "recording", "thesis", "invoice", "score", "atlas", "manual", "diary", "poem",
        "letter", "sketch", "recipe", "minutes", "essay",
    ]
}
