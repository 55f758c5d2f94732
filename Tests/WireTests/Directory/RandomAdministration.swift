import Content
import TestKit
import Wire

/// What administrators and members ask of accounts, from shortest to longest.
extension SeededRandom {
    private mutating func role() -> Role { chance(2) ? .admin : .member }
    private mutating func device() -> DeviceID { DeviceID(bytes(DeviceID.byteCount)) ?? device() }
    private mutating func password() -> [UInt8] { bytes(Int.random(in: 8...256, using: &self)) }
    private mutating func label() -> String { String(fileName().text.prefix(16)) }

    mutating func accountRequest() -> AccountRequest {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: .changePassword(old: bytes(Int.random(in: 0...256, using: &self)), new: password())
        case 1: .devices(window())
        case 2: .signOut(device())
        default: .signOutOthers
        }
    }

    mutating func administration() -> Administration {
        chance(2) ? .change(change()) : .list(list(), window())
    }

    private mutating func list() -> AdministrativeList {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: .invites
        case 1: .members
        case 2: .sessions
        case 3: .publications(of: user())
        case 4: .groups
        default: .groupMembers(user())
        }
    }

    private mutating func change() -> AdministrativeChange {
        switch Int.random(in: 0..<13, using: &self) {
        case 0:
            .invite(
                InviteSecret(bytes(InviteSecret.byteCount)) ?? join().invite,
                uses: Int64.random(in: Administration.uses, using: &self), role: role(),
                lifetime: Int64.random(in: Administration.lifetime, using: &self))
        case 1: .withdrawInvite(number())
        case 2: .disable(user())
        case 3: .enable(user())
        case 4: .remove(user())
        case 5: .setRole(user(), role())
        case 6: .setPassword(user(), password())
        case 7: .signOut(user())
        case 8: .takeDown(list(0...3) { $0.fileName() }, of: user())
        case 9: .addGroup(user())
        case 10: .removeGroup(user())
        case 11: .addMembers(list(0...40) { $0.user() }, to: user())
        default: .removeMembers(list(0...40) { $0.user() }, from: user())
        }
    }

    mutating func deviceEntry() -> DeviceEntry {
        DeviceEntry(
            id: device(), label: label(), lastSignIn: number(), expires: number(), isOnline: chance(2),
            isThis: chance(2))
    }

    mutating func inviteEntry() -> InviteEntry {
        InviteEntry(id: number(), role: role(), usesLeft: number(), created: number(), expires: number())
    }

    mutating func memberEntry() -> MemberEntry {
        MemberEntry(
            user: user(), standing: MemberEntry.Standing.allCases.randomElement(using: &self) ?? .invited,
            role: role(), isOnline: chance(2), lastSeen: optional { $0.number() }, publications: number())
    }

    mutating func sessionEntry() -> SessionEntry {
        SessionEntry(user: user(), label: label(), address: "2001:db8::5", since: number(), lastHeard: number())
    }
}
