import Wire

/// An answer that is taken is one, and what it says of a mapping can be asked for as it stands.
func takePCPAnswer(_ bytes: [UInt8]) {
    guard let answer = PCPAnswer(bytes) else { return }
    precondition(bytes[1] & 0x80 != 0)
    guard case .mapped(let head, let mapping) = answer else { return }
    precondition(bytes.count >= 60 && mapping.nonce.count == PCPMapping.nonceByteCount)
    let again = PCPRequest(client: [127, 0, 0, 1], lifetime: head.lifetime, operation: .map(mapping)).encoded
    precondition(again.count == 60 && again[24..<36] == bytes[24..<36] && again[40...] == bytes[40..<60])
}

/// A report that is taken is what would be said, and leads to the router alone; so it is with what is sent to it.
func takeUPnPReport(_ bytes: [UInt8]) {
    let router: [UInt8] = [192, 168, 1, 1]
    if let report = UPnPReport(bytes, at: router) {
        let said = UPnPReport.announcement(of: report.control) + (report.outcome.map(UPnPReport.conclusion) ?? [])
        precondition(said == bytes && bytes.count <= UPnPReport.longest)
        precondition(report.control.map { UPnPControl.leads($0.url, to: router) } ?? (report.outcome == nil))
    }
    if let errand = UPnPErrand(bytes) { precondition(errand.encoded == bytes && bytes.count <= UPnPErrand.longest) }
}
