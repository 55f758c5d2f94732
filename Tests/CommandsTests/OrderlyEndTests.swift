import Commands
import TestKit
import Testing

@Suite struct OrderlyEndTests {
    @Test func whatHangsEndsAllTheSame() async {
        let ended = Seen(false)
        OrderlyEnd.begin(within: .milliseconds(20)) { ended.set(true) }
        await ended.wait { $0 }
    }
}
