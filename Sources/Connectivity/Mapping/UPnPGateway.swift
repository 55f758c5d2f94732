import CMiniUPnPc

/// A gateway that was found, and how it is asked. Every call waits for it, some seconds at most.
struct UPnPGateway: Sendable {
    let router: Gateway
    private let controlURL: String
    private let service: String

    /// How long answers to the search are waited for, in milliseconds, for each of two kinds.
    private static let patience: Int32 = 1_000
    private static let transport = "TCP"
    private static let name = "BitTrickle"

    /// Looks for it on the local network; nil where the router is none.
    init?(of router: Gateway, _ sign: RouterThread.StopSign) {
        let devices = bittrickle_discover(Self.patience, Self.text(router.local))
        defer { freeUPNPDevlist(devices) }
        var next = devices
        while let device = next, !sign.isUp {
            next = device.pointee.pNext
            guard let place = device.pointee.descURL, Self.isAt(router, String(cString: place)),
                let (url, service) = Self.control(at: place), Self.isAt(router, url), Self.isPlain(url),
                Self.isPlain(service)
            else { continue }
            self.router = router
            controlURL = url
            self.service = service
            return
        }
        return nil
    }

    private static func control(at place: UnsafePointer<CChar>) -> (url: String, service: String)? {
        var urls = UPNPUrls()
        var data = IGDdatas()
        guard bittrickle_describe(place, &urls, &data) != 0 else { return nil }
        defer { FreeUPNPUrls(&urls) }
        guard let url = urls.controlURL else { return nil }
        let service = withUnsafeBytes(of: data.first.servicetype) { raw in Array(raw.prefix { $0 != 0 }) }
        return (String(cString: url), String(decoding: service, as: UTF8.self))
    }

    /// What is put into a request's lines as it is: nothing in it ends one.
    static func isPlain(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

    static func isAt(_ router: Gateway, _ url: String) -> Bool {
        let host = "http://\(text(router.address))"
        return url.hasPrefix("\(host):") || url.hasPrefix("\(host)/")
    }

    private static func text(_ address: [UInt8]) -> String { address.map(String.init).joined(separator: ".") }

    /// Nil where it does not say, or has none.
    func externalAddress() -> [UInt8]? {
        var text = [CChar](repeating: 0, count: 64)
        guard UPNP_GetExternalIPAddress(controlURL, service, &text) == UPNPCOMMAND_SUCCESS else { return nil }
        return Self.address(Self.string(text))
    }

    static func address(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        return parts.count == 4 && bytes.count == 4 && bytes != [0, 0, 0, 0] ? bytes : nil
    }

    /// - Returns: the library's code.
    func add(_ external: UInt16, for port: UInt16, lifetime: UInt32) -> Int32 {
        UPNP_AddPortMapping(
            controlURL, service, "\(external)", "\(port)", Self.text(router.local), Self.name, Self.transport, nil,
            "\(lifetime)")
    }

    /// Whether the port leads to this one of ours; nil where it does not say.
    func has(_ external: UInt16, for port: UInt16) -> Bool? {
        var client = [CChar](repeating: 0, count: 64)
        var clientPort = [CChar](repeating: 0, count: 16)
        var description = [CChar](repeating: 0, count: 128)
        var enabled = [CChar](repeating: 0, count: 16)
        var lease = [CChar](repeating: 0, count: 32)
        let code = UPNP_GetSpecificPortMappingEntry(
            controlURL, service, "\(external)", Self.transport, nil, &client, &clientPort, &description, &enabled,
            &lease)
        switch code {
        case UPNPCOMMAND_SUCCESS:
            return Self.string(client) == Self.text(router.local) && Self.string(clientPort) == "\(port)"
        case UPnPError.noSuchEntry: return false
        default: return nil
        }
    }

    func removed(_ external: UInt16) -> MappingOutcome {
        switch UPNP_DeletePortMapping(controlURL, service, "\(external)", Self.transport, nil) {
        case UPNPCOMMAND_SUCCESS, UPnPError.noSuchEntry: .removed
        default: .unanswered
        }
    }

    private static func string(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
