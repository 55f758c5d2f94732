import Directory
import TestKit
import Testing
import Wire

/// Words in names, held against a comparison at every place of each: the words begin and end anywhere, also where a
/// segment's text does.
@Suite struct SoughtWordTests {
    private static let letters = Array("abAB@[`{ é")

    private static func text(_ lengths: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        String((0..<Int.random(in: lengths, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
    }

    private static func lower(_ text: String) -> [UInt8] { Array(text.lowercased().utf8) }

    private static func stands(_ word: [UInt8], in name: [UInt8]) -> Bool {
        name.count >= word.count
            && (0...name.count - word.count).contains { Array(name[$0..<$0 + word.count]) == word }
    }

    @Test(arguments: [false, true]) func everyPlaceIsLookedAt(ignoringCase: Bool) throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let (index, view) = (ActiveIndex(headLimit: 16, segmentLimit: 64), PresenceView())
        let names = try (0..<300).map { _ in
            try FileName(Self.text(0...80, &random) + "x")
        }
        index.enter(
            names.enumerated().map { number, name in
                let id = PublicationID(rawValue: Int64(number))
                return IndexedPublication(id: id, top: id, owner: 1, name: name, size: 1, time: 1)
            })
        view.serve(names.indices.map { PublicationID(rawValue: Int64($0)) })
        for _ in 0..<500 {
            let word = Self.text(1...20, &random)
            let query = SearchQuery(words: [Array(word.utf8)], ignoresCase: ignoringCase)
            let found = index.find(
                query, owner: nil, by: Searcher(number: 9, names: [], now: 0), from: 0, view: view
            ) { _ in [] }
            let expected = names.indices.filter {
                ignoringCase
                    ? Self.stands(Self.lower(word), in: Self.lower(names[$0].text))
                    : Self.stands(Array(word.utf8), in: names[$0].bytes)
            }
            #expect(Set(found.ids.map { Int($0.rawValue) }) == Set(expected), "\(word), seed \(seed)")
        }
    }
}
