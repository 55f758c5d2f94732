import Terminal

/// One's home folder has keys, histories and letters in it: it is not given to others by mistake.
extension CommandRun {
    /// Whether a path may be published or shared: one that is the home folder, or holds it, where that was asked about and
    /// meant. Says so where not.
    func mayBeGiven(_ path: String, by verb: Verb) async -> Bool {
        guard let home, home.hasPrefix("/") else { return true }
        let (place, own) = (RealPath(path, in: directory), RealPath(home))
        guard place.holds(own), !asking.manner.isAgreed else { return true }
        let isItself = own.holds(place)
        guard asking.isPerson else {
            voice.fail(.homeUnasked(place, isItself: isItself, verb), nil)
            return false
        }
        return await asking.agrees(DialogueLines.giveHome(place, isItself: isItself, verb))
    }
}

extension Message {
    /// What is the matter with such a path, and what of it others would get.
    fileprivate static func homeFolder(_ place: RealPath, isItself: Bool, _ verb: Verb) -> (what: String, rest: String)
    {
        (
            "\(SafeText(place.text)) \(isItself ? "is" : "holds") your home folder",
            verb == .share ? "all that is in it but what is hidden" : "all that is in it, hidden files such as keys too"
        )
    }

    /// Where nobody can be asked.
    fileprivate static func homeUnasked(_ place: RealPath, isItself: Bool, _ verb: Verb) -> Message {
        let (what, rest) = homeFolder(place, isItself: isItself, verb)
        return Message(
            "\(what): others would get \(rest).",
            hint: "Name a folder in it that is meant for them. With --yes it is done all the same.", exitStatus: .usage)
    }
}

extension DialogueLines {
    fileprivate static func giveHome(_ place: RealPath, isItself: Bool, _ verb: Verb) -> String {
        let (what, rest) = Message.homeFolder(place, isItself: isItself, verb)
        return "\(what): others would get \(rest). \(verb == .share ? "Share" : "Publish") it? [y/N] "
    }
}
