import Connectivity
import TestKit
import Testing

/// What becomes of what the system has, at one moment and the next.
struct PlaceKeeperTests {
    private let home = NetworkPlace(
        addresses: [[192, 168, 1, 7], [0x20, 0x01] + [UInt8](repeating: 1, count: 14)],
        gateways: [Gateway(address: [192, 168, 1, 1], interface: 2, local: [192, 168, 1, 7])])
    private let cafe = NetworkPlace(
        addresses: [[10, 0, 0, 9]], gateways: [Gateway(address: [10, 0, 0, 1], interface: 2, local: [10, 0, 0, 9])])

    @Test func nothingIsNoMovement() {
        var keeper = PlaceKeeper(home)
        #expect(keeper.found(home, disturbed: []) == nil)
        // Another interface is nobody's way.
        #expect(keeper.found(home, disturbed: [5]) == nil)
    }

    @Test func anotherNetworkIsNoticedByWhatIsGone() {
        var keeper = PlaceKeeper(home)
        #expect(
            keeper.found(cafe, disturbed: [])
                == Movement(left: home.addresses, isElsewhere: true, isSomewhere: true))
        #expect(keeper.found(cafe, disturbed: []) == nil)
        let nowhere = NetworkPlace(addresses: [], gateways: [])
        #expect(
            keeper.found(nowhere, disturbed: [2])
                == Movement(left: cafe.addresses, isElsewhere: true, isSomewhere: false))
        #expect(keeper.found(home, disturbed: []) == Movement(isElsewhere: true))
    }

    @Test func oneAddressMoreIsNoOtherPlace() {
        var keeper = PlaceKeeper(home)
        var more = home
        more.addresses.insert([192, 168, 1, 8])
        #expect(keeper.found(more, disturbed: []) == Movement(isElsewhere: false))
        #expect(keeper.found(home, disturbed: []) == Movement(left: [[192, 168, 1, 8]], isElsewhere: false))
    }

    @Test func whereThereIsNoRouterAnAddressIsAPlace() {
        let (left, right) = ([10, 0, 0, 1] as [UInt8], [10, 1, 0, 1] as [UInt8])
        var keeper = PlaceKeeper(NetworkPlace(addresses: [left], gateways: []))
        let next = NetworkPlace(addresses: [right], gateways: [])
        #expect(keeper.found(next, disturbed: []) == Movement(left: [left], isElsewhere: true))
        #expect(keeper.found(next, disturbed: []) == nil)
    }

    /// A router that looks like the one before may be another one.
    @Test func aLineThatWasGoneForAMomentIsADoubt() {
        var keeper = PlaceKeeper(home)
        #expect(keeper.found(home, disturbed: [2]) == Movement(isElsewhere: true))
    }
}
