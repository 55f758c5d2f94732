/// Elements that stand in lines, each in one at a time. To join at the end, to leave from anywhere and to look at
/// the front costs the same however long the lines are.
package struct Lines<Line: Hashable & Sendable, Element: Hashable & Sendable>: Sendable {
    private struct Place: Sendable {
        let line: Line
        var before: Element?
        var behind: Element?
    }

    private struct Ends: Sendable {
        var first: Element
        var last: Element
        var count: Int
    }

    private var places: [Element: Place] = [:]
    private var ends: [Line: Ends] = [:]

    package init() {}

    /// Of all lines together.
    package var count: Int { places.count }

    package func count(of line: Line) -> Int { ends[line]?.count ?? 0 }

    package func first(of line: Line) -> Element? { ends[line]?.first }

    package func line(of element: Element) -> Line? { places[element]?.line }

    /// Joins a line at its end, and leaves the one in which the element stood.
    package mutating func append(_ element: Element, to line: Line) {
        remove(element)
        let last = ends[line]?.last
        places[element] = Place(line: line, before: last)
        if let last {
            places[last]?.behind = element
            ends[line]?.last = element
            ends[line]?.count += 1
        } else {
            ends[line] = Ends(first: element, last: element, count: 1)
        }
    }

    /// - Returns: The line that it left.
    @discardableResult
    package mutating func remove(_ element: Element) -> Line? {
        guard let place = places.removeValue(forKey: element), let former = ends[place.line] else { return nil }
        if let before = place.before { places[before]?.behind = place.behind }
        if let behind = place.behind { places[behind]?.before = place.before }
        if let first = place.before == nil ? place.behind : former.first,
            let last = place.behind == nil ? place.before : former.last
        {
            ends[place.line] = Ends(first: first, last: last, count: former.count - 1)
        } else {
            ends[place.line] = nil
        }
        return place.line
    }
}
