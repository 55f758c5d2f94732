/// Who may see a publication, and have what it stands for. What stands below another one goes by the one at the top.
package enum Visibility: Hashable, Sendable {
    case everybody
    case restricted(Readers)

    /// Somebody was named before and is not any more.
    package func shutsOut(anyOf former: Visibility) -> Bool {
        guard case .restricted(let now) = self, case .restricted(let former) = former else { return false }
        return !Set(former.names).isSubset(of: now.names)
    }
}

/// Those for whom a publication is; its owner always is one of them, without being named.
package struct Readers: Hashable, Sendable {
    package static let limit = 32
    /// Of all names together: a publication has to fit a datagram.
    package static let byteLimit = 256

    /// Members and groups, which have one space of names: each once, in order.
    package let names: [UserName]
    /// The publication is *listed but locked*: others see its name, not what is behind it, and may ask for it. Otherwise
    /// they do not know of it.
    package let isListed: Bool

    /// Nil for more than ``limit`` names, or ``byteLimit`` bytes.
    package init?(_ names: some Sequence<UserName>, isListed: Bool) {
        let names = Set(names).sorted()
        guard names.count <= Self.limit, names.reduce(0, { $0 + $1.bytes.count }) <= Self.byteLimit else { return nil }
        self.names = names
        self.isListed = isListed
    }
}

/// What a publication is to whoever found it.
package enum Access: Int64, Hashable, Sendable {
    /// It is there for everybody.
    case everybody = 0
    /// It is for some, and he is one of them.
    case granted = 1
    /// It is for others, and he may ask for it: what it stands for is not told.
    case locked = 2
}

/// Somebody would like to have what is locked.
package struct AskEntry: Hashable, Sendable {
    package var id: Int64
    package var publication: PublicationID
    package var name: FileName
    /// Who asked, to its owner; whom he asked, to the other.
    package var member: UserName
    /// Milliseconds since 1970.
    package var time: Int64
    package var state: State

    package enum State: Int64, Hashable, Sendable {
        case open = 0
        case granted = 1
        case refused = 2
    }

    package init(
        id: Int64, publication: PublicationID, name: FileName, member: UserName, time: Int64, state: State
    ) {
        self.id = id
        self.publication = publication
        self.name = name
        self.member = member
        self.time = time
        self.state = state
    }
}

/// What an owner answers to whoever asked.
package enum Verdict: Int64, Hashable, Sendable {
    case refuse = 0
    /// He may have it for ``onceLifetime``.
    case once = 1
    /// He becomes one of its readers.
    case always = 2

    /// In milliseconds.
    package static let onceLifetime: Int64 = 86_400_000
}
