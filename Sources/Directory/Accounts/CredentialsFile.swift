package import Content
package import Wire

/// `credentials.txt`, read: one `user password` pair a line, a single space between, 1 to 16 printable
/// ASCII characters each, in any order. Passwords are not kept, only their marks.
///
/// A malformed line costs nobody else his account: it is reported, and the others hold.
package struct CredentialsFile: Hashable, Sendable {
    package struct Problem: Hashable, Sendable {
        package enum Fault: Hashable, Sendable {
            case emptyLine
            /// No space, or nothing in front of it or behind it.
            case notTwoWords
            case moreThanOneSpace
            /// The line ends with `\r\n`, as on Windows.
            case carriageReturn
            case userTooLong
            case passwordTooLong
            /// A byte that is no printable ASCII character.
            case forbiddenCharacter
            /// The user stands in an earlier line, which holds.
            case duplicate(ofLine: Int)
        }

        /// Counted from 1.
        package var line: Int
        package var fault: Fault

        package init(line: Int, fault: Fault) {
            self.line = line
            self.fault = fault
        }
    }

    package private(set) var marks: [UserName: Hash256] = [:]
    /// In the order of the lines.
    package private(set) var problems: [Problem] = []

    package init(parsing bytes: [UInt8], key: AccountsKey) {
        var lineOfUser: [UserName: Int] = [:]
        let end = bytes.last == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count
        guard !bytes.isEmpty else { return }
        let lines = bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        marks.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            switch Self.parse(line) {
            case .failure(let flaw):
                problems.append(Problem(line: index + 1, fault: flaw.fault))
            case .success(let user):
                if let earlier = lineOfUser.updateValue(index + 1, forKey: user) {
                    lineOfUser[user] = earlier
                    problems.append(Problem(line: index + 1, fault: .duplicate(ofLine: earlier)))
                } else {
                    marks[user] = key.mark(line: Array(line))
                }
            }
        }
    }

    private struct Flaw: Error {
        let fault: Problem.Fault
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> Result<UserName, Flaw> {
        guard !line.isEmpty else { return .failure(Flaw(fault: .emptyLine)) }
        guard line.last != UInt8(ascii: "\r") else { return .failure(Flaw(fault: .carriageReturn)) }
        guard line.allSatisfy({ (0x20...0x7E).contains($0) }) else { return .failure(Flaw(fault: .forbiddenCharacter)) }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count <= 2 else { return .failure(Flaw(fault: .moreThanOneSpace)) }
        guard words.count == 2, !words[0].isEmpty, !words[1].isEmpty else { return .failure(Flaw(fault: .notTwoWords)) }
        guard let user = UserName(wire: Array(words[0])) else { return .failure(Flaw(fault: .userTooLong)) }
        guard words[1].count <= Password.maximumByteCount else { return .failure(Flaw(fault: .passwordTooLong)) }
        return .success(user)
    }
}

enum Password {
    static let maximumByteCount = 16
}
