/// The words for what is found at this computer.
extension HealthFinding {
    package static var networkDown: HealthFinding {
        HealthFinding(
            .networkDown, .problem, "This computer has no address but its own: it is in no network.",
            remedy: "Connect it; ip address shows what it has.")
    }

    package static func clock(milliseconds offset: Int64) -> HealthFinding {
        HealthFinding(.clock, .ok, "The clock agrees with the server's (\(magnitude(offset)) apart).")
    }

    /// - Parameter offset: How far this clock is ahead, in milliseconds.
    package static func clockWrong(milliseconds offset: Int64) -> HealthFinding {
        HealthFinding(
            .clockWrong, .problem,
            "This computer's clock is \(magnitude(offset)) \(offset > 0 ? "ahead of" : "behind") the server's.",
            remedy: "Set the one that is wrong: timedatectl set-ntp true, or date.")
    }

    /// The node of another program of the user's.
    ///
    /// - Parameter process: Its number; nil where nobody knows it.
    package static func programHung(_ member: String, process: Int32?) -> HealthFinding {
        let which = process.map { " (process \($0))" } ?? ""
        let end = process.map { "kill -9 \($0)" } ?? "kill -9 with the number that pgrep -x bittrickle tells"
        return HealthFinding(
            .programHung, .problem,
            "bittrickle runs on this computer as \(member)\(which), and does not answer: it was stopped, hangs, or is "
                + "just starting.",
            remedy: "If it was stopped with Ctrl-Z, have it go on with fg; else end it (\(end)) and start it again.")
    }

    package static func disk(_ path: String, free bytes: Int64) -> HealthFinding {
        HealthFinding(.disk, .ok, "\(path) can be written to, and has \(room(bytes)) free.")
    }

    package static func diskFull(_ path: String) -> HealthFinding {
        HealthFinding(
            .diskFull, .problem, "The disk of \(path) is full.",
            remedy: "Make room: df -h \(path) shows how much there is."
        )
    }

    package static func folderUnwritable(_ path: String, reason: String) -> HealthFinding {
        HealthFinding(
            .folderUnwritable, .problem, "Downloads cannot go to \(path): \(reason).",
            remedy: "Change to another folder with cd, or get with --output PATH.")
    }

    package static func stateUnusable(_ path: String, reason: String) -> HealthFinding {
        HealthFinding(
            .stateUnusable, .problem, "\(path), where bittrickle keeps its state, cannot be used: \(reason).",
            remedy: "Mend its permissions, or set XDG_STATE_HOME to another folder.")
    }

    package static func fileMissing(_ path: String, as name: String) -> HealthFinding {
        HealthFinding(
            .fileMissing, .problem, "\(path) is published, but not there any more: nobody gets it from here.",
            remedy: "Put it back, or withdraw it: bittrickle unpublish \(quoted(name))")
    }

    package static func fileUnreadable(_ path: String, reason: String) -> HealthFinding {
        HealthFinding(
            .fileUnreadable, .problem, "\(path) cannot be read: \(reason). Nobody gets it from here.",
            remedy: "Let yourself read it: chmod u+r \(quoted(path))")
    }

    package static func shareMissing(_ path: String) -> HealthFinding {
        HealthFinding(
            .shareMissing, .problem, "The folder \(path) is shared, but not there any more.",
            remedy: "Put it back, or share it no longer: bittrickle unshare \(quoted(path))")
    }

    package static func descriptorsFew(_ limit: Int) -> HealthFinding {
        HealthFinding(
            .descriptorsFew, .note, "This program may have \(limit) files and connections open, which is few.",
            remedy: "Start it after ulimit -n 4096, or with LimitNOFILE=4096 in its unit.")
    }

    package static var uploadsOff: HealthFinding {
        HealthFinding(
            .uploadsOff, .note, "The limit upwards is 0: nobody gets anything from here.",
            remedy: "bittrickle limit up none")
    }

    package static func proxyUsed(_ proxy: String) -> HealthFinding {
        HealthFinding(
            .proxyUsed, .note,
            "Connections go out through the proxy \(proxy), by which nobody can dial this computer.",
            remedy: "Where that is not wanted: unset all_proxy, or name in no_proxy what needs none.")
    }

    package static func unfinished(_ what: String) -> HealthFinding {
        HealthFinding(.unfinished, .note, "Not known in time: \(what).", remedy: "Run it once more.")
    }

    static func quoted(_ text: String) -> String {
        text.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
            ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static func room(_ bytes: Int64) -> String {
        bytes >> 30 < 10 ? "\(bytes >> 20) MiB" : "\(bytes >> 30) GiB"
    }

    private static func magnitude(_ milliseconds: Int64) -> String {
        let seconds = milliseconds.magnitude / 1_000
        return switch seconds {
        case 0: "\(milliseconds.magnitude) ms"
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3_600) hours"
        default: "\(seconds / 86_400) days"
        }
    }
}
