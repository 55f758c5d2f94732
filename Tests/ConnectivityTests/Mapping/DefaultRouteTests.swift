import Connectivity
import Testing

/// What Linux shows of its routes.
@Suite struct DefaultRouteTests {
    private static let head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"

    private func line(
        _ interface: String, to destination: String = "00000000", by gateway: [UInt8], flags: String = "0003",
        metric: Int = 0, mask: String = "00000000"
    ) -> String {
        let number = gateway.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        let digits = String(number, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: 8 - digits.count) + digits
        return "\(interface)\t\(destination)\t\(padded)\t\(flags)\t0\t0\t\(metric)\t\(mask)\t0\t0\t0   \n"
    }

    @Test func theLowestMetricWins() {
        let table =
            Self.head + line("wlan0", by: [192, 168, 1, 1], metric: 600)
            + line("eth0", by: [10, 0, 0, 138], metric: 100)
            + line("eth0", to: "000A", by: [0, 0, 0, 0], flags: "0001", mask: "00FFFFFF")
        let route = DefaultRoute(.ipv4, table: table)
        #expect(route?.interface == "eth0" && route?.gateway == [10, 0, 0, 138])
    }

    @Test func oneThatIsDownOrWithoutAGatewayIsNone() {
        #expect(DefaultRoute(.ipv4, table: "") == nil)
        #expect(DefaultRoute(.ipv4, table: Self.head) == nil)
        #expect(DefaultRoute(.ipv4, table: Self.head + line("tun0", by: [0, 0, 0, 0], flags: "0001")) == nil)
        #expect(DefaultRoute(.ipv4, table: Self.head + line("eth0", by: [10, 0, 0, 1], flags: "0002")) == nil)
        #expect(DefaultRoute(.ipv4, table: Self.head + line("eth0", by: [10, 0, 0, 1], mask: "000000FF")) == nil)
    }

    @Test func longRoutesLikewise() {
        let none = String(repeating: "0", count: 32)
        let table = """
            fd000000000000000000000000000000 40 \(none) 00 \(none) 00000100 00000001 00000000 00000001     eth0
            \(none) 00 \(none) 00 fe800000000000000000000000000001 00000400 00000003 00000000 00000003     eth0
            \(none) 00 \(none) 00 fe800000000000000000000000000002 00000100 00000003 00000000 00000003    wlan0
            \(none) 00 \(none) 00 \(none) ffffffff 00000001 00000000 00200200       lo

            """
        let route = DefaultRoute(.ipv6, table: table)
        #expect(route?.interface == "wlan0")
        #expect(route?.gateway == [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [2])
        #expect(DefaultRoute(.ipv6, table: "\(none) 00 \(none)") == nil)
    }
}
