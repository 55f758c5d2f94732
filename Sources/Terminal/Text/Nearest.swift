/// The word that somebody meant.
package enum Nearest {
    /// The choice that is at most two slips (a letter wrong, missing, too many, or two swapped) away and less than
    /// its whole length; the first of those that are as near.
    package static func choice(to word: String, among choices: [String]) -> String? {
        guard word.utf8.count <= 32 else { return nil }
        let typed = word.lowercased()
        return choices.map { (choice: $0, slips: slips(from: typed, to: $0)) }
            .filter { $0.slips <= 2 && $0.slips < $0.choice.count }
            .min { $0.slips < $1.slips }?.choice
    }

    /// Optimal string alignment distance.
    package static func slips(from left: String, to right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let change = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(change, last[column + 1] + 1, current[column] + 1)
                let isSwap = row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
                if isSwap { best = min(best, before[column - 1] + 1) }
                current.append(best)
            }
            before = last
            last = current
        }
        return last[right.count]
    }
}
