package import Terminal

/// The commands of the shell, which can be given on the command line as well.
package enum Verb: String, CaseIterable, Sendable, CustomStringConvertible {
    case get, peers, published, publish, search, searches, unpublish, browse
    case share, unshare, shares
    case asks, approve, refuse
    case queue, pause, resume, cancel, limit
    case export
    case importing = "import"
    case identity, passwd, devices, block, unblock, config, admin, status, doctor, help
    /// Leaves the shell.
    case xit

    /// What `cancel` takes for all that are.
    static let finished = "finished"

    /// As it is typed.
    package var description: String { rawValue }

    /// All that may be typed: for each the shorter word, then the longer ones.
    package static let words =
        allCases.map { $0.form.alias ?? $0.rawValue } + allCases.filter { $0.form.alias != nil }.map(\.rawValue)

    /// Short ones first: full ones only where no short one begins so.
    package static func words(beginning start: String) -> [String] {
        let short = allCases.map { $0.form.alias ?? $0.rawValue }
        return short.contains { $0.hasPrefix(start) } ? short : words
    }

    /// Takes the full word or the short one.
    package init?(word: String) {
        guard let verb = Verb(rawValue: word) ?? Self.allCases.first(where: { $0.form.alias == word }) else {
            return nil
        }
        self = verb
    }

    package var form: CommandForm {
        switch self {
        case .get: .get
        case .peers: .peers
        case .published: .published
        case .publish: .publish
        case .search: .search
        case .searches: .searches
        case .unpublish: .unpublish
        case .browse: .browse
        case .share: .share
        case .unshare: .unshare
        case .shares: .shares
        case .asks: .asks
        case .approve: .approve
        case .refuse: .refuse
        case .queue: .queue
        case .pause: .pause
        case .resume: .resume
        case .cancel: .cancel
        case .limit: .limit
        case .export: .export
        case .importing: .importing
        case .identity: .identity
        case .passwd: .passwd
        case .devices: .devices
        case .block: .block
        case .unblock: .unblock
        case .config: .config
        case .admin: .admin
        case .status: .status
        case .doctor: .doctor
        case .help: .help
        case .xit: .xit
        }
    }

    /// All, with what each takes.
    package static let group = FormGroup(
        "Commands in a network", allCases.map(\.form), common: Manner.options)

    /// With its short word.
    package var usage: String { form.usage + (form.alias.map { " (or \($0))" } ?? "") }

    /// What `help VERB` says.
    package func page(columns: Int) -> String {
        let options = form.options.map { TextLayout.Row(left: $0.usage, right: $0.summary) }
        var lines = [TextLayout.page("\(usage)\n\n\(form.explanation)", columns: columns)]
        if !options.isEmpty { lines += ["", "Options:"] + TextLayout.table(options, columns: columns) }
        let common = Manner.options.map(\.long).joined(separator: ", ")
        let note =
            "As every command it also takes \(common), and on the command line \(StartOptions.network.long): see help."
        lines += [""] + TextLayout.paragraph(note, columns: columns)
        return lines.joined(separator: "\n")
    }
}
