import Connectivity

/// How a link's inbound messages ended.
enum LinkEnd: Equatable {
    case finished
    case failed(LinkFailure)

    init(of link: AuthenticatedLink) async throws {
        do {
            try await drain(link)
            self = .finished
        } catch let failure as LinkFailure {
            self = .failed(failure)
        }
    }
}
