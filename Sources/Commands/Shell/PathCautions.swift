import NodeControl
import Terminal

/// What one does not mean to give to others is not given by mistake.
extension CommandRun {
    /// Whether a path may be published or shared: one of which there is a ``PathCaution``, where that was asked about and
    /// meant. Says so where not.
    func mayBeGiven(_ path: String, by verb: Verb) async -> Bool {
        let place = RealPath(path, in: directory)
        guard !asking.manner.isAgreed, let caution = await PathCaution.of(place, home: home) else { return true }
        guard asking.isPerson else {
            voice.fail(.unasked(place, caution, verb), nil)
            return false
        }
        return await asking.agrees(DialogueLines.give(place, caution, verb))
    }
}

extension Message {
    /// What is the matter with such a path, and what of it others would get.
    fileprivate static func why(
        _ place: RealPath, _ caution: PathCaution, _ verb: Verb
    ) -> (what: String, rest: String) {
        let (name, isShared) = (SafeText(place.text), verb == .share)
        let all = isShared ? "all that is in it but what is hidden" : "all that is in it"
        return switch caution {
        case .home, .aroundHome:
            (
                "\(name) \(caution == .home ? "is" : "holds") your home folder",
                isShared ? all : "\(all), hidden files such as keys too"
            )
        case .hiddenInHome:
            ("\(name) is hidden in your home folder, where programs keep keys and passwords", all)
        case .homeOfOther, .aroundHomes:
            (
                "\(name) \(caution == .homeOfOther ? "is somebody's home folder" : "holds home folders") on this computer",
                isShared ? all : "\(all), hidden files such as keys too"
            )
        case .hiddenInHomeOfOther:
            ("\(name) is hidden in somebody's home folder, where programs keep keys and passwords", all)
        case .settings: ("\(name) belongs to this computer's settings, with keys and passwords", all)
        case .aroundSettings: ("\(name) holds this computer's settings, with keys and passwords", all)
        }
    }

    /// Where nobody can be asked.
    fileprivate static func unasked(_ place: RealPath, _ caution: PathCaution, _ verb: Verb) -> Message {
        let (what, rest) = why(place, caution, verb)
        return Message(
            "\(what): others would get \(rest).",
            hint: "Name what is meant for them. With --yes it is done all the same.", exitStatus: .usage)
    }
}

extension DialogueLines {
    fileprivate static func give(_ place: RealPath, _ caution: PathCaution, _ verb: Verb) -> String {
        let (what, rest) = Message.why(place, caution, verb)
        return "\(what): others would get \(rest). \(verb == .share ? "Share" : "Publish") it? [y/N] "
    }
}
