internal import Glibc

/// Why a file could not be read, written or put in place: what the operating system said, in terms that a
/// sentence with advice can be made of.
package struct FileFailure: Error, Hashable {
    package enum Reason: Hashable, Sendable {
        case missing
        case isFolder
        /// A pipe, a device or a socket.
        case notAFile
        /// A symbolic link where a file of our own is to be.
        case isLink
        /// A part of the path that should be a folder is none.
        case notAFolder
        case permissionDenied
        case nameTooLong
        /// A path in a folder, with the folder's own, is longer than the system takes one.
        case pathTooLong
        /// No space is left, or the user's quota is used up.
        case diskFull
        case readOnly
        /// The file system cannot hold a file of this size.
        case tooLarge
        case exists
        /// Another running program downloads the same content into the same folder.
        case inUse
        case tooManyOpenFiles
        /// The file is another, shorter, longer or newer than when it was hashed, or it changed meanwhile.
        case changed
        /// A folder with more files, or longer names, than one publication can have.
        case tooManyFiles
        /// Folders in folders, deeper than a torrent can say.
        case tooDeep
        /// A folder in which there is not a byte to fetch.
        case noBytes
        /// A folder of this program's own things.
        case ownState
        /// A folder in which a server keeps its things.
        case serverState
        /// A file in a folder of this program's own things.
        case ownFile
        /// The key of a network.
        case serverKey
        /// The key of an identity.
        case identityKey
        /// ``PartialFile/finish(as:)`` before all pieces were recorded.
        case incomplete
        /// The device failed.
        case broken
        /// What it means is the system's: an `errno`.
        case system(Int32)
    }

    package let reason: Reason
    package let path: String

    package init(_ reason: Reason, path: String) {
        self.reason = reason
        self.path = path
    }

    package init(errno code: Int32, path: String) {
        self.init(Self.reason(of: code), path: path)
    }

    private static func reason(of code: Int32) -> Reason {
        switch code {
        case ENOENT: .missing
        case EISDIR: .isFolder
        case ENXIO, ENODEV: .notAFile
        case ENOTDIR: .notAFolder
        case EACCES, EPERM: .permissionDenied
        case ENAMETOOLONG: .nameTooLong
        case ENOSPC, EDQUOT: .diskFull
        case EROFS: .readOnly
        case EFBIG, EOVERFLOW: .tooLarge
        case EEXIST: .exists
        case EMFILE, ENFILE: .tooManyOpenFiles
        case EIO: .broken
        default: .system(code)
        }
    }
}

/// Repeats a call that a signal interrupted, and gives what it returned where that is no error.
func retried<Number: BinaryInteger>(
    _ path: String, _ call: () -> Number
) throws(FileFailure) -> Number {
    while true {
        let result = call()
        if result >= 0 { return result }
        guard errno == EINTR else { throw FileFailure(errno: errno, path: path) }
    }
}
