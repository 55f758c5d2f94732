import Terminal

/// The commands about what is not for everybody.
extension CommandForm {
    /// Of publish and share.
    static let audience = [
        OptionForm(
            "--to", value: ArgumentForm("names", .member), summary: "only for these members and groups: hans,team"),
        OptionForm("--locked", summary: "others see the name, and may ask you for it"),
        OptionForm("--public", summary: "for everybody again"),
    ]

    static let asks = CommandForm(
        word: "asks", summary: "list who asks for what you have locked",
        explanation: """
            Lists who would like to have what you have published with --locked, each with a number for approve and refuse;
            and what you have asked others for.
            """)

    static let approve = CommandForm(
        word: "approve", usage: "approve NUMBER... [--always]", summary: "let somebody have what he asks for",
        explanation: """
            Lets a member have what he asked for: for a day, or with --always until you publish it for others. asks has the
            numbers.

              approve 7
              approve 7 --always
            """,
        options: [OptionForm("--always", summary: "not only for a day")],
        arguments: [ArgumentForm("number", .text)], isRepeating: true)

    static let refuse = CommandForm(
        word: "refuse", usage: "refuse NUMBER...", summary: "do not let somebody have what he asks for",
        explanation: "Refuses what a member asked for; he can ask again in a day. asks has the numbers.",
        arguments: [ArgumentForm("number", .text)], isRepeating: true)
}
