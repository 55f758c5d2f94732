import NIOCore

/// Where somebody waits for a connection.
package enum PoolLine: Sendable {
    case reading
    case writing
}

/// Who waits for a connection, in two lines that take turns: so that a search does not wait for all that a hundred members
/// publish.
package struct PoolLines<Element> {
    private var reading = CircularBuffer<Element>()
    private var writing = CircularBuffer<Element>()
    private var last = PoolLine.writing

    package init() {}

    package var count: Int { reading.count + writing.count }

    package mutating func append(_ element: Element, to line: PoolLine) {
        switch line {
        case .reading: reading.append(element)
        case .writing: writing.append(element)
        }
    }

    package mutating func next() -> Element? {
        last = writing.isEmpty || last == .writing && !reading.isEmpty ? .reading : .writing
        return last == .reading ? reading.popFirst() : writing.popFirst()
    }
}
