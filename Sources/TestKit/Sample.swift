package import Content
package import Directory
package import Wire

/// Values of the field for tests, short to write.
package enum Sample {
    package static func user(_ text: String) throws -> UserName {
        guard let user = UserName(text) else { throw TestKitError.invalid(text) }
        return user
    }

    /// At the beginning of time, when all that is given for a while still is.
    package static func viewer(_ text: String) throws -> Viewer { Viewer(try user(text), at: 0) }

    package static func file(_ text: String) throws -> FileName { try FileName(text) }

    /// A content that differs from those of other seeds.
    package static func content(_ seed: Int) throws -> ContentID {
        guard let content = ContentID(root: Hash256(hashing: Array("content \(seed)".utf8)), size: Int64(seed) + 1)
        else { throw TestKitError.invalid("\(seed)") }
        return content
    }

    package static func device(_ number: UInt8) throws -> DeviceID {
        guard let device = DeviceID(Array(repeating: number, count: DeviceID.byteCount)) else {
            throw TestKitError.invalid("\(number)")
        }
        return device
    }

    package static func readers(_ names: [String], isListed: Bool = false) throws -> Readers {
        guard let readers = Readers(try names.map(user), isListed: isListed) else {
            throw TestKitError.invalid("\(names)")
        }
        return readers
    }

    /// The first search of a session, case-sensitive.
    package static func search(_ words: String...) -> Search {
        Search(SearchQuery(words: words.map { Array($0.utf8) }), number: 1)
    }

    package static func draft(_ name: String, _ seed: Int? = 0, below parent: PublicationID? = nil) throws
        -> PublicationDraft
    {
        PublicationDraft(parent: parent, name: try file(name), content: try seed.map(content))
    }

    package static func folder(_ name: String, below parent: PublicationID? = nil) throws -> PublicationDraft {
        PublicationDraft(parent: parent, name: try file(name), content: nil, isParent: true)
    }
}
