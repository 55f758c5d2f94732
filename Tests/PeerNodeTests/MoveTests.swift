import Connectivity
import PeerNode
import Testing
import Wire

/// Which changes of this computer's addresses concern those who look for sources.
struct MoveTests {
    private let hans: UserName

    init() throws { hans = try #require(UserName("hans")) }

    @Test func anotherWayToEverywhereIsAMove() {
        #expect(Move(Movement(isElsewhere: true), ended: []) == Move(isOwn: true, ended: []))
    }

    @Test func soIsTheEndOfAnAddressFromWhichSomebodyWasLinked() {
        let movement = Movement(left: [[10, 0, 0, 2]], isElsewhere: false)
        #expect(Move(movement, ended: [hans]) == Move(isOwn: true, ended: [hans]))
    }

    @Test("A container's bridge is none", arguments: [[], [[172, 17, 0, 1]]] as [Set<[UInt8]>])
    func bridge(left: Set<[UInt8]>) {
        #expect(Move(Movement(left: left, isElsewhere: false), ended: []) == nil)
    }

    @Test func fromNowhereNobodyIsDialled() {
        let movement = Movement(left: [[10, 0, 0, 2]], isElsewhere: true, isSomewhere: false)
        #expect(Move(movement, ended: [hans]) == nil)
    }
}
