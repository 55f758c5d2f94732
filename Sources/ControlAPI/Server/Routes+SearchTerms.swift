import Hummingbird
import NodeControl

extension Routes {
    /// What a request looks for, as ``SearchParameters`` has it.
    func searchTerms(_ request: Request) throws -> SearchTerms {
        let words = try queries(SearchParameters.word, request)
        guard words.count <= SearchTerms.wordLimit else {
            throw HTTPError(.badRequest, message: "at most \(SearchTerms.wordLimit) words can be looked for")
        }
        let extensions = try queries(SearchParameters.kind, request).flatMap { word in
            guard let extensions = FileKind.extensions(of: word) else {
                throw HTTPError(.badRequest, message: "kind is neither a kind of file nor an extension")
            }
            return extensions
        }
        guard extensions.count <= SearchTerms.extensionLimit else {
            throw HTTPError(.badRequest, message: "these are too many kinds of files at once")
        }
        return SearchTerms(
            words: words, ignoresCase: try flag(SearchParameters.anyCase, request),
            leastSize: try number(SearchParameters.leastSize, request),
            greatestSize: try number(SearchParameters.greatestSize, request),
            newerThan: try number(SearchParameters.newer, request),
            olderThan: try number(SearchParameters.older, request), extensions: extensions,
            owner: try owner(request), order: try order(request),
            isReversed: try flag(SearchParameters.reversed, request))
    }

    /// As members' names are, so that a word that can be none is told from one that nobody has.
    private func owner(_ request: Request) throws -> String? {
        guard let name = try optionalQuery(SearchParameters.owner, request) else { return nil }
        guard (1...16).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw HTTPError(.badRequest, message: "owner is no member's name")
        }
        return name
    }

    private func order(_ request: Request) throws -> SearchTerms.Order {
        guard let text = try optionalQuery(SearchParameters.order, request) else { return .name }
        guard let order = SearchTerms.Order(rawValue: text) else {
            let all = SearchTerms.Order.allCases.map(\.rawValue).joined(separator: ", ")
            throw HTTPError(.badRequest, message: "sort is one of \(all)")
        }
        return order
    }

    private func number(_ name: String, _ request: Request) throws -> Int64? {
        guard let text = try optionalQuery(name, request) else { return nil }
        guard let number = Int64(text), number >= 0, text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw HTTPError(.badRequest, message: "\(name) is no number, or below 0")
        }
        return number
    }

    private func flag(_ name: String, _ request: Request) throws -> Bool {
        switch try optionalQuery(name, request) {
        case nil, "false": false
        case "true": true
        default: throw HTTPError(.badRequest, message: "\(name) is true or false")
        }
    }
}
