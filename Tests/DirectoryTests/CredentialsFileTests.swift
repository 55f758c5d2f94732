import Content
import Directory
import TestKit
import Testing
import Wire

@Suite struct CredentialsFileTests {
    typealias Fault = CredentialsFile.Problem.Fault

    let key = AccountsKey(secret: [1, 2, 3])

    func parse(_ text: String) -> CredentialsFile { CredentialsFile(parsing: Array(text.utf8), key: key) }

    @Test func aLineIsAnAccount() throws {
        let file = parse("hans falcon*solo\nvader 1234567890123456\n~ !\n")
        #expect(file.problems.isEmpty)
        let wanted = try [("hans", "falcon*solo"), ("vader", "1234567890123456"), ("~", "!")].map {
            let user = try Sample.user($0)
            return (user, key.mark(user: user, password: Array($1.utf8)))
        }
        #expect(file.marks == Dictionary(uniqueKeysWithValues: wanted))
    }

    @Test(arguments: ["hans falcon", "hans falcon\n"])
    func theLastLineNeedsNoEnd(_ text: String) {
        #expect(parse(text).marks.count == 1)
        #expect(parse(text).problems.isEmpty)
    }

    @Test(arguments: [
        ("", Fault.emptyLine), ("hans", .notTwoWords), ("hans ", .notTwoWords), (" falcon", .notTwoWords),
        (" ", .notTwoWords), ("hans  falcon", .moreThanOneSpace), ("hans falcon solo", .moreThanOneSpace),
        ("hans falcon ", .moreThanOneSpace), ("hans falcon\r", .carriageReturn),
        ("12345678901234567 falcon", .userTooLong), ("hans 12345678901234567", .passwordTooLong),
        ("hans\tfalcon", .forbiddenCharacter), ("häns falcon", .forbiddenCharacter),
        ("hans fal\u{0}con", .forbiddenCharacter),
        ("vader other", .duplicate(ofLine: 1)),
    ])
    func aMalformedLineCostsNobodyElse(_ line: String, _ fault: Fault) throws {
        let file = parse("vader darkside\n\(line)\nleia alderaan\n")
        #expect(file.problems == [CredentialsFile.Problem(line: 2, fault: fault)])
        let vader = try Sample.user("vader")
        #expect(file.marks[vader] == key.mark(user: vader, password: Array("darkside".utf8)))
        #expect(file.marks.count == 2)
    }

    @Test func aThirdLineOfAUserNamesTheFirst() {
        #expect(parse("a 1\na 2\na 3").problems.map(\.fault) == [.duplicate(ofLine: 1), .duplicate(ofLine: 1)])
    }

    @Test func noBytesAreTooStrange() throws {
        var random = SeededRandom.fresh()
        let alphabet: [UInt8] = [0, 0x0A, 0x0A, 0x0D, 0x20, 0x20, 0x41, 0x42, 0x7E, 0x7F, 0xC3, 0xFF]
        for _ in 0..<Scale.count(20_000) {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            let file = CredentialsFile(parsing: bytes, key: key)
            let lines =
                bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
                - (bytes.last == 0x0A || bytes.isEmpty ? 1 : 0)
            #expect(file.marks.count + file.problems.count == lines, "seed \(random.seed): \(bytes)")
        }
    }

    @Test func aHundredThousandLinesCostASecond() {
        let text = (0..<100_000).map { "user\($0) password\($0)\n" }.joined()
        let bytes = Array(text.utf8)
        var file = parse("")
        let time = ContinuousClock().measure { file = CredentialsFile(parsing: bytes, key: key) }
        #expect(file.marks.count == 100_000)
        // Ten times what it takes on an idle machine of the slow kind.
        #expect(time < .seconds(10))
        print("100,000 lines: \(time)")
    }

    @Test func theKeyIsTheNetworks() throws {
        let hans = try Sample.user("hans")
        let same = AccountsKey(secret: [1, 2, 3]).mark(user: hans, password: [65])
        #expect(key.mark(user: hans, password: [65]) == same)
        #expect(AccountsKey(secret: [1, 2, 4]).mark(user: hans, password: [65]) != same)
    }

    @Test func aFileThatSaysNothingDoesNotGovern() {
        #expect(CredentialsReload.fault(of: nil) == .missing)
        #expect(CredentialsReload.fault(of: parse("")) == .withoutAccounts)
        #expect(CredentialsReload.fault(of: parse("nonsense\n\n")) == .withoutAccounts)
        #expect(CredentialsReload.fault(of: parse("hans falcon")) == nil)
    }
}
