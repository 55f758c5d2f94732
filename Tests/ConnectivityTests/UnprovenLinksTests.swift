import Connectivity
import TestKit
import Testing
import Wire

/// Which of the links that have not said who they are gives way when there are too many.
struct UnprovenLinksTests {
    private var links: UnprovenLinks<Int>

    init() {
        var limits = LinkLimits()
        limits.total = 16
        limits.unprovenPerHost = 4
        limits.unprovenPerNetwork = 8
        links = UnprovenLinks(limits: limits)
    }

    private static func short(_ network: UInt8, _ host: UInt8) -> [UInt8] { [10, 0, network, host] }

    /// In one /48, a /64 of it, one address of that.
    private static func long(_ subnet: UInt8, _ interface: UInt8) -> [UInt8] {
        [0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, subnet] + Array(repeating: 0, count: 7) + [interface]
    }

    private mutating func add(_ id: Int, from address: [UInt8]) -> Int? { links.add(id, from: address) }

    private mutating func remove(_ id: Int) -> Bool { links.remove(id) }

    @Test mutating func ofOneHostTheOldestGivesWay() {
        for number in 0..<4 { #expect(add(number, from: Self.short(1, 1)) == nil) }
        #expect(add(4, from: Self.short(1, 1)) == 0)
        #expect(add(5, from: Self.short(1, 2)) == nil)
        #expect(links.count == 5)
    }

    @Test mutating func aHostMayTakeAnyAddressOfItsSubnet() {
        for number in 0..<4 { #expect(add(number, from: Self.long(1, UInt8(number))) == nil) }
        #expect(add(4, from: Self.long(1, 99)) == 0)
        #expect(add(5, from: Self.long(2, 99)) == nil)
    }

    @Test mutating func ofOneNetworkTheHostThatHasMostGivesWay() {
        for number in 0..<3 { _ = links.add(number, from: Self.long(1, 1)) }
        for number in 3..<8 { #expect(add(number, from: Self.long(UInt8(number), 1)) == nil) }
        #expect(add(8, from: Self.long(20, 1)) == 0)
        #expect(add(9, from: Self.long(21, 1)) == 1)
        #expect(add(10, from: Self.long(22, 1)) == 2, "all have one: the oldest")
        #expect(add(11, from: Self.short(1, 1)) == nil, "another network")
        #expect(links.count == 9)
    }

    @Test mutating func whenAllPlacesAreTakenTheNetworkThatHasMostGivesWay() {
        _ = links.add(100, from: Self.short(9, 1))
        for number in 0..<8 { _ = links.add(number, from: Self.short(1, UInt8(number))) }
        for number in 10..<13 { _ = links.add(number, from: Self.short(2, UInt8(number))) }
        #expect(links.count == 12)
        #expect(add(101, from: Self.short(3, 1)) == 0)
        #expect(add(102, from: Self.short(4, 1)) == 1)
        // Who said who he is makes room.
        #expect(remove(101))
        #expect(!remove(101))
        #expect(add(103, from: Self.short(5, 1)) == nil)
    }

    @Test mutating func whereThereIsNoOtherPlaceOneOfThemGivesWay() {
        #expect(links.add(1, from: Self.short(1, 1), isCrowded: true) == nil, "there is none")
        _ = add(2, from: Self.short(2, 1))
        #expect(links.add(3, from: Self.short(3, 1), isCrowded: true) == 1)
        #expect(links.count == 2)
    }

    @Test mutating func whateverComesTheBoundsHold() {
        var random = SeededRandom.fresh()
        var there: [Int: [UInt8]] = [:]
        for number in 0..<Scale.count(20_000) {
            if Int.random(in: 0..<4, using: &random) == 0, let id = there.keys.randomElement(using: &random) {
                #expect(remove(id), "seed \(random.seed)")
                there[id] = nil
            }
            let address = Self.short(.random(in: 0..<4, using: &random), .random(in: 0..<4, using: &random))
            if let yielding = links.add(number, from: address) {
                #expect(there.removeValue(forKey: yielding) != nil, "seed \(random.seed)")
            }
            there[number] = address
            #expect(links.count == there.count && there.count <= 12, "seed \(random.seed)")
            #expect(there.values.count { $0 == address } <= 4, "seed \(random.seed)")
            #expect(there.values.count { $0[2] == address[2] } <= 8, "seed \(random.seed)")
        }
    }
}
