import Connectivity
import TestKit
import Testing

struct NetworkWatchTests {
    /// Where the system says nothing, it is found by looking.
    @Test(.timeLimit(.minutes(1))) func movementsAreReported() async throws {
        let there = NetworkPlace(addresses: [[10, 0, 0, 9]], gateways: [])
        let place = Seen(NetworkPlace(addresses: [[192, 168, 1, 7]], gateways: []))
        let movements = Seen<[Movement]>([])
        let looks = Seen(0)
        let watch = NetworkWatch(pace: .milliseconds(10)) {
            let found = place.value
            looks.change { $0 += 1 }
            return found
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run { movement in movements.change { $0.append(movement) } } }
            await looks.wait { $0 > 0 }
            place.set(there)
            await movements.wait { !$0.isEmpty }
            group.cancelAll()
        }
        #expect(movements.value.first == Movement(left: [[192, 168, 1, 7]], isElsewhere: true))
    }
}
