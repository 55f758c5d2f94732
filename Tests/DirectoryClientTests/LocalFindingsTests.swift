import Content
import DirectoryClient
import NIOCore
import TestKit
import Testing
import Wire

/// What is made of answers from the local network, which anybody there can send.
@Suite struct LocalFindingsTests {
    private let interface = LocalInterface(
        name: "eth0", index: 2, addresses: [.init([192, 168, 7, 9], prefix: 24), .init([127, 0, 0, 1], prefix: 8)])
    private let service = LocalService(name: "studio", pin: NetworkPin(Hash256(hashing: [1])), port: 12_000)

    private func answer(
        _ service: LocalService, _ addresses: [[UInt8]] = [[192, 168, 7, 1]], id: UInt16 = 77
    ) -> [UInt8] {
        DNSMessage(
            id: id, isAnswer: true, answers: [service.pointer],
            additional: [service.location, service.text] + service.addresses(addresses)
        ).encoded
    }

    private func found(_ answers: [UInt8]..., from source: String = "192.168.7.1") throws -> [LocalServer] {
        var findings = LocalFindings(id: 77)
        for answer in answers {
            findings.receive(answer, from: try SocketAddress(ipAddress: source, port: 5353), on: interface)
        }
        return findings.servers
    }

    @Test func theQuestionIsForServers() throws {
        let question = try DNSMessage(decoding: LocalFindings(id: 77).question)
        #expect(question == DNSMessage(id: 77, isAnswer: false, questions: [.init(LocalService.type, .pointer)]))
    }

    @Test func anAnswerIsAServer() throws {
        let expected = LocalServer(
            name: "studio", pin: service.pin, addresses: [try HostPort(host: "192.168.7.1", port: 12_000)])
        #expect(try found(answer(service)) == [expected])
        // Twice, as to two questions.
        #expect(try found(answer(service), answer(service)) == [expected])
    }

    /// Over two interfaces: one server with both addresses, IPv4 first.
    @Test func addressesComeTogether() throws {
        let six = [0xFD] + [UInt8](repeating: 0, count: 14) + [1]
        let servers = try found(answer(service, [six]), answer(service, [[192, 168, 7, 1], six]))
        #expect(servers.map { $0.addresses.map(\.description) } == [["192.168.7.1:12000", "[fd00::1]:12000"]])
    }

    @Test func whatNobodyAskedForIsPassedOver() throws {
        #expect(try found(answer(service, id: 78)).isEmpty)
        #expect(try found(answer(service, id: 0)).isEmpty)
        #expect(try found(answer(service), from: "203.0.113.9").isEmpty)
        #expect(try found([], [1, 2, 3], Array(answer(service).dropLast())).isEmpty)
    }

    /// Nobody elsewhere sends somebody to a port of his own computer, where no question is asked about the fingerprint.
    @Test(
        arguments: [
            [127, 0, 0, 1], [0, 0, 0, 0], [224, 0, 0, 251], [UInt8](repeating: 0, count: 15) + [1],
            [UInt8](repeating: 0, count: 10) + [255, 255, 127, 0, 0, 1],
        ] as [[UInt8]])
    func addressesThatAreNoneArePassedOver(address: [UInt8]) throws {
        #expect(try found(answer(service, [address])).isEmpty)
        #expect(try found(answer(service, [address, [192, 168, 7, 1]])).first?.addresses.count == 1)
    }

    @Test func onlyOneselfMayNameLoopback() throws {
        let own = try found(answer(service, [[127, 0, 0, 1]]), from: "127.0.0.1")
        #expect(own.first?.addresses.map(\.description) == ["127.0.0.1:12000"])
    }

    @Test func ofMuchALittleIsKept() throws {
        var findings = LocalFindings(id: 77)
        for index in 0..<200 {
            let other = LocalService(name: "s\(index)", pin: service.pin, port: 12_000)
            findings.receive(answer(other), from: try neighbour(index), on: interface)
        }
        #expect(findings.servers.count == LocalFindings.serverLimit)
        for index in 0..<50 {
            let first = LocalService(name: "s0", pin: service.pin, port: 12_000)
            findings.receive(answer(first, [[10, 0, 0, UInt8(index)]]), from: try neighbour(1), on: interface)
        }
        #expect(findings.servers.first?.addresses.count == LocalFindings.addressLimit)
        var flooded = LocalFindings(id: 77)
        for index in 0..<LocalFindings.datagramLimit {
            flooded.receive([0], from: try neighbour(index % 250), on: interface)
        }
        flooded.receive(answer(service), from: try neighbour(251), on: interface)
        #expect(flooded.servers.isEmpty)
    }

    /// Who answers with a hundred servers, or with rubbish without end, keeps nobody else from being found.
    @Test func nobodyFillsTheListAlone() throws {
        var findings = LocalFindings(id: 77)
        for index in 0..<100 {
            let other = LocalService(name: "s\(index)", pin: service.pin, port: 12_000)
            findings.receive(answer(other), from: try neighbour(66), on: interface)
        }
        #expect(findings.servers.count == LocalFindings.serversOfSource)
        for _ in 0..<LocalFindings.datagramLimit { findings.receive([0], from: try neighbour(67), on: interface) }
        findings.receive(answer(service), from: try neighbour(1), on: interface)
        #expect(findings.servers.count == LocalFindings.serversOfSource + 1)
        #expect(findings.servers.contains { $0.name == service.name })
        // What was found already costs whoever answers for it, too, nothing.
        for _ in 0..<20 { findings.receive(answer(service), from: try neighbour(2), on: interface) }
        let third = LocalService(name: "attic", pin: service.pin, port: 12_000)
        findings.receive(answer(third), from: try neighbour(2), on: interface)
        #expect(findings.servers.contains { $0.name == "attic" })
    }

    private func neighbour(_ index: Int) throws -> SocketAddress {
        try SocketAddress(ipAddress: "192.168.7.\(index + 1)", port: 5353)
    }
}
