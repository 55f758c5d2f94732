import Directory
import DirectoryServer
import TestKit
import Testing
import Wire

struct RefusalPacingTests {
    @Test func aFloodOfRefusedLoginsIsCountedNotTold() throws {
        var pacing = RefusalPacing()
        let refused = DirectoryNotice.loginRefused(try Sample.user("hans"), address: "", .slowDown(retryAfter: 1))
        for _ in 0..<2 {
            let told = (0..<1_000).filter { _ in pacing.admits(refused) }.count
            #expect(told == RefusalPacing.limit)
            let other = pacing.admits(.storeFailed(.full))
            #expect(other, "all else is told")
            let untold = pacing.nextSecond()
            #expect(untold == 1_000 - RefusalPacing.limit)
        }
        let rest = pacing.nextSecond()
        #expect(rest == 0)
    }
}
