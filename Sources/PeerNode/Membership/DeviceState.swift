import Content
import Crypto
import Library
import Wire

/// What makes this device the same one to the directory from one start to the next: its number and its key.
struct DeviceState: Sendable {
    let id: DeviceID
    let key: P256.Signing.PrivateKey

    var publicKey: [UInt8] { Array(key.publicKey.derRepresentation) }

    /// A device for one sign-in, without a trace.
    static func fresh() -> DeviceState {
        DeviceState(id: randomID(), key: P256.Signing.PrivateKey())
    }

    /// Reads the device of a member's folder; what is missing or spoiled is made anew: certificates are issued
    /// for whatever key signs in.
    @concurrent
    static func load(folder: String) async throws(FileFailure) -> DeviceState {
        try DeviceState(id: id("\(folder)/device"), key: key("\(folder)/device-key.pem"))
    }

    /// Keeps it in the folder of a member who has just signed in here for the first time.
    @concurrent
    func save(folder: String) async throws(FileFailure) {
        try Self.write(id, to: "\(folder)/device")
        try Self.write(key, to: "\(folder)/device-key.pem")
    }

    private static func write(_ id: DeviceID, to path: String) throws(FileFailure) {
        try StateFile.write(Array(id.bytes.hex.utf8), to: path)
    }

    private static func write(_ key: P256.Signing.PrivateKey, to path: String) throws(FileFailure) {
        try StateFile.write(Array((key.pemRepresentation + "\n").utf8), to: path)
    }

    private static func randomID() -> DeviceID {
        let bytes = (0..<DeviceID.byteCount).map { _ in UInt8.random(in: 0...255) }
        guard let id = DeviceID(bytes) else { preconditionFailure("a device id of another length") }
        return id
    }

    private static func id(_ path: String) throws(FileFailure) -> DeviceID {
        if let bytes = try StateFile.read(path),
            let id = [UInt8](hex: String(decoding: bytes, as: UTF8.self)).flatMap({ DeviceID($0) })
        {
            return id
        }
        let id = randomID()
        try write(id, to: path)
        return id
    }

    private static func key(_ path: String) throws(FileFailure) -> P256.Signing.PrivateKey {
        if let bytes = try StateFile.read(path),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: String(decoding: bytes, as: UTF8.self))
        {
            return key
        }
        let key = P256.Signing.PrivateKey()
        try write(key, to: path)
        return key
    }
}
