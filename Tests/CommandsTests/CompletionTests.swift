import Commands
import Testing

@Suite struct CompletionTests {
    @Test(arguments: [
        ("x", "it "), ("l", ""), ("lp", "f "), ("se", "arch"), ("get a", ".pdf "), ("get m", "y\\ no"),
        ("get my\\ not", "es.txt "),
        ("get \"my not", "es.txt\" "), ("get 'm", "y no"), ("get gr", "öße"), ("get größer", ".txt "), ("get z", ""),
        ("get a.pdf --output s", "ub/"), ("pub s", "ub/"), ("pub sub/", "deep.txt "), ("pub i", "t\\'s.txt "),
        ("pub .h", "idden "), ("pub ~/n", "otes.txt "), ("pub a.pdf a", ".pdf "), ("unp m", "ine.txt "),
        ("unp ", "mine.txt "),
        ("pause fi", "lm.mkv "), ("cancel a film", ".mkv "),
        ("queue f", "ilm.mkv "), ("queue film.mkv fi", "rst "), ("limit s", "lots "), ("limit film.mkv u", "p "),
        ("limit f", "ilm.mkv "), ("limit up f", ""), ("export mi", "ne.txt "), ("export mine.txt s", "ub/"),
        ("identity s", "ub/"),
        ("import sub/d", "eep.txt "),
        ("import a.pdf s", "ub/"), ("i", ""), ("help x", "it "), ("lap ", ""), ("sch m", ""), ("pub a\\", ""),
        ("get --ou", "tput "), ("get a.pdf --b", "ackground "), ("get -- --ou", ""), ("identity s", "ub/"),
        ("lap --j", "son "), ("limit up ", ""), ("identity --days ", ""), ("nothing a", ""),
        ("get a.pdf --output=s", "ub/"), ("get --output=sub/d", "eep.txt "), ("get --output=sub/deep.txt m", "y\\ no"),
        ("get -- --output=s", ""), ("get --colour=s", ""), ("lap --json=", ""),
    ]) func inserts(text: String, expected: String) {
        #expect(Completion(of: text, from: Offer.sources).inserted == expected)
    }

    @Test func lists() {
        #expect(Completion(of: "l", from: Offer.sources).candidates == ["lap", "limit", "lpf", "lss"])
        #expect(Completion(of: "get my\\ no", from: Offer.sources).candidates == ["my notes.txt", "my novel.txt"])
        #expect(Completion(of: "pub ", from: Offer.sources).candidates == ["a.pdf", "it's.txt", "sub/"])
        #expect(Completion(of: "", from: Offer.sources).candidates.count == 32)
        #expect(
            Completion(of: "lap --", from: Offer.sources).candidates == ["--json", "--quiet", "--verbose", "--yes"])
        #expect(Completion(of: "pub", from: Offer.sources).inserted == " ")
        #expect(Completion(of: "publ", from: Offer.sources).inserted == "ish")
        #expect(Completion(of: "publish", from: Offer.sources).candidates == ["publish", "published"])
        #expect(Completion(of: "unpu", from: Offer.sources).inserted == "blish ")
    }
}

private enum Offer {
    static let sources: Completion.Sources = {
        var sources = Completion.Sources()
        sources.found = ["a.pdf", "my notes.txt", "my novel.txt", "größe.txt", "größer.txt"]
        sources.published = ["mine.txt"]
        sources.transfers = ["film.mkv"]
        sources.home = "/home/hans"
        sources.files = { folder in
            switch folder {
            case "": ["a.pdf", "sub/", ".hidden", "it's.txt"]
            case "sub/": ["deep.txt"]
            case "/home/hans/": ["notes.txt"]
            default: []
            }
        }
        return sources
    }()
}
