import Content
import Directory
import Wire

/// Hands on to the directory what the administrator asks of a running server.
struct AdminDesk: Sendable {
    let directory: Directory
    let place: ServerPlace
    /// Ends sessions, and logs.
    let perform: @Sendable (DirectoryOutcome) -> Void

    /// Pages of one answer: as JSON, too, they are well below ``AdminLines/longest``.
    private static let pageCount = 8

    func answer(_ request: AdminRequest) async -> AdminAnswer {
        let outcome: DirectoryOutcome
        switch request {
        case .change(let change): outcome = await directory.administer(.change(change))
        case .list(let list, let after):
            guard after.count <= PageWindow.cursorByteLimit else { return .refused(.malformed) }
            let window = PageWindow(after: after, wanted: 1 << UInt32(Self.pageCount) - 1)
            outcome = await directory.administer(.list(list, window))
        }
        perform(outcome)
        switch outcome.answers.first {
        case .done: return .done
        case .invited(let invite): return .invited(invite, server: place)
        case .unpublishResults(let results): return .takenDown(results)
        case .refusal(let refusal): return .refused(refusal)
        default: return part(outcome.answers) ?? .refused(.internalError)
        }
    }

    /// Nil where they are no pages of one list.
    private func part(_ answers: [DirectoryAnswer]) -> AdminAnswer? {
        switch answers.first {
        case .invites:
            collected(answers, AdminPart.invites) { if case .invites(let page) = $0 { page } else { nil } }
        case .members:
            collected(answers, AdminPart.members) { if case .members(let page) = $0 { page } else { nil } }
        case .sessions:
            collected(answers, AdminPart.sessions) { if case .sessions(let page) = $0 { page } else { nil } }
        case .published:
            collected(answers, PublicationEntry.part) { if case .published(let page) = $0 { page } else { nil } }
        case .groups: collected(answers, AdminPart.groups) { if case .groups(let page) = $0 { page } else { nil } }
        case .groupMembers:
            collected(answers, AdminPart.groupMembers) { if case .groupMembers(let page) = $0 { page } else { nil } }
        default: nil
        }
    }

    private func collected<Item>(
        _ answers: [DirectoryAnswer], _ wrap: ([Item]) -> AdminPart, _ page: (DirectoryAnswer) -> Page<Item>?
    ) -> AdminAnswer {
        let pages = answers.compactMap(page)
        let isEnd = pages.last?.isFinal ?? true
        return .part(wrap(pages.flatMap(\.items)), next: isEnd ? nil : pages.last?.last)
    }
}

extension PublicationEntry {
    static func part(_ publications: [Publication]) -> AdminPart { .publications(publications.map(Self.init)) }

    init(_ publication: Publication) {
        self.init(
            name: publication.name, isFolder: publication.isParent || publication.content?.kind == .folder,
            size: publication.content?.size)
    }
}
