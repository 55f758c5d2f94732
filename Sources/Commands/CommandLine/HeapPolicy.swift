import CHeap

/// How the C library's heap behaves in a program whose memory is buffers of up to a megabyte that one thread makes and
/// another lets go of.
///
/// Left alone it keeps an arena for each thread, each with what it once needed, and learns from the first large buffer
/// that is given back to keep such ones too.
enum HeapPolicy {
    /// To be called before there are transfers: arenas that exist stay.
    static func apply() {
        _ = mallopt(M_ARENA_MAX, 2)
        _ = mallopt(M_MMAP_THRESHOLD, 4 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 2 << 20)
    }
}
