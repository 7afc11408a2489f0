extension TextDiff {
    /// The most insertions and deletions that are looked for: the search keeps about their square in memory.
    private static let mostDifferences = 512
    /// The most steps that a search may take, about.
    private static let mostSteps = 1 << 26

    /// The fewest insertions and deletions of whole tokens that turn `a` into `b`, neighbouring ones put together
    /// (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986); nil if there are too many of them.
    ///
    /// Ranges are half-open, in tokens.
    static func shortestScript(from a: [Int], to b: [Int]) -> [Hunk]? {
        let bound = min(a.count + b.count, mostDifferences, mostSteps / (a.count + b.count + 1))
        // Diagonal k has x − y = k; `furthest[k + bound + 1]` is the greatest x reached on it so far.
        // `history[d]` keeps the diagonals −d…d as they were after d differences.
        var furthest = [Int](repeating: 0, count: 2 * bound + 3)
        var history: [[Int]] = []
        for differences in 0...bound {
            for k in stride(from: -differences, through: differences, by: 2) {
                let (fromBelow, fromLeft) = (furthest[k + bound + 2], furthest[k + bound] + 1)
                let comesDown = k == -differences || (k != differences && fromLeft - 1 < fromBelow)
                var x = differences == 0 ? 0 : comesDown ? fromBelow : fromLeft
                while x < a.count, x - k < b.count, a[x] == b[x - k] { x += 1 }
                furthest[k + bound + 1] = x
                if x >= a.count, x - k >= b.count {
                    return script(to: (a.count, b.count), history)
                }
            }
            history.append(Array(furthest[bound + 1 - differences...bound + 1 + differences]))
        }
        return nil
    }

    /// Walks back from the end through what was reached with one difference less each time.
    private static func script(to end: (x: Int, y: Int), _ history: [[Int]]) -> [Hunk] {
        var hunks: [Hunk] = []
        var (x, y) = end
        for differences in history.indices.reversed() {
            // Before the last step there were `differences`; `reached[k + differences]` is diagonal k then.
            let reached = history[differences]
            let k = x - y
            func at(_ diagonal: Int) -> Int {
                reached.indices.contains(diagonal + differences) ? reached[diagonal + differences] : -1
            }
            let comesDown = k == -differences - 1 || (k != differences + 1 && at(k - 1) < at(k + 1))
            let fromX = comesDown ? at(k + 1) : at(k - 1)
            let fromY = fromX - (comesDown ? k + 1 : k - 1)
            let step = Hunk(
                old: fromX..<(comesDown ? fromX : fromX + 1), new: fromY..<(comesDown ? fromY + 1 : fromY))
            if let next = hunks.last, next.old.lowerBound == step.old.upperBound,
                next.new.lowerBound == step.new.upperBound
            {
                hunks[hunks.count - 1] = Hunk(
                    old: step.old.lowerBound..<next.old.upperBound, new: step.new.lowerBound..<next.new.upperBound)
            } else {
                hunks.append(step)
            }
            (x, y) = (fromX, fromY)
        }
        return hunks.reversed()
    }
}
