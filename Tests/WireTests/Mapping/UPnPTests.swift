import Testing
import Wire

/// What passes between a peer and the process that speaks UPnP for it.
@Suite struct UPnPTests {
    private static let router: [UInt8] = [192, 168, 1, 1]
    private static let url = "http://192.168.1.1:5000/control"
    private static let service = "urn:schemas-upnp-org:service:WANIPConnection:1"

    private func control() throws -> UPnPControl {
        try #require(UPnPControl(url: Self.url, service: Self.service, at: Self.router))
    }

    @Test(arguments: [
        "http://192.168.1.2/control", "http://192.168.1.10:80/control", "https://192.168.1.1/control",
        "http://192.168.1.1", "http://192.168.1.1:80/a b", "http://192.168.1.1:80/a\r\nHost:x", "http://192.168.1.1/ä",
        "",
        "http://192.168.1.1/" + String(repeating: "a", count: 500),
    ]) func commandsGoToTheRouterAlone(url: String) {
        #expect(UPnPControl(url: url, service: Self.service, at: Self.router) == nil)
    }

    @Test(arguments: ["", "two words", "urn:x\n", String(repeating: "a", count: 513)])
    func aServiceIsAWord(service: String) {
        #expect(UPnPControl(url: Self.url, service: service, at: Self.router) == nil)
    }

    @Test(arguments: [false, true]) func anErrandComesAsItWent(hasControl: Bool) throws {
        let errand = UPnPErrand(
            deed: .check, router: Self.router, local: [192, 168, 1, 7], port: 40_000, externalPort: 50_000,
            lifetime: 7_200, control: hasControl ? try control() : nil)
        let bytes = errand.encoded
        #expect(UPnPErrand(bytes) == errand)
        #expect(UPnPErrand(bytes + [0]) == nil && UPnPErrand(Array(bytes.dropLast())) == nil)
        #expect(UPnPErrand([0] + bytes.dropFirst()) == nil)
    }

    @Test(
        arguments: [
            .silent, .mapped(address: [11, 1, 2, 3], isPermanent: true),
            .mapped(address: [11, 1, 2, 3], isPermanent: false), .refused(718), .there(address: nil),
            .there(address: [11, 1, 2, 3]), .missing, .removed,
        ] as [UPnPReport.Outcome]) func aReportComesAsItWent(outcome: UPnPReport.Outcome) throws
    {
        let bytes = UPnPReport.announcement(of: try control()) + UPnPReport.conclusion(outcome)
        #expect(bytes.count <= UPnPReport.longest)
        #expect(UPnPReport(bytes, at: Self.router) == UPnPReport(control: try control(), outcome: outcome))
        #expect(UPnPReport(bytes + [0], at: Self.router) == nil)
        // Somebody else's.
        #expect(UPnPReport(bytes, at: [192, 168, 1, 2]) == nil)
    }

    @Test func whoCameToNoEndHasSaidWhomHeFound() throws {
        let bytes = UPnPReport.announcement(of: try control())
        #expect(UPnPReport(bytes, at: Self.router) == UPnPReport(control: try control(), outcome: nil))
        for count in bytes.indices { #expect(UPnPReport(Array(bytes[..<count]), at: Self.router) == nil) }
        #expect(UPnPReport(bytes + [3, 11, 1, 2], at: Self.router) == nil)
        #expect(UPnPReport(bytes + [3, 11, 1, 2, 3, 2], at: Self.router) == nil)
        #expect(UPnPReport(bytes + [99], at: Self.router) == nil)
    }

    @Test func whereNobodyIsThereIsNothingElse() {
        #expect(UPnPReport([0], at: Self.router) == UPnPReport(control: nil, outcome: nil))
        #expect(UPnPReport([0, 8], at: Self.router) == nil)
        #expect(UPnPReport([2], at: Self.router) == nil)
    }
}
