import Content
import NIOCore
import TestKit
import Testing
import Wire

/// How a server announces itself, and what is made of it.
@Suite struct LocalServiceTests {
    private let pin = NetworkPin(Hash256(hashing: [1]))

    private func announced(_ service: LocalService, _ addresses: [[UInt8]] = [[192, 0, 2, 7]]) -> DNSMessage {
        DNSMessage(
            isAnswer: true, answers: [service.pointer],
            additional: [service.location, service.text] + service.addresses(addresses))
    }

    @Test func whatIsAnnouncedIsFound() throws {
        let service = LocalService(name: "studio", pin: pin, port: 12_000)
        let addresses: [[UInt8]] = [[192, 0, 2, 7], [UInt8](repeating: 0x20, count: 16)]
        let message = try DNSMessage(decoding: announced(service, addresses).encoded)
        let found = LocalSighting.all(in: message)
        #expect(found.map(\.service) == [service])
        #expect(found.first?.addresses == addresses)
    }

    /// Of a server that runs on: the same names again, whenever it starts; of another one, others.
    @Test func namesTellServersApart() {
        let one = LocalService(name: "studio", pin: pin, port: 12_000)
        #expect(one.instance == LocalService(name: "studio", pin: pin, port: 12_000).instance)
        for other in [
            LocalService(name: "studio", pin: pin, port: 12_001), LocalService(name: "cellar", pin: pin, port: 12_000),
            LocalService(name: "studio", pin: NetworkPin(Hash256(hashing: [2])), port: 12_000),
        ] { #expect(one.instance != other.instance && one.host != other.host) }
    }

    @Test(arguments: ["", "é", String(repeating: "é", count: 100), String(repeating: "👩‍👩‍👧‍👦", count: 9)])
    func namesOfAnyLengthFit(name: String) {
        let service = LocalService(name: name, pin: pin, port: 1)
        #expect(name.hasPrefix(service.name) && service.name.utf8.count <= LocalService.nameByteLimit)
        #expect(service.instance != LocalService.type)
        #expect(LocalSighting.all(in: announced(service)).map(\.service) == [service])
    }

    @Test func whatIsNotAllThereIsNotFound() {
        let service = LocalService(name: "studio", pin: pin, port: 12_000)
        let whole = announced(service)
        #expect(LocalSighting.all(in: whole).count == 1)
        for index in whole.additional.indices {
            var part = whole
            part.additional.remove(at: index)
            #expect(LocalSighting.all(in: part).isEmpty)
            part = whole
            part.additional[index].lifetime = 0
            #expect(LocalSighting.all(in: part).isEmpty)
        }
        var question = whole
        question.isAnswer = false
        #expect(LocalSighting.all(in: question).isEmpty)
        for texts in [[], ["pin=12"], ["pin"], ["=\(pin)"], ["xpin=\(pin)"]] {
            var other = whole
            other.additional[1].content = .text(texts.map { Array($0.utf8) })
            #expect(LocalSighting.all(in: other).isEmpty, "\(texts)")
        }
        var portless = whole
        portless.additional[0].content = .service(port: 0, target: service.host)
        #expect(LocalSighting.all(in: portless).isEmpty)
    }

    /// RFC 6763 §6.4: the first of a key counts, in whatever case; unknown ones do not matter.
    @Test func keysAreReadAsTheyMayStand() throws {
        var message = announced(LocalService(name: "studio", pin: pin, port: 12_000))
        let texts = ["later", "x=1", "PIN=\(pin)", "pin=00", "Name=a=b", "name=c"]
        message.additional[1].content = .text(texts.map { Array($0.utf8) })
        let found = try #require(LocalSighting.all(in: message).first)
        #expect(found.service.pin == pin && found.service.name == "a=b")
    }

    @Test func ofMuchALittleIsTaken() {
        let service = LocalService(name: "studio", pin: pin, port: 12_000)
        let addresses = (0..<100).map { [10, 0, 0, UInt8($0)] }
        #expect(LocalSighting.all(in: announced(service, addresses)).first?.addresses.count == 8)
        var many = announced(service)
        many.answers = (0..<100).map { _ in service.pointer }
        #expect(LocalSighting.all(in: many).count == 16)
    }
}

/// What of all addresses is local.
@Suite struct LocalInterfaceTests {
    @Test(
        arguments: [
            ([192, 168, 7, 1], true), ([192, 168, 8, 1], false), ([10, 1, 2, 3], true), ([10, 1, 2, 4], false),
            ([8, 8, 8, 8], false), ([0xFE, 0x80] + [UInt8](repeating: 9, count: 14), true),
            ([0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 12), true),
            ([0x20, 1, 0xD, 0xB9] + [UInt8](repeating: 0, count: 12), false), ([], false),
        ] as [([UInt8], Bool)])
    func isOnLink(address: [UInt8], expected: Bool) {
        let interface = LocalInterface(
            name: "eth0", index: 2,
            addresses: [
                .init([192, 168, 7, 9], prefix: 24), .init([10, 1, 2, 3], prefix: 32),
                .init([0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 1, count: 12), prefix: 32),
            ])
        #expect(interface.isOnLink(address) == expected)
    }

    @Test(
        arguments: [
            ([127, 0, 0, 1], false), ([0, 0, 0, 0], false), ([224, 0, 0, 251], false), ([255, 255, 255, 255], false),
            ([192, 0, 2, 1], true), ([169, 254, 1, 1], true), ([1, 2, 3], false),
            ([UInt8](repeating: 0, count: 15) + [1], false), ([UInt8](repeating: 0, count: 16), false),
            ([UInt8](repeating: 0, count: 10) + [255, 255, 127, 0, 0, 1], false),
            ([0xFE, 0x80] + [UInt8](repeating: 0, count: 14), false),
            ([0xFF, 2] + [UInt8](repeating: 0, count: 14), false),
            ([0xFD, 1] + [UInt8](repeating: 0, count: 14), true),
        ] as [([UInt8], Bool)])
    func canBeDialled(address: [UInt8], expected: Bool) {
        #expect(LocalAddress.canBeDialled(address) == expected)
    }

    @Test(
        arguments: [
            ([10, 1, 2, 3], true), ([172, 15, 0, 1], false), ([172, 16, 0, 1], true), ([172, 31, 9, 9], true),
            ([172, 32, 0, 1], false), ([192, 168, 0, 1], true), ([192, 169, 0, 1], false), ([100, 63, 0, 1], false),
            ([100, 64, 0, 1], true), ([100, 127, 0, 1], true), ([100, 128, 0, 1], false), ([169, 254, 1, 1], true),
            ([127, 0, 0, 1], true), ([192, 0, 2, 1], false), ([1, 2, 3], false), ([], false),
            ([0xFD, 1] + [UInt8](repeating: 0, count: 14), true), ([0xFC] + [UInt8](repeating: 0, count: 15), true),
            ([0xFE, 0x80] + [UInt8](repeating: 0, count: 14), true),
            ([UInt8](repeating: 0, count: 15) + [1], true),
            ([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 168, 1, 1], true),
            ([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 1], false),
            ([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 12), false),
        ] as [([UInt8], Bool)])
    func isPrivate(address: [UInt8], expected: Bool) { #expect(LocalAddress.isPrivate(address) == expected) }

    @Test func loopbackAndLinesToOneEndAreLeftOut() throws {
        func device(_ name: String, _ index: Int, _ address: String, mask: String, multicast: Bool = true) throws
            -> NIONetworkDevice
        {
            var device = NIONetworkDevice(
                name: name, address: try SocketAddress(ipAddress: address, port: 0),
                netmask: try SocketAddress(ipAddress: mask, port: 0), broadcastAddress: nil,
                pointToPointDestinationAddress: try SocketAddress(ipAddress: "10.9.9.9", port: 0),
                multicastSupported: multicast, interfaceIndex: index)
            if name != "tun0" { device.pointToPointDestinationAddress = nil }
            return device
        }
        let found = LocalInterface.multicasting(among: [
            try device("lo", 1, "127.0.0.1", mask: "255.0.0.0"),
            try device("eth0", 2, "192.168.7.9", mask: "255.255.255.0"),
            try device("eth0", 2, "fd00::1", mask: "ffff:ffff:ffff:ffff::"),
            try device("tun0", 3, "10.0.0.1", mask: "255.255.255.255"),
            try device("wg0", 4, "10.0.1.1", mask: "255.255.255.0", multicast: false),
        ])
        #expect(found.map(\.name) == ["eth0"])
        #expect(found.first?.addresses.map(\.prefix) == [24, 64])
    }
}
