import NodeControl
import Terminal

/// What `limit` changes for the whole node.
package enum LimitChange: Hashable, Sendable {
    /// In bytes a second; nil for no limit, 0 for nothing at all.
    case up(Int?)
    case down(Int?)
    case slots(Int)
    case active(Int)
}

/// The words after `queue` and `limit`.
extension Command {
    static let positions = ["first", "last", "high", "normal", "low"]
    static let directions = TransferDirection.allCases.map(\.rawValue)
    static let limits = directions + ["slots", "active"]

    static func queue(_ arguments: [Words.Word]) throws(Misunderstanding) -> Action {
        guard let transfer = arguments.first?.text else { return .listTransfers }
        guard arguments.count > 1 else {
            throw .missing(.queue, "first, last, high, normal or low behind the transfer")
        }
        guard arguments.count == 2 else { throw .tooMany(.queue, arguments[2].text) }
        let change: TransferChange
        switch arguments[1].text {
        case "first": change = .moveToFront
        case "last": change = .moveToBack
        case "high": change = .prioritise(.high)
        case "normal": change = .prioritise(.normal)
        case "low": change = .prioritise(.low)
        default: throw .noChoice(.queue, arguments[1].text, positions)
        }
        return .change(transfers: [transfer], change)
    }

    static func limit(_ arguments: [Words.Word]) throws(Misunderstanding) -> Action {
        var words = arguments.map(\.text)
        if let unit = words.last, let number = words.dropLast().last, RateText.isSpaced(number, unit) {
            words.replaceSubrange((words.count - 2)..., with: [number + unit])
        }
        guard let first = words.first else { return .showLimits }
        guard words.count > 1 else { throw .missing(.limit, "a value behind \"\(first)\"") }
        guard words.count <= 3 else { throw .tooMany(.limit, words[3]) }
        if words.count == 3 {
            guard let direction = TransferDirection(rawValue: words[1]) else {
                throw .noChoice(.limit, words[1], directions)
            }
            return .change(transfers: [first], .limit(direction, try rate(words[2])))
        }
        switch first {
        case "up": return .limit(.up(try RateText.parse(words[1]) == .some(0) ? 0 : rate(words[1])))
        case "down": return .limit(.down(try rate(words[1])))
        case "slots": return .limit(.slots(try number(words[1], in: NodeLimits.slotRange)))
        case "active": return .limit(.active(try number(words[1], in: NodeLimits.activeRange)))
        default: throw .noChoice(.limit, first, limits)
        }
    }

    private static func rate(_ text: String) throws(Misunderstanding) -> Int? {
        guard let rate = RateText.parse(text) else { throw .noRate(text) }
        guard rate.map((NodeLimits.leastRate...NodeLimits.mostRate).contains) ?? true else { throw .noRate(text) }
        return rate
    }

    private static func number(_ text: String, in range: ClosedRange<Int>) throws(Misunderstanding) -> Int {
        guard let number = Int(text), range.contains(number) else { throw .noNumber(.limit, text, range) }
        return number
    }
}
