import Library
package import Wire

/// Why a file of the state directory cannot be used, as part of a sentence.
package struct StateFileFailure: Error, Hashable {
    package let path: String
    package let reason: String

    init(_ failure: FileFailure) {
        path = failure.path
        reason = failure.sentence
    }
}

/// Which network was trusted at which address: a line each, address and pin, in the state directory.
package struct KnownNetworks: Sendable {
    /// Absolute.
    package let path: String

    package init(stateDirectory: String) { path = "\(stateDirectory)/known-networks" }

    /// The network trusted at that address; nil where none ever was. Throws ``StateFileFailure``.
    @concurrent
    package func pin(at address: HostPort) async throws(StateFileFailure) -> NetworkPin? { try read()[address.key] }

    /// All, each by ``HostPort/key`` of its address.
    @concurrent
    func all() async throws(StateFileFailure) -> [String: NetworkPin] { try read() }

    @concurrent
    package func remember(_ pin: NetworkPin, at address: HostPort) async throws(StateFileFailure) {
        _ = try change { $0.updateValue(pin, forKey: address.key) }
    }

    /// The network that was trusted there; nil where none was.
    @discardableResult
    @concurrent
    package func forget(_ address: HostPort) async throws(StateFileFailure) -> NetworkPin? {
        try change { $0.removeValue(forKey: address.key) }
    }

    /// One program at a time.
    private func change(
        _ body: (inout [String: NetworkPin]) -> NetworkPin?
    ) throws(StateFileFailure) -> NetworkPin? {
        do throws(FileFailure) {
            return try StateFile.locked("\(path).lock") { () throws(FileFailure) in
                var pins = try pins()
                let former = body(&pins)
                let lines = pins.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
                try StateFile.write(Array(lines.joined().utf8), to: path)
                return former
            }
        } catch {
            throw StateFileFailure(error)
        }
    }

    private func read() throws(StateFileFailure) -> [String: NetworkPin] {
        do throws(FileFailure) { return try pins() } catch { throw StateFileFailure(error) }
    }

    /// Lines that are none of ours are passed over.
    private func pins() throws(FileFailure) -> [String: NetworkPin] {
        guard let bytes = try StateFile.read(path) else { return [:] }
        var pins: [String: NetworkPin] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let pin = NetworkPin(fingerprint: parts[1]) else { continue }
            pins[String(parts[0])] = pin
        }
        return pins
    }
}

extension HostPort {
    /// Host names are the same in either case.
    package var key: String { description.lowercased() }
}
