/// A table that forgets what was not touched for longest, in constant time: it keeps two generations, and
/// when the young one is full, it becomes the old one, whose entries are gone.
package struct GenerationTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Entries of both generations at most.
    package let capacity: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    package init(capacity: Int) { self.capacity = max(2, capacity) }

    package subscript(key: Key) -> Value? {
        get { young[key] ?? old[key] }
        set {
            old[key] = nil
            guard let newValue else {
                young[key] = nil
                return
            }
            if young.count >= capacity / 2, young[key] == nil {
                old = young
                young = [:]
                old[key] = nil
            }
            young[key] = newValue
        }
    }
}
