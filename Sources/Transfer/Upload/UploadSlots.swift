/// How many links are unchoked at the same time, over all contents of a node; the others wait in the order
/// in which they came.
package final class UploadSlots: Sendable {
    package let limit: Int

    package init(limit: Int = 64) {
        self.limit = limit
    }
}
