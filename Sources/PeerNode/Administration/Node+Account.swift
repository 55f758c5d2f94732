import Content
import DirectoryClient
package import NodeControl
import Wire

/// One's own account.
extension Node {
    package func role() throws(NodeFailure) -> MemberRole { MemberRole(try member().role) }

    package func changePassword(old: String, new: String) async throws(NodeFailure) {
        let (old, new) = (Array(old.utf8), try newPassword(new))
        guard (1...Login.passwordByteLimit).contains(old.count) else { throw .authenticationFailed }
        // Of who asked: whoever leaves meanwhile has changed it all the same.
        let session = try member()
        let welcome = try await asked { client throws(DirectoryClientFailure) in
            try await client.changePassword(from: old, to: new)
        }
        await session.take(welcome)
    }

    package func devices() async throws(NodeFailure) -> [MemberDevice] {
        let entries = try await asked { client throws(DirectoryClientFailure) in try await client.devices() }
        return entries.sorted { $0.lastSignIn > $1.lastSignIn }.map(MemberDevice.init)
    }

    package func signOut(device: String) async throws(NodeFailure) {
        let id = [UInt8](hex: device).flatMap { DeviceID($0) }
        let session = try member()
        guard let id, id != session.parts.device.id else { throw .noSuchDevice(device) }
        try await asked { client throws(DirectoryClientFailure) in try await client.signOut(id) }
        await session.renew()
    }

    package func signOutOthers() async throws(NodeFailure) {
        let session = try member()
        try await asked { client throws(DirectoryClientFailure) in try await client.signOutOthers() }
        await session.renew()
    }

    func newPassword(_ text: String) throws(NodeFailure) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard Login.canBeChosen(bytes) else {
            throw .passwordUnfit(least: Login.leastPasswordByteCount, most: Login.passwordByteLimit)
        }
        return bytes
    }
}

extension MemberRole {
    init(_ role: Role) {
        self =
            switch role {
            case .member: .member
            case .admin: .admin
            }
    }
}

extension Role {
    init(_ role: MemberRole) {
        self =
            switch role {
            case .member: .member
            case .admin: .admin
            }
    }
}

extension MemberDevice {
    init(_ entry: DeviceEntry) {
        self.init(
            id: entry.id.bytes.hex, label: entry.label, lastSignIn: entry.lastSignIn, expires: entry.expires,
            isOnline: entry.isOnline, isThis: entry.isThis)
    }
}
