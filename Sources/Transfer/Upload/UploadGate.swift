package import Content
package import Wire

/// To whom contents are given that are not there for everybody: to those who show a ``Ticket``.
package struct UploadGate: Sendable {
    /// Everybody may have a content, at this moment.
    let isOpen: @Sendable (ContentID) -> Bool
    /// Until when these bytes are a ticket of this member for this content; nil where they are none.
    let expiry: @Sendable (_ ticket: [UInt8], UserName, ContentID) -> Int64?
    /// On the clock of expiries.
    let now: @Sendable () -> Int64

    package init(
        isOpen: @escaping @Sendable (ContentID) -> Bool,
        expiry: @escaping @Sendable (_ ticket: [UInt8], UserName, ContentID) -> Int64?,
        now: @escaping @Sendable () -> Int64
    ) {
        self.isOpen = isOpen
        self.expiry = expiry
        self.now = now
    }

    /// Everybody has everything.
    package static let open = UploadGate(isOpen: { _ in true }, expiry: { _, _, _ in nil }, now: { 0 })
}
