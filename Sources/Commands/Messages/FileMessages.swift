import Terminal

/// What goes wrong with files on this machine.
extension Message {
    static func noSuchFile(_ path: String, _ verb: Verb) -> Message {
        let hasPattern = path.contains { "*?".contains($0) }
        return Message(
            "There is no file \(SafeText(path)).",
            hint: hasPattern
                ? "Patterns are not expanded here: name each file; the Tab key completes names."
                : "Check the name and the folder; the Tab key completes names."
                    + (verb == .importing ? " Where what the torrent describes is elsewhere: import FILE PATH" : ""),
            exitStatus: .noInput)
    }

    static func noSuchFolder(_ path: String, _ verb: Verb) -> Message {
        let what = "There is no folder \(SafeText(path))."
        switch verb {
        case .importing:
            return Message(what, hint: "Say where it is: import FILE PATH", exitStatus: .noInput)
        case .share:
            return Message(
                what, hint: "Check the name and where it is; the Tab key completes names.", exitStatus: .noInput)
        case .identity:
            return Message(what, hint: "Make it first, or choose another place.", exitStatus: .cannotCreate)
        default:
            return Message(
                what, hint: "Make it first, or choose another place: get NAME --output PATH", exitStatus: .cannotCreate)
        }
    }

    static func notAFolder(_ path: String) -> Message {
        Message(
            "\(SafeText(path)) is a file, and only folders are shared.",
            hint: "What is one file is published: publish \(SafeText(Quoting.quoted(path)))", exitStatus: .noInput)
    }

    static func isDirectory(_ path: String, _ verb: Verb) -> Message {
        switch verb {
        case .publish, .share:
            Message(
                "\(SafeText(path)) has no name under which others could find it.",
                hint: "Name a folder in it that is meant for them.", exitStatus: .noInput)
        default:
            Message(
                "\(SafeText(path)) is a folder.", hint: "Name a file, also one that is not there yet.",
                exitStatus: .cannotCreate)
        }
    }

    static func notRegularFile(_ path: String) -> Message {
        Message(
            "\(SafeText(path)) is not a regular file (but a device, pipe or socket).",
            hint: "Only regular files can be published.", exitStatus: .noInput)
    }

    static func unreadable(_ path: String, _ reason: String) -> Message {
        Message(
            "\(SafeText(path)) cannot be read: \(SafeText(reason)).", hint: "Check its permissions (ls -l).",
            exitStatus: .noInput)
    }

    static func nameTooLong(_ name: String, _ bytes: Int) -> Message {
        Message(
            "The name \(SafeText(name).truncated(to: 40)) has \(bytes) bytes; names have at most 255.",
            hint: "Choose a shorter one; letters beyond a to z take two to four bytes each.", exitStatus: .usage)
    }

    static func nameInvalid(_ name: String) -> Message {
        Message(
            "\"\(SafeText(name))\" cannot be the name of a published file.",
            hint: "A name is not empty, not \".\" or \"..\", and holds no \"/\".", exitStatus: .usage)
    }

    static func changedWhileReading(_ path: String) -> Message {
        Message(
            "\(SafeText(path)) was changed while it was read; nothing was published.",
            hint: "Publish it again when it is no longer written to.", exitStatus: .temporary)
    }

    static func diskFull(_ path: String) -> Message {
        Message(
            "The disk is full: \(SafeText(path)) could not be written.",
            hint: "Make room, then type the same get again: it fetches what is still missing.",
            exitStatus: .cannotCreate)
    }

    static func unwritable(_ path: String, _ reason: String) -> Message {
        Message(
            "\(SafeText(path)) cannot be written: \(SafeText(reason)).",
            hint: "Check what is there and who may write (ls -la), or choose another place: get NAME --output PATH",
            exitStatus: .cannotCreate)
    }

    static func targetExists(_ path: String) -> Message {
        Message(
            "A file \(SafeText(path)) with other content is here already; it was not touched.",
            hint: "Save under another name: get NAME --output PATH", exitStatus: .cannotCreate)
    }

    /// Of standard output.
    static func outputFailed(_ reason: String) -> Message {
        Message(
            "What there is to say cannot be written to standard output: \(SafeText(reason)).",
            hint: "Check where it goes, and whether there is room.", exitStatus: .inputOutput)
    }

    static func recordDamaged(_ path: String) -> Message {
        Message(
            "The record of what you publish from here is damaged: \(SafeText(path)).",
            hint: "\(leave); start it again: it sets the file aside and begins a new one. Where it cannot, "
                + "move the file away yourself. Your publications stay listed; publish the files again.",
            exitStatus: .inputOutput)
    }

    static func partialSpoiled(_ path: String) -> Message {
        Message(
            "What an earlier get had kept of \(SafeText(path)) was changed since by another program, and is thrown away.",
            hint: "The same get starts anew.", exitStatus: .inputOutput)
    }

    static func downloadInProgress(_ path: String) -> Message {
        Message(
            "Another bittrickle is downloading to \(SafeText(path)) just now.", hint: "Wait for it, or end it first.",
            exitStatus: .temporary)
    }
}
