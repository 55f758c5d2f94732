import Terminal

/// What is not for everybody.
extension Message {
    static func locked(_ name: String, _ owner: String) -> Message {
        let quoted = Quoting.quoted(SafeText(name).description)
        return Message(
            "\(SafeText(name)) is locked: \(SafeText(owner)) has it for others.",
            hint: "Ask for it: get \(quoted) --ask", exitStatus: .noPermission)
    }

    static func askedAlready(_ name: String, _ owner: String) -> String {
        "\(SafeText(owner)) was asked for \(SafeText(name)) before, and has not answered yet. You are told of the answer; asks "
            + "lists what you asked for."
    }

    static func askRefused(_ name: String) -> Message {
        Message(
            "\(SafeText(name)) was refused to you less than a day ago.", hint: "Its owner can be asked again later.",
            exitStatus: .noPermission)
    }

    static func noSuchAsk(_ number: Int64) -> Message {
        Message(
            number > 0 ? "Nobody asks anything under the number \(number)." : "Questions have numbers.",
            hint: "asks lists them.", exitStatus: .usage)
    }

    static func noSuchReader(_ name: String) -> Message {
        Message(
            "Neither a member nor a group is called \(SafeText(name).truncated(to: 60)).",
            hint: "Mind upper and lower case; several names go with commas between them: --to hans,team",
            exitStatus: .usage)
    }

    /// Notices.
    static func asked(_ id: Int64, _ name: String, _ member: String) -> String {
        "\(SafeText(member)) asks for \(SafeText(name)): approve \(id), or refuse \(id)."
    }

    static func answered(_ name: String, _ owner: String, isGranted: Bool) -> String {
        isGranted
            ? "\(SafeText(owner)) lets you have \(SafeText(name)): get \(Quoting.quoted(SafeText(name).description))"
            : "\(SafeText(owner)) does not let you have \(SafeText(name))."
    }
}
