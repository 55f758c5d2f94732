import Terminal
import Testing

@Suite struct HumanUnitsTests {
    @Test(arguments: [
        (Int64(0), "0 B"), (999, "999 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1536, "1.50 KiB"),
        (10 << 10, "10.0 KiB"), (256 << 20, "256 MiB"), (1_073_741_823, "1.00 GiB"), (1 << 40, "1.00 TiB"),
        (Int64.max, "8.00 EiB"), (-5, "0 B"),
    ]) func size(bytes: Int64, expected: String) {
        #expect(HumanUnits.size(bytes) == expected)
    }

    @Test(arguments: [
        (0.0, "0s"), (0.2, "1s"), (59.0, "59s"), (60.0, "1m00s"), (125.0, "2m05s"), (3_600.0, "1h00m"),
        (11_230.0, "3h07m"), (385_000.0, "4d10h"), (1e12, ">99d"), (.infinity, ">99d"), (.nan, ">99d"),
    ]) func timeLeft(seconds: Double, expected: String) {
        #expect(HumanUnits.timeLeft(seconds: seconds) == expected)
    }

    @Test(arguments: [
        (Int64(5_000), "moments"), (60_000, "1 minute"), (7_200_000, "2 hours"), (86_400_000, "1 day"),
        (-1, "moments"),
    ]) func period(milliseconds: Int64, expected: String) {
        #expect(HumanUnits.period(milliseconds: milliseconds) == expected)
    }

    @Test func rates() {
        #expect(HumanUnits.rate(1_048_576) == "1.05 MB/s")
        #expect(HumanUnits.rate(.infinity) == "9.22 EB/s")
        #expect(HumanUnits.rate(-1) == "0 B/s")
    }
}
