import Connectivity
import Testing
import Wire

@Suite struct PublicAddressTests {
    @Test(
        arguments: [
            [10, 1, 2, 3], [172, 16, 0, 1], [172, 31, 255, 255], [192, 168, 1, 1], [100, 64, 0, 1],
            [100, 127, 255, 255],
            [169, 254, 1, 1], [127, 0, 0, 1], [0, 0, 0, 0], [192, 0, 0, 8], [198, 19, 0, 1], [203, 0, 113, 7],
            [224, 0, 0, 1],
            [255, 255, 255, 255], [0xFD] + Array(repeating: 0, count: 15),
            [0xFE, 0x80] + Array(repeating: 1, count: 14),
            Array(repeating: 0, count: 16), [0x20, 0x01, 0x0D, 0xB8] + Array(repeating: 1, count: 12),
        ] as [[UInt8]]) func notOfTheInternet(address: [UInt8]) throws
    {
        #expect(try !#require(Endpoint(address: address, port: 1)).isPublic)
    }

    private static let long = [UInt8](repeating: 0, count: 15)

    @Test(
        arguments: [
            [0, 0, 0, 0], [0, 1, 2, 3], [127, 0, 0, 1], [169, 254, 1, 1], [224, 0, 0, 1], [239, 255, 255, 250],
            [240, 0, 0, 1], [255, 255, 255, 255], long + [0], long + [1],
            [0xFE, 0x80] + [UInt8](repeating: 1, count: 14), [0xFF, 2] + [UInt8](repeating: 1, count: 14),
            [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 8, 8, 8, 8],
        ] as [[UInt8]]) func ofNoRouter(address: [UInt8]) throws
    {
        #expect(try !#require(Endpoint(address: address, port: 1)).canBeOutside)
    }

    @Test(
        arguments: [
            [10, 1, 2, 3], [100, 64, 0, 1], [192, 168, 1, 1], [223, 255, 255, 1],
            [0xFD] + [UInt8](repeating: 1, count: 15), [0x20, 1] + [UInt8](repeating: 1, count: 14),
        ] as [[UInt8]]) func ofARouter(address: [UInt8]) throws
    {
        #expect(try #require(Endpoint(address: address, port: 1)).canBeOutside)
    }

    @Test(
        arguments: [
            [11, 1, 2, 3], [172, 32, 0, 1], [100, 128, 0, 1], [100, 63, 0, 1], [192, 169, 0, 1], [8, 8, 8, 8],
            [0x20, 0x01, 0x0D, 0xB9] + Array(repeating: 1, count: 12), [0x3F] + Array(repeating: 1, count: 15),
        ] as [[UInt8]]) func ofTheInternet(address: [UInt8]) throws
    {
        #expect(try #require(Endpoint(address: address, port: 1)).isPublic)
    }
}
