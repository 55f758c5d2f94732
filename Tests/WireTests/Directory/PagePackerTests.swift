import Content
import TestKit
import Testing
import Wire

@Suite struct PagePackerTests {
    private func byteCount(_ answer: DirectoryAnswer) -> Int {
        DirectoryMessage.answer(TransactionID(rawValue: .max), answer).encoded.count
    }

    /// Lists everything as a client does, window after window.
    private func list(_ names: [FileName], wanted: UInt32 = .max, limit: Int = .max) throws -> [FileName] {
        var after: [UInt8] = []
        var listed: [FileName] = []
        while true {
            let rest = names.filter { after.lexicographicallyPrecedes($0.bytes) }.prefix(limit)
            var packer = PagePacker(PageWindow(after: after, wanted: wanted), DirectoryAnswer.names)
            for name in rest { guard packer.add(FoundName(name), key: name.bytes) else { break } }
            let isEnd = rest.last == names.last || rest.isEmpty
            for answer in packer.answers(isEnd: isEnd) {
                #expect(byteCount(answer) <= DirectoryMessage.maximumPlaintext)
                guard case .names(let page) = answer else { throw TestKitError.timedOut("no page of names") }
                #expect(page.after == after)
                listed += page.items.map(\.name)
                after = page.last
                if page.isFinal { return listed }
            }
        }
    }

    @Test func listsAllInOrderWhateverTheirLengths() throws {
        var random = SeededRandom.fresh()
        for count in [0, 1, 2, 50, 2_000] {
            let names = Set(random.list(count...count) { $0.fileName() }).sorted()
            #expect(try list(names) == names, "seed \(random.seed)")
            #expect(try list(names, wanted: 1) == names, "seed \(random.seed)")
            #expect(try list(names, limit: 7) == names, "seed \(random.seed)")
        }
    }

    @Test func sendsOnlyTheWantedPages() throws {
        let names = try (0..<3_000).map { try FileName("name \(100_000 + $0)") }
        func pages(_ wanted: UInt32) -> [Page<FoundName>] {
            var packer = PagePacker(PageWindow(wanted: wanted), DirectoryAnswer.names)
            for name in names { guard packer.add(FoundName(name), key: name.bytes) else { break } }
            return packer.answers(isEnd: true).compactMap { if case .names(let page) = $0 { page } else { nil } }
        }
        let all = pages(.max)
        #expect(all.count == 32 && all.map(\.number) == Array(0..<32))
        #expect(all.allSatisfy { !$0.isFinal && $0.items.count > 50 })
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.last == $1.after })
        #expect(pages(0b1000_0100) == [all[2], all[7]])
        #expect(pages(1 << 31) == [all[31]])
        #expect(pages(0) == [])
    }

    @Test func stopsReadingBehindTheLastWantedPage() throws {
        var packer = PagePacker(PageWindow(wanted: 0b10), DirectoryAnswer.names)
        var added = 0
        while packer.add(FoundName(try FileName("name \(100_000 + added)")), key: Array("name \(100_000 + added)".utf8))
        {
            added += 1
        }
        #expect((100...250).contains(added))
    }

    @Test func anEmptyListIsOneFinalPage() {
        let packer = PagePacker(PageWindow(after: [1]), DirectoryAnswer.peers)
        #expect(
            packer.answers(isEnd: true) == [.peers(Page(number: 0, after: [1], last: [1], isFinal: true, items: []))])
    }

    @Test func theLongestItemsOfEveryKindFitAPage() throws {
        let longest = [UInt8](repeating: 0x78, count: 255)
        let cursor = longest + [UInt8](repeating: 0xFF, count: PageWindow.cursorByteLimit - 255)
        let window = PageWindow(after: cursor)
        let id = PublicationID(rawValue: .max)
        let user = try #require(UserName("abcdefghijklmnop"))
        let content = try #require(ContentID(root: Hash256(hashing: cursor), size: ContentID.maximumSize))
        let name = try #require(FileName(wire: longest))
        let endpoint = try #require(Endpoint(address: Array(cursor.prefix(16)), port: .max))

        func check<Item>(
            _ item: Item, _ wrap: @escaping (Page<Item>) -> DirectoryAnswer, key: [UInt8]? = nil,
            _ otherWindow: PageWindow? = nil
        ) {
            var packer = PagePacker(otherWindow ?? window, wrap)
            for _ in 0..<3 { _ = packer.add(item, key: key ?? cursor) }
            for answer in packer.answers(isEnd: true) {
                #expect(byteCount(answer) <= DirectoryMessage.maximumPlaintext)
            }
        }
        check(user, DirectoryAnswer.peers)
        check(FoundName(name, isFolder: true), DirectoryAnswer.names)
        check(Publication(id: id, parent: id, name: name, content: content), DirectoryAnswer.published)
        check(Finding(publication: id, owner: user, content: content, absentSince: .max), DirectoryAnswer.found)
        check(
            Holder(user: user, endpoints: [Endpoint](repeating: endpoint, count: 8), isWhole: true),
            DirectoryAnswer.holders)
        let path = String(repeating: "x", count: ListedPublication.pathByteLimit)
        let key = Array(cursor.prefix(8))
        check(
            ListedPublication(id: id, owner: user, path: path, name: name, kind: .content(content)),
            DirectoryAnswer.listings, key: key, PageWindow(after: key))
        check(Revocation(serial: .max, user: user, issuedBefore: .max), DirectoryAnswer.revocations)
    }
}
