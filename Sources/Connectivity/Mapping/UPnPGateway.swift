import CMiniUPnPc
import Glibc
import Wire

/// A gateway that was found, and how it is asked, with miniupnpc. Every call waits for it, for as long as it drips: this is for ``UPnPProgram`` alone.
///
/// Only the default gateway itself is asked: whoever else on the network says that he is one is not believed, nor a gateway
/// that sends one elsewhere.
struct UPnPGateway {
    let control: UPnPControl
    private let local: String

    /// How long answers to the search are waited for, in milliseconds, for each of two kinds.
    private static let patience: Int32 = 1_000
    private static let transport = "TCP"
    private static let name = "BitTrickle"

    /// Where it was found before, or looked for on the local network; nil where the router is none.
    init?(for errand: UPnPErrand) {
        local = Self.text(errand.local)
        guard let control = errand.control ?? Self.find(errand.router, on: local) else { return nil }
        self.control = control
    }

    private static func find(_ router: [UInt8], on local: String) -> UPnPControl? {
        let devices = bittrickle_discover(patience, local)
        defer { freeUPNPDevlist(devices) }
        var next = devices
        while let device = next {
            next = device.pointee.pNext
            guard let place = device.pointee.descURL, UPnPControl.leads(String(cString: place), to: router),
                let control = control(at: place, of: router)
            else { continue }
            return control
        }
        return nil
    }

    private static func control(at place: UnsafePointer<CChar>, of router: [UInt8]) -> UPnPControl? {
        var urls = UPNPUrls()
        var data = IGDdatas()
        guard bittrickle_describe(place, &urls, &data) != 0 else { return nil }
        defer { FreeUPNPUrls(&urls) }
        guard let url = urls.controlURL else { return nil }
        let service = withUnsafeBytes(of: data.first.servicetype) { raw in Array(raw.prefix { $0 != 0 }) }
        return UPnPControl(
            url: String(cString: url), service: String(decoding: service, as: UTF8.self), at: router)
    }

    private static func text(_ address: [UInt8]) -> String { address.map(String.init).joined(separator: ".") }

    // MARK: Deeds

    func carryOut(_ errand: UPnPErrand) -> UPnPReport.Outcome {
        switch errand.deed {
        case .map: map(errand)
        case .check: check(errand)
        case .remove: remove(errand)
        }
    }

    private func map(_ errand: UPnPErrand) -> UPnPReport.Outcome {
        guard let address = externalAddress() else { return .silent }
        var isPermanent = false
        var code = add(errand, lifetime: errand.lifetime)
        if UPnPError.wantsPermanent.contains(code) {
            isPermanent = true
            code = add(errand, lifetime: 0)
        }
        switch code {
        case UPNPCOMMAND_SUCCESS: return .mapped(address: address, isPermanent: isPermanent)
        default: return UInt16(exactly: code).map { .refused($0) } ?? .silent
        }
    }

    /// - Returns: the library's code.
    private func add(_ errand: UPnPErrand, lifetime: UInt32) -> Int32 {
        UPNP_AddPortMapping(
            control.url, control.service, "\(errand.externalPort)", "\(errand.port)", local, Self.name, Self.transport,
            nil, "\(lifetime)")
    }

    /// Nil where it does not say, or has none.
    private func externalAddress() -> [UInt8]? {
        var text = [CChar](repeating: 0, count: 64)
        guard UPNP_GetExternalIPAddress(control.url, control.service, &text) == UPNPCOMMAND_SUCCESS else { return nil }
        var address = [UInt8](repeating: 0, count: 4)
        return inet_pton(AF_INET, text, &address) == 1 ? address : nil
    }

    /// Whether the port leads to ours.
    private func check(_ errand: UPnPErrand) -> UPnPReport.Outcome {
        var client = [CChar](repeating: 0, count: 64)
        var clientPort = [CChar](repeating: 0, count: 16)
        var description = [CChar](repeating: 0, count: 128)
        var enabled = [CChar](repeating: 0, count: 16)
        var lease = [CChar](repeating: 0, count: 32)
        let code = UPNP_GetSpecificPortMappingEntry(
            control.url, control.service, "\(errand.externalPort)", Self.transport, nil, &client, &clientPort,
            &description, &enabled, &lease)
        switch code {
        case UPNPCOMMAND_SUCCESS:
            let isOurs = Self.string(client) == local && Self.string(clientPort) == "\(errand.port)"
            return isOurs ? .there(address: externalAddress()) : .missing
        case UPnPError.noSuchEntry: return .missing
        default: return .silent
        }
    }

    private func remove(_ errand: UPnPErrand) -> UPnPReport.Outcome {
        switch UPNP_DeletePortMapping(control.url, control.service, "\(errand.externalPort)", Self.transport, nil) {
        case UPNPCOMMAND_SUCCESS, UPnPError.noSuchEntry: .removed
        default: .silent
        }
    }

    private static func string(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
