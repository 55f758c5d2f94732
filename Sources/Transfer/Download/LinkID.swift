/// The number of a link within a run, never used twice.
package struct LinkID: Hashable, Sendable, Comparable {
    package let value: Int

    package init(_ value: Int) { self.value = value }

    package static func < (left: LinkID, right: LinkID) -> Bool { left.value < right.value }
}
