import PeerNode
import Testing
import Wire

/// What people are told of a refusal is a part of a sentence, and no name of ours.
@Suite struct RefusalTests {
    @Test(arguments: [
        DirectoryRefusal.authenticationFailed, .onlineElsewhere(place: "yoda"), .tokenInvalid, .notLoggedIn,
        .busy(retryAfter: 1), .slowDown(retryAfter: 1), .malformed, .unknownRequest, .quotaReached(limit: 5),
        .notAllowed, .noSuchMember,
        .noSuchInvite, .noSuchGroup, .noSuchDevice, .accountOfFile, .lastAdmin,
        .noSuchPublication, .internalError, .storeFull,
    ]) func saidInWords(refusal: DirectoryRefusal) {
        #expect(refusal.sentence.contains(" ") && !refusal.sentence.hasSuffix("."))
        #expect(!refusal.sentence.contains("\(refusal)".prefix { $0 != "(" }))
    }
}
