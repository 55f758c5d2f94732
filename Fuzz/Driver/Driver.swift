import FuzzEntries
@preconcurrency import Glibc

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private let entry = getenv("BITTRICKLE_FUZZ").flatMap { FuzzEntry(rawValue: String(cString: $0)) }

/// What SwiftPM makes `main` of: libFuzzer's own would be one for every entry.
@_cdecl("FuzzDriver_main")
package func start(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    guard entry != nil else {
        fputs(
            "BITTRICKLE_FUZZ names the entry: \(FuzzEntry.allCases.map(\.rawValue).joined(separator: ", "))\n", stderr)
        return 64
    }
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments) { bytes, length in
        entry?.run([UInt8](UnsafeBufferPointer(start: bytes, count: length)))
        return 0
    }
}
