import Commands
import FoundationEssentials
import NodeControl
import PeerNode
import Proxies
import Testing
import Wire

/// Every failure and every notice has a sentence that says something, safely.
@Suite struct MessageTests {
    /// What a hostile name could be.
    static let evil = "\u{1B}]0;x\u{7}\n\u{202E}"

    static let allFailures: [NodeFailure] = [
        .networkReplaced(address: evil, expected: evil, found: evil), .stateUnusable(path: evil, reason: evil),
        .recordDamaged(path: evil),
        .noSuchChoice(name: evil, choice: "@" + evil, choices: [], absent: [AbsentOwner(name: evil, since: 0)]),
        .noSuchChoice(
            name: evil, choice: "#" + evil,
            choices: [ContentChoice(size: 1, root: String(repeating: "a", count: 64), owners: [evil])], absent: []),
        .serverAway(address: evil), .serverBusy(retryAfterMilliseconds: 1), .authenticationFailed,
        .onlineElsewhere(user: evil, place: evil), .accountDisabled(user: evil),
        .slowDown(retryAfterMilliseconds: 61_000), .notSignedIn, .expelled,
        .notAllowed, .noSuchMember(evil), .noSuchInvite, .noSuchGroup(evil), .noSuchDevice(evil), .accountOfFile(evil),
        .lastAdmin, .limitReached(limit: 5), .invitationUnfit,
        .quotaReached(limit: 5), .serverDiskFull, .serverFailed, .serverMisbehaved(detail: evil),
        .noSuchFile(path: evil), .noSuchFolder(path: evil), .isDirectory(path: evil),
        .notRegularFile(path: evil), .unreadable(path: evil, reason: evil), .nameTooLong(name: evil, bytes: 300),
        .nameInvalid(name: evil), .changedWhileReading(path: evil), .diskFull(path: evil),
        .unwritable(path: evil, reason: evil), .targetExists(path: evil), .downloadInProgress(path: evil),
        .partialSpoiled(path: evil),
        .notPublished(name: evil), .notFound(name: evil, absent: []),
        .notFound(name: evil, absent: Array(repeating: AbsentOwner(name: evil, since: 0), count: 50)),
        .ambiguous(
            name: evil,
            choices: (0..<50).map { ContentChoice(size: $0, root: String(repeating: "a", count: 64), owners: [evil]) }),
        .notHashedYet(name: evil, owner: evil),
        .sourcesLost(name: evil, partial: evil, done: 1, total: 2, reasons: [evil], missed: [evil]), .cancelled,
        .internalError(detail: evil), .alreadyExists(path: evil), .notWritten(path: evil, reason: evil),
        .foreignIdentity(folder: evil), .torrentUnusable(path: evil, fault: .malformed(evil)),
        .torrentUnusable(path: evil, fault: .tooLarge(limit: 1 << 20)),
        .torrentUnusable(path: evil, fault: .onlyVersionOne),
        .folderUnpublishable(path: evil, fault: .empty), .folderUnpublishable(path: evil, fault: .tooMuch),
        .folderUnpublishable(path: evil, fault: .tooDeep), .folderUnpublishable(path: evil, fault: .ownState),
        .contentDiffers(path: evil, torrent: evil, difference: .missing),
        .contentDiffers(path: evil, torrent: evil, difference: .notDescribed, others: 1),
        .contentDiffers(path: evil, torrent: evil, difference: .isFolder),
        .contentDiffers(path: evil, torrent: evil, difference: .isNoFolder, others: 2),
        .noSuchChoice(name: evil, choice: "@" + evil, choices: [], absent: []),
        .contentDiffers(path: evil, torrent: evil, difference: .size(expected: 1, found: 2)),
        .contentDiffers(
            path: evil, torrent: evil, difference: .piece(number: 1, count: 2, offset: 16_384, length: 16_384)),
        .noSuchTransfer(evil), .severalTransfers(name: evil, numbers: [1, 2]), .queueFull(limit: 1),
        .severalTransfers(name: evil, numbers: [1], places: [evil]),
        .transferFinished(name: evil), .queuedAlready(number: 1, path: evil), .leftRunning(name: evil, number: 1),
        .pausedElsewhere(name: evil), .cancelledElsewhere(name: evil),
        .notFound(name: evil, absent: [AbsentOwner(name: evil, since: 0, isOnline: true)]),
        .piecesUnknown(name: evil), .nothingToFetch(name: evil), .nodeLeft,
        .folderUnpublishable(path: evil, fault: .ownFile), .folderUnpublishable(path: evil, fault: .serverKey),
        .folderUnpublishable(path: evil, fault: .identityKey), .notAFolder(path: evil),
        .folderUnpublishable(path: evil, fault: .serverState), .notInFolder(name: evil, path: evil),
        .folderUnusable(name: evil), .memberAway(name: evil), .publishedAlready(name: evil),
        .sharedAlready(name: evil), .shareOverlaps(path: evil, other: evil), .notShared(path: evil),
        .severalFolders(name: evil, owners: [evil, evil]), .severalFolders(name: evil, owners: [evil]),
        .sharedFolder(name: evil), .sharedFolderTooLarge(name: evil, limit: 10_000),
        .filesMissing(
            name: evil, missing: 2, of: 5,
            first: [MissingFile(name: evil, reason: .notHashedYet(name: evil, owner: evil))]),
        .portUnusable(port: 4_001, fault: .taken),
        .portUnusable(port: 80, fault: .notAllowed),
    ]

    @Test(arguments: allFailures) func failures(failure: NodeFailure) {
        let message = Message(failure, now: 0)
        #expect(message.what.hasSuffix(".") || message.what.contains("\n"))
        #expect(failure == .cancelled || message.hint != nil)
        #expect(message.exitStatus != .success)
        #expect(Self.isSafe(message.text))
        #expect(message.text.count < 4_000)
    }

    @Test(arguments: [
        NodeNotice.serverAway(address: evil), .serverBack(address: evil), .expelled,
        .withdrawn(name: evil, reason: evil), .networkReplaced(address: evil, expected: evil, found: evil),
        .superseded(name: evil, path: evil), .recordSetAside(path: evil, setAside: evil),
        .republished(name: evil), .notServed(name: evil, reason: evil),
        .outOfReach(folder: evil, paths: [evil], count: 3),
        .sourceLied(name: evil, source: evil, block: 3), .sourceLost(name: evil, source: evil, reason: evil),
        .downloaded(name: evil, path: evil), .downloadFailed(name: evil, failure: .diskFull(path: evil)),
        .clockOff(milliseconds: 7_200_000), .clockOff(milliseconds: .min),
        .listensElsewhere(wanted: 4_001, port: 35_485, fault: .taken),
    ]) func notices(notice: NodeNotice) {
        let text = NoticeMessages.text(notice)
        #expect(text.hasSuffix("."))
        #expect(Self.isSafe(text))
    }

    @Test func whatAnEarlierVersionKeptOfAFailureIsRead() throws {
        let kept = #"{"sourcesLost":{"name":"a","partial":"b","done":1,"total":2,"reasons":[],"missed":["hans"]}}"#
        #expect(
            try JSONDecoder().decode(NodeFailure.self, from: Data(kept.utf8))
                == .sourcesLost(name: "a", partial: "b", done: 1, total: 2, reasons: [], missed: ["hans"]))
    }

    /// Whoever withdrew it can be reached, and has nothing to give.
    @Test func whoWithdrewItIsNotSaidToBeUnreachable() {
        func finding(_ missed: [String], _ away: [String]) -> HealthFinding? {
            HealthFinding(
                .sourcesLost(
                    name: "a", partial: "b", done: 1, total: 2, reasons: [], missed: missed, away: away,
                    withdrawn: ["hans"]))
        }
        for away in [[], ["leia"]] {
            let hans = finding(away, away)
            #expect(hans?.code == .memberWithdrew)
            #expect(hans?.sentence == "hans no longer shares the a that was asked for.")
        }
        // Of leia it is not known why she gives nothing.
        #expect(finding(["leia"], [])?.code == .memberUnreachable)
    }

    /// No way leads to nobody; and of several the hint is for one.
    @Test func whoIsAwayIsNotSaidToBeUnreachable() {
        func finding(_ missed: [String], _ away: [String]) -> HealthFinding? {
            HealthFinding(
                .sourcesLost(name: "a", partial: "b", done: 1, total: 2, reasons: [], missed: missed, away: away))
        }
        #expect(finding(["hans"], ["hans"]) == .memberAway("hans") && finding([], ["hans"]) == .memberAway("hans"))
        let leias = finding(["hans", "leia"], ["hans"])
        #expect(leias?.code == .memberUnreachable && leias?.sentence.contains("hans") == false)
        #expect(leias?.remedy == "bittrickle doctor leia tries every way to him.")
        #expect(
            finding(["hans", "leia"], [])?.remedy == "bittrickle doctor hans tries every way to the first of them.")
    }

    /// Who gets it may have it waited for; who does something else with the name may not.
    @Test func whatOnlyTheAbsentHaveCanBeWaitedFor() {
        for count in 1...2 {
            let absent = (0..<count).map { AbsentOwner(name: "hans\($0)", since: 0) }
            let failure = NodeFailure.notFound(name: "a", absent: absent)
            #expect(Message(failure, now: 0).hint?.contains("--background") == true)
            #expect(Message(failure, now: 0, verb: .export).hint?.contains("--background") == false)
        }
    }

    @Test func whoChoosesNothingIsToldSo() {
        for failure in [
            NodeFailure.notFound(name: "photos/p1@", absent: []), .notInFolder(name: "photos", path: "p1@"),
        ] {
            let message = Message(failure, now: 0)
            #expect(message.what == "There is no photos/p1@, and no owner behind the @.")
            #expect(message.hint == "Say whose it is, as in photos/p1@hans, or leave the @ away.")
        }
        #expect(Message(.notFound(name: "a#", absent: []), now: 0).what == "There is no a#, and no root behind the #.")
        // Nothing is chosen there.
        for name in ["@", "a/@", "a@hans", "a"] {
            let message = Message(.notFound(name: name, absent: []), now: 0)
            #expect(message.what == "Nobody who is online has published \(name).")
        }
    }

    /// What failed is taken up by the get that began it, in its place; what nobody keeps any more is not to be resumed.
    @Test func whatFailedIsGotAgain() {
        let lost = NodeFailure.sourcesLost(name: "a", partial: "b", done: 1, total: 2, reasons: [], missed: [])
        #expect(Message(lost, now: 0).hint?.hasSuffix("the same get goes on from there when somebody has it.") == true)
        let told = NoticeMessages.text(.downloadFailed(name: "a", failure: .diskFull(path: "/a")))
        #expect(told.hasSuffix("The same get tries again, cancel gives it up."))
    }

    @Test func clocks() {
        #expect(NoticeMessages.text(.clockOff(milliseconds: -7_200_000)).contains("2 hours behind the server's"))
        #expect(NoticeMessages.text(.clockOff(milliseconds: 7_200_000)).contains("2 hours ahead of the server's"))
    }

    @Test(arguments: [
        ContactFailure.away(address: "h:1"), .unknownHost("h"), .busy(retryAfterMilliseconds: 5), .cancelled,
        .clockFarOff(here: 0, there: .max), .misbehaved(detail: evil), .stateUnusable(path: evil, reason: evil),
        .proxyFailed(address: "h:1", reason: evil),
    ]) func contacts(failure: ContactFailure) throws {
        let message = Message(failure, at: try HostPort(parsing: "example.org:12000"))
        #expect(message.exitStatus != .success)
        #expect(Self.isSafe(message.text))
    }

    @Test(arguments: [Proxy.Fault.scheme("ftp\u{1B}"), .host, .credentials])
    func faultsOfTheEnvironment(fault: Proxy.Fault) {
        let message = Message(fault)
        #expect(message.exitStatus == .usage && message.what.hasPrefix("all_proxy in the environment names "))
        #expect(Self.isSafe(message.text))
    }

    private static func isSafe(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 == "\n" || ![.control, .format].contains($0.properties.generalCategory) }
    }
}
