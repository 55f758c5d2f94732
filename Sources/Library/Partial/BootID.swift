internal import Content
internal import Glibc

/// What tells one run of the operating system from the next: what is in its memory but not on its disks ends
/// with it.
package enum BootID {
    /// 16 bytes; nil where the system does not tell.
    package static func current() -> [UInt8]? {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 36)
        guard read(descriptor, &text, text.count) == text.count else { return nil }
        let digits = String(decoding: text.filter { $0 != UInt8(ascii: "-") }, as: UTF8.self)
        guard let id = [UInt8](hex: digits), id.count == PartialRecord.bootIDLength, id.contains(where: { $0 != 0 })
        else { return nil }
        return id
    }
}
