import Foundation

/// One line of a bench: ours, a peer's or a baseline's of the same run, and what was aimed at.
struct Figure: Codable {
    let name: String
    private(set) var value: Double
    let unit: String
    var peer: String?
    var peerValue: Double?
    var ratio: Double?
    /// As in "<= 0.6": what the ratio is held against.
    var goal: String?
    var met: Bool?

    init(_ name: String, _ value: Double, _ unit: String) {
        self.name = name
        self.value = value
        self.unit = unit
    }

    enum Goal {
        case atMost(Double)
        case atLeast(Double)
    }

    func beside(_ peer: String, _ peerValue: Double?, _ goal: Goal? = nil) -> Figure {
        var figure = self
        figure.peer = peer
        guard let peerValue, peerValue > 0 else { return figure }
        let ratio = value / peerValue
        figure.peerValue = peerValue
        figure.ratio = ratio
        switch goal {
        case .atMost(let bound): (figure.goal, figure.met) = ("<= \(bound)", ratio <= bound)
        case .atLeast(let bound): (figure.goal, figure.met) = (">= \(bound)", ratio >= bound)
        case nil: break
        }
        return figure
    }

    func isBetter(than other: Figure) -> Bool {
        unit.hasSuffix("/s") ? value >= other.value : value <= other.value
    }

    /// This value, held against the other's peer and goal, which were measured later.
    func again(beside other: Figure) -> Figure {
        var figure = other
        figure.value = value
        guard let peerValue = other.peerValue else { return figure }
        let ratio = value / peerValue
        figure.ratio = ratio
        if let goal = other.goal, let bound = Double(goal.dropFirst(3)) {
            figure.met = goal.hasPrefix("<=") ? ratio <= bound : ratio >= bound
        }
        return figure
    }

    static func table(_ figures: [Figure]) -> String {
        func number(_ value: Double?) -> String {
            guard let value else { return "" }
            return value >= 1000 ? String(Int(value.rounded())) : String((value * 1000).rounded() / 1000)
        }
        let rows =
            [["figure", "ours", "unit", "peer", "theirs", "ratio", "goal", "met"]]
            + figures.map {
                [
                    $0.name, number($0.value), $0.unit, $0.peer ?? "", number($0.peerValue), number($0.ratio),
                    $0.goal ?? "",
                    $0.met.map { $0 ? "yes" : "NO" } ?? "",
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    static func write(_ figures: [Figure], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(figures).write(to: URL(fileURLWithPath: path))
    }
}

/// How long something takes: the least and the middle of some runs. It is the thread's own time that counts, for the peers
/// too, so that a machine busy with something else shows less.
struct Timing {
    let least: Double
    let median: Double

    /// In milliseconds.
    init(runs: Int, _ body: () throws -> Void) rethrows {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
        }
        var all: [Double] = []
        for _ in 0..<runs {
            let start = now()
            try body()
            all.append(now() - start)
        }
        all.sort()
        least = all[0]
        median = all[all.count / 2]
    }
}
