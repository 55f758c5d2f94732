import Terminal
import Testing

@Suite struct HeapPolicyTests {
    @Test func givingBackEndsWithWhoHasItDone() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await HeapPolicy.keepGivingBack(each: .seconds(3_600)) }
            group.cancelAll()
        }
    }
}
