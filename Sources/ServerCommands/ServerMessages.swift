import Directory
package import DirectoryServer
import Glibc
import Wire

/// A sentence that a person reads: what happened, what to do about it, and how the program ends.
package struct ServerMessage: Hashable, Sendable {
    package let what: String
    package let hint: String
    package let exitCode: ServerExitCode

    /// What goes to standard error.
    package var text: String { "bittrickle-server: \(what)\n\(hint)\n" }
}

/// Every sentence of the server's that is not a line of the log.
package enum ServerMessages {
    package static func message(for failure: StartFailure) -> ServerMessage {
        switch failure {
        case .stateDirectory(let path, let errno):
            ServerMessage(
                what: "The state directory \(path) cannot be used: \(reason(errno)).",
                hint: isFull(errno)
                    ? "Make room on that disk, or name a folder on another one with --data DIR."
                    : "Make it writable for this user, or name another folder with --data DIR.",
                exitCode: .cannotCreate)
        case .locked(let path):
            ServerMessage(
                what: "Another server is running on the state directory \(path).",
                hint: "Stop that one first, or name another folder with --data DIR.",
                exitCode: .locked)
        case .file(let path, let errno):
            ServerMessage(
                what: "\(path) cannot be read or written: \(reason(errno)).",
                hint: isFull(errno)
                    ? "Make room on that disk, then start the server again."
                    : "Check the file's owner and permissions, and the disk that it is on.",
                exitCode: errno == EACCES || errno == EPERM ? .noPermission : .inputOutput)
        case .keyUnreadable(let path):
            ServerMessage(
                what: "\(path) does not hold the network's key (a P-256 key as PEM).",
                hint: "Restore it from your backup. Without it, members would see another network.",
                exitCode: .configuration)
        case .certificateUnreadable(let path):
            ServerMessage(
                what: "\(path) does not hold the network's certificate (PEM).",
                hint: "Restore it from your backup, byte for byte.",
                exitCode: .configuration)
        case .keyMismatch(let keyPath, let certificatePath):
            ServerMessage(
                what: "\(certificatePath) is not the certificate of \(keyPath).",
                hint: "Restore both files from the same backup.",
                exitCode: .configuration)
        case .keyMissing(let path):
            ServerMessage(
                what: "\(path) is gone, though this network has been used before.",
                hint: "Restore it from your backup, or start a new network with another --data DIR.",
                exitCode: .configuration)
        case .keyElsewhere(let path, let database):
            ServerMessage(
                what: "The database \(database) is of a network whose key is not in \(path).",
                hint: "Copy network.key and network.pem there from another server of that network, or from its backup.",
                exitCode: .configuration)
        case .storeElsewhere(let path, let database):
            ServerMessage(
                what: "What this network keeps is in the database \(database).",
                hint:
                    "Start with --store \(database), or, to go back to what the folder has of before, remove \(path).",
                exitCode: .configuration)
        case .keyTooOpen(let path, let mode):
            ServerMessage(
                what: "Others can read the network's key \(path) (mode \(octal(mode))).",
                hint: "Run: chmod 600 \(path)",
                exitCode: .noPermission)
        case .database(let path, let error): database(path, error)
        case .databaseEmptied(let path):
            ServerMessage(
                what: "The database \(path) is empty, though this network has been used before.",
                hint: "Restore it from your backup. To go on without one, remove it: the network keeps its key and "
                    + "accounts, and forgets who publishes what and whom it expelled within the last day.",
                exitCode: .inputOutput)
        case .portTaken(.udp, let port):
            ServerMessage(
                what: "UDP port \(port) is taken by another program.",
                hint: "Stop that program, or choose another port (0 takes any free one).",
                exitCode: .unavailable)
        case .portTaken(.tcp, let port):
            ServerMessage(
                what: "TCP port \(port) is taken by another program.",
                hint: "Stop that program, or give --tcp-port another one, or off.",
                exitCode: .unavailable)
        case .portForbidden(let transport, let port):
            ServerMessage(
                what: "This user may not use \(transport.rawValue) port \(port).",
                hint: "Choose a port from 1024 on.",
                exitCode: .noPermission)
        case .addressUnavailable(let host, let reason):
            ServerMessage(
                what: "\(host) cannot be listened on: \(reason).",
                hint: "Give --host an address of this machine, or leave it out to listen on all.",
                exitCode: .unavailable)
        case .metricsUnavailable(let host, let port, let reason):
            ServerMessage(
                what: "Metrics cannot be served on \(host), port \(port): \(reason).",
                hint: "Give --metrics another port, or an address of this machine.",
                exitCode: .unavailable)
        case .relayUnavailable(let host, let port, let reason):
            ServerMessage(
                what: "The relay cannot listen on \(host.map { "\($0), " } ?? "")TCP port \(port): \(reason).",
                hint: "Give the relay another port, or an address of this machine.",
                exitCode: .unavailable)
        case .noCertificate(let path):
            ServerMessage(
                what: "There is no \(path).",
                hint: "Copy network.pem there from the server's state folder, and name it with --certificate FILE.",
                exitCode: .configuration)
        case .noCredentials(let path):
            ServerMessage(
                what: "There is no \(path), so nobody could sign in.",
                hint: "Write one user name and password a line, as in: echo 'hans falcon*solo' > \(path)",
                exitCode: .configuration)
        case .credentialsUnreadable(let path, let errno):
            ServerMessage(
                what: "\(path) cannot be read: \(reason(errno)).",
                hint: "Make it readable for this user, or name another file with --credentials FILE.",
                exitCode: .configuration)
        case .credentialsWithoutAccounts(let path):
            ServerMessage(
                what: "\(path) holds no account, so nobody could sign in.",
                hint: "Write one user name and password a line, separated by one space, as in: hans falcon*solo",
                exitCode: .configuration)
        }
    }

    private static func database(_ path: String, _ error: DirectoryStoreError) -> ServerMessage {
        if path.hasPrefix("postgres://") { return postgres(path, error) }
        let what = "The database \(path) cannot be used: \(DatabaseText.of(error))."
        return switch error {
        case .full:
            ServerMessage(
                what: what, hint: "Make room on that disk, then start the server again. Nothing acknowledged is lost.",
                exitCode: .inputOutput)
        case .foreign:
            ServerMessage(
                what: what, hint: "Move that file away, or name another folder with --data DIR.",
                exitCode: .configuration)
        case .newerSchema:
            ServerMessage(
                what: what, hint: "Start that version, or restore a backup of \(path) from before it.",
                exitCode: .configuration)
        case .corrupt:
            ServerMessage(
                what: what,
                hint:
                    "Restore it from your backup. Without one, move \(path) and the files beside it whose names begin "
                    + "likewise away: the network stays the same, and what members published is forgotten.",
                exitCode: .inputOutput)
        case .locked:
            ServerMessage(
                what: what,
                hint: "End that program, such as a backup or a database browser, then start the server again.",
                exitCode: .locked)
        case .forbidden:
            ServerMessage(
                what: what,
                hint:
                    "Make the folder and all files in it whose names begin like the database's writable for this user.",
                exitCode: .noPermission)
        case .away:
            ServerMessage(
                what: what, hint: "See that PostgreSQL runs and lets this user in, then start the server again.",
                exitCode: .unavailable)
        case .failed:
            ServerMessage(
                what: what, hint: "Check the disk that it is on; if that is sound, restore the file from your backup.",
                exitCode: .inputOutput)
        }
    }

    /// What a file or a variable of the environment sets wrongly.
    static func configuration(at place: String, what: String, hint: String) -> ServerMessage {
        ServerMessage(what: "\(place): \(what)", hint: hint, exitCode: .configuration)
    }

    static func configurationUnreadable(_ path: String, _ code: Int32) -> ServerMessage {
        ServerMessage(
            what: code == ENOENT ? "There is no \(path)." : "\(path) cannot be read: \(reason(code)).",
            hint: "Name another file with --config FILE; bittrickle-server --print-config writes one.",
            exitCode: .configuration)
    }

    private static func postgres(_ place: String, _ error: DirectoryStoreError) -> ServerMessage {
        let (hint, exitCode): (String, ServerExitCode) =
            switch error {
            case .full: ("Make room on PostgreSQL's disk, then start the server again.", .inputOutput)
            case .foreign: ("Make an empty database, and name that with --store.", .configuration)
            case .newerSchema: ("Start that version: all servers of a database are of one.", .configuration)
            case .away, .locked:
                ("See that PostgreSQL runs there and lets this user in, then start the server again.", .unavailable)
            case .corrupt: ("Restore the database from your backup.", .inputOutput)
            case .forbidden, .failed:
                ("See that the address is right, and that this user owns the database.", .configuration)
            }
        return ServerMessage(
            what: "The database \(place) cannot be used: \(DatabaseText.of(error)).", hint: hint, exitCode: exitCode)
    }

    /// For whatever ends a running server but a signal.
    package static func message(forUnexpected error: any Error) -> ServerMessage {
        ServerMessage(
            what: error as? ServerFailure == .socketClosed
                ? "The server failed: the system closed its UDP socket." : "The server failed: \(error).",
            hint: "Nothing acknowledged is lost: start it again. If it happens again, please report it.",
            exitCode: .software)
    }

    /// The reason alone, as a part of a sentence.
    private static func reason(_ code: Int32) -> String {
        switch code {
        case EACCES, EPERM: "permission denied"
        case ENOENT: "the folder that it is to be in does not exist"
        case ENOTDIR: "it is not a folder"
        case ENOSPC: "the disk is full"
        case EDQUOT: "the disk quota of this user is used up"
        case EROFS: "the file system is read-only"
        case EISDIR: "it is a folder"
        case EFBIG: "it is too large"
        case ELOOP: "it is a symbolic link"
        default: String(cString: strerror(code))
        }
    }

    private static func isFull(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT }

    private static func octal(_ mode: UInt32) -> String {
        "0" + String(mode, radix: 8)
    }
}
