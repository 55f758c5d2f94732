import NodeControl
import Terminal

/// What is not to be had from the others.
extension Message {
    static func notPublished(_ name: String) -> Message {
        let isPath = ["/", "./", "../"].contains { name.hasPrefix($0) }
        return Message(
            "You have not published \(SafeText(name)).",
            hint: isPath
                ? "Give the name that published lists, not the path; a folder that is shared goes by its path, too: unshare PATH"
                : "published lists what you have published.",
            exitStatus: .unavailable)
    }

    static func memberAway(_ name: String) -> Message {
        Message(
            "\(SafeText(name)) is not online, so there is nothing to see.", hint: "peers lists who is there.",
            exitStatus: .unavailable)
    }

    static func notFound(
        _ name: String, _ absent: [AbsentOwner], now: Int64, isGet: Bool = false
    ) -> Message {
        guard !absent.isEmpty else {
            if let message = nothingChosen(name) { return message }
            return Message(
                "Nobody who is online has published \(SafeText(name)).",
                hint: unknownName,
                exitStatus: .unavailable)
        }
        guard absent.contains(where: \.isOnline) else {
            return Message(
                "\(SafeText(name)) is published by \(named(absent, now: now)), but \(absent.count == 1 ? "is not to be had just now" : "none of them is online").",
                hint:
                    "Try again when \(absent.count == 1 ? "its owner" : "one of them") is back\(isGet ? ", or get it with --background: then it waits in the queue." : "; peers lists who is there.")",
                exitStatus: .unavailable)
        }
        return Message(
            "\(SafeText(name)) is published by \(named(absent, now: now)), but is not to be had just now.",
            hint: "Who is online may give nothing (limit up 0) or not find the file: ask, or try again later.",
            exitStatus: .unavailable)
    }

    /// Where nobody has anything under a name that ends as if an owner or a root were to follow. Nil for any other name.
    static func nothingChosen(_ name: String) -> Message? {
        let plain = String(name.dropLast())
        guard let last = name.last, !plain.isEmpty, plain.last != "/", last == "@" || last == "#" else { return nil }
        let (what, how, example) =
            last == "@" ? ("owner", "Say whose it is", "hans") : ("root", "Give the root's first digits", "1170c893")
        return Message(
            "There is no \(SafeText(name)), and no \(what) behind the \(last).",
            hint: "\(how), as in \(SafeText(plain))\(last)\(example), or leave the \(last) away.",
            exitStatus: .unavailable)
    }

    private static let unknownName = "search with a part of the name finds what there is; upper and lower case count."

    static func named(_ absent: [AbsentOwner], now: Int64) -> String {
        let owners = absent.prefix(mostOwners).map { owner in
            if owner.isOnline { return "\(SafeText(owner.name)) (online, but gives nothing of it)" }
            guard let since = owner.since else { return "\(SafeText(owner.name)) (offline)" }
            guard now - since >= 60_000 else { return "\(SafeText(owner.name)) (offline since a moment ago)" }
            let period = HumanUnits.period(milliseconds: now - since)
            return "\(SafeText(owner.name)) (offline for \(period))"
        }
        let more = absent.count > mostOwners ? " and \(absent.count - mostOwners) more" : ""
        return owners.joined(separator: ", ") + more
    }

    static func ambiguous(_ name: String, _ choices: [ContentChoice], _ verb: Verb) -> Message {
        // Where all are one owner's, as files of one name in several of his folders, he is no choice.
        let owners = Set(choices.flatMap(\.owners))
        let only = owners.count == 1 ? owners.first : nil
        let base = only.flatMap { name.hasSuffix("@\($0)") ? String(name.dropLast($0.count + 1)) : nil } ?? name
        return Message(
            (["\(SafeText(name)) stands for \(choices.count) different contents:"] + rows(choices))
                .joined(separator: "\n"),
            hint: only == nil
                ? "Choose one by owner or by root, such as: " + ways(name, choices, verb)
                : "Choose one by root, such as: \(ways(base, choices, verb, byOwner: false)); search --long shows where each stands.",
            exitStatus: .usage)
    }

    /// - Parameter choice: `@owner` or `#root`.
    static func noSuchChoice(
        _ name: String, _ choice: String, _ choices: [ContentChoice], _ absent: [AbsentOwner], now: Int64,
        verb: Verb
    ) -> Message {
        let wanted = SafeText(String(choice.dropFirst())).truncated(to: 64)
        let but = choice.hasPrefix("@") ? "not by \(wanted)" : "not with a root that begins with \(wanted)"
        if choices.isEmpty, absent.isEmpty {
            return Message(
                "Nobody else who is online has published \(SafeText(name)), nor \(SafeText(name + choice)).",
                hint: unknownName, exitStatus: .unavailable)
        }
        guard !choices.isEmpty else {
            return Message(
                "\(SafeText(name)) is published\(absent.isEmpty ? "" : " by \(named(absent, now: now))"), but \(but).",
                hint: "Try again without the choice when one of them is back; peers lists who is there.",
                exitStatus: .unavailable)
        }
        let how = absent.contains(where: \.isOnline) ? "not to be had" : "away"
        let away = absent.isEmpty ? [] : ["  and, \(how) just now, \(named(absent, now: now))"]
        return Message(
            (["\(SafeText(name)) is published, but \(but). What there is:"] + rows(choices) + away)
                .joined(separator: "\n"),
            hint: "Choose by owner or by root, such as: " + ways(name, choices, verb), exitStatus: .unavailable)
    }

    /// A line for each content.
    private static func rows(_ choices: [ContentChoice]) -> [String] {
        let shown = choices.prefix(mostChoices)
        let digits = shortestDistinct(choices.map(\.root))
        let sizes = shown.map { HumanUnits.size($0.size) }
        let widest = sizes.map(\.count).max() ?? 0
        let rows = zip(shown, sizes).map { choice, size in
            let owners = choice.owners.prefix(mostOwners).map { SafeText($0).text }.joined(separator: ", ")
            let more = choice.owners.count > mostOwners ? " and \(choice.owners.count - mostOwners) more" : ""
            let padding = String(repeating: " ", count: widest - size.count)
            return "  #\(choice.root.prefix(digits))  \(padding)\(size)  \(owners)\(more)"
        }
        return rows + (choices.count > mostChoices ? ["  and \(choices.count - mostChoices) more"] : [])
    }

    /// The commands that choose the first of them.
    private static func ways(
        _ name: String, _ choices: [ContentChoice], _ verb: Verb, byOwner: Bool = true
    ) -> String {
        let digits = shortestDistinct(choices.map(\.root))
        let rest = verb == .export ? " FILE" : ""
        var ways: [String] = []
        func add(_ choice: String) { ways.append("\(verb.rawValue) \(Quoting.quoted("\(name)\(choice)"))\(rest)") }
        if byOwner, let owner = choices.first?.owners.first { add("@\(owner)") }
        if let root = choices.first?.root { add("#\(root.prefix(digits))") }
        return ways.map { SafeText($0).text }.joined(separator: "  or  ")
    }

    static func notHashedYet(_ name: String, _ owner: String) -> Message {
        Message(
            "\(SafeText(owner)) has announced \(SafeText(name)), but not read it yet.", hint: "Try again in a while.",
            exitStatus: .temporary)
    }

    /// - Parameter isWithdrawn: By all who had it, so that the same is hardly to be had again.
    static func sourcesLost(
        _ name: String, _ partial: String, _ done: Int64, _ total: Int64, _ reasons: [String], isWithdrawn: Bool
    ) -> Message {
        let goesOn =
            isWithdrawn
            ? ", for when somebody has the same again."
            : "; the same get goes on from there when somebody has it."
        let why = reasons.isEmpty ? "" : ": " + reasons.prefix(3).map { SafeText($0).text }.joined(separator: "; ")
        return Message(
            "\(SafeText(name)): nobody is left to get it from\(why).",
            hint: done == 0
                ? "Nothing had arrived. If it was published anew just now, the same get finds it."
                : "\(HumanUnits.size(done)) of \(HumanUnits.size(total)) are kept in \(SafeText(partial))\(goesOn)",
            exitStatus: .unavailable)
    }

    static var cancelled: Message {
        Message("Interrupted.", exitStatus: .interrupted)
    }

    static let downloadInterrupted = Message(
        "Interrupted. What has arrived is kept; the same get goes on from there.", exitStatus: .interrupted)

    /// - Parameter links: Members, and which ways open links lead to them.
    static func linked(_ links: [(member: String, paths: [LinkKind])]) -> String {
        let texts = links.map { "\(SafeText($0.member)) (\($0.paths.map(\.rawValue).joined(separator: ", ")))" }
        return "Linked now: \(texts.joined(separator: ", "))."
    }

    /// To whom one owes a file, or the files of a folder: nobody, where all of it was here.
    static func fetched(_ size: Int64, files: Int?, from sources: [String]) -> String {
        let named = sources.prefix(mostOwners).map { SafeText($0).text }.joined(separator: ", ")
        let more = sources.count > mostOwners ? " and \(sources.count - mostOwners) more" : ""
        let count = files.map { "\(HumanUnits.counted(Int64($0), "file")), " } ?? ""
        guard !sources.isEmpty else { return "\(count)\(HumanUnits.size(size)), all of it here already, verified." }
        return "\(count)\(HumanUnits.size(size)) from \(named)\(more), verified."
    }

    /// Where a file went that was to be saved elsewhere than under its own name.
    static func saved(_ path: String) -> String { "Saved as \(SafeText(path))." }

    /// Heads what is said about one of several.
    static func about(_ item: String) -> String { "\(SafeText(item)):" }

    /// Where there is nothing of any of several names.
    static func quotesMissing(_ verb: Verb, _ name: String) -> String {
        "If that is one name, put it in quotes: \(verb) \(SafeText(Quoting.quoted(name)))"
    }

    static func alreadyThere(_ path: String) -> String {
        "\(SafeText(path)) is here already, with identical content; nothing was fetched."
    }

    static func internalError(_ detail: String) -> Message {
        Message(
            "Something went wrong inside bittrickle: \(SafeText(detail)).",
            hint: "This is a fault of the program; please report it with this line.", exitStatus: .internalError)
    }

    /// Owners and contents named at most: a list that scrolls away helps nobody.
    private static let mostOwners = 5
    private static let mostChoices = 20

    /// How many digits tell the roots apart: eight at least.
    private static func shortestDistinct(_ roots: [String]) -> Int {
        var digits = 8
        while digits < 64, Set(roots.map { $0.prefix(digits) }).count < Set(roots).count { digits += 4 }
        return digits
    }
}
