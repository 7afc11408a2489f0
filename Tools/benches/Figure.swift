import Foundation

/// One line of a bench: ours, a peer's or a baseline's of the same run, and what is aimed at. Tools/bench.d/figures.py
/// says the same for what Python measures: both print one table and write one form of JSON.
struct Figure: Encodable {
    enum Goal {
        case atMost(Double)
        case atLeast(Double)
        /// Of the value itself, not of the ratio.
        case valueAtMost(Double)
        /// The value is at most so much above the peer's.
        case above(Double)
    }

    let name: String
    let value: Double
    let unit: String
    /// What it is held against; there also where that was not measured.
    let peer: String?
    let peerValue: Double?
    let ratio: Double?
    let goal: String?
    let met: Bool?

    init(
        _ name: String, _ value: Double, _ unit: String, beside peer: String? = nil, _ peerValue: Double? = nil,
        _ goal: Goal? = nil
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.peer = peer
        self.peerValue = peerValue
        let ratio = peerValue.flatMap { $0 > 0 ? value / $0 : nil }
        self.ratio = ratio
        switch goal {
        case .atMost(let bound): (self.goal, met) = ("ratio ≤ \(Self.short(bound))", ratio.map { $0 <= bound })
        case .atLeast(let bound): (self.goal, met) = ("ratio ≥ \(Self.short(bound))", ratio.map { $0 >= bound })
        case .valueAtMost(let bound): (self.goal, met) = ("≤ \(Self.short(bound)) \(unit)", value <= bound)
        case .above(let bound):
            (self.goal, met) = ("≤ peer's + \(Self.short(bound))", peerValue.map { value <= $0 + bound })
        case nil: (self.goal, met) = (nil, nil)
        }
    }

    private enum CodingKeys: String, CodingKey { case name, value, unit, peer, peerValue, ratio, goal, met }

    /// Every key is there: null where there is nothing.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(unit, forKey: .unit)
        try container.encode(peer, forKey: .peer)
        try container.encode(peerValue, forKey: .peerValue)
        try container.encode(ratio, forKey: .ratio)
        try container.encode(goal, forKey: .goal)
        try container.encode(met, forKey: .met)
    }

    private var verdict: String {
        guard goal != nil else { return "" }
        return met.map { $0 ? "met" : "MISSED" } ?? "not measured"
    }

    private static func short(_ value: Double) -> String { String(format: "%g", value) }

    /// Enough digits to compare by: whole from a thousand on, else four that count.
    private static func number(_ value: Double?) -> String {
        guard let value else { return "" }
        return String(format: abs(value) >= 1000 ? "%.0f" : "%.4g", value)
    }

    static func table(_ figures: [Figure]) -> String {
        let rows =
            [["figure", "ours", "unit", "peer's", "ratio", "goal", "", "beside"]]
            + figures.map {
                [
                    $0.name, number($0.value), $0.unit, number($0.peerValue), number($0.ratio), $0.goal ?? "",
                    $0.verdict, $0.peer ?? "",
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let numeric: Set = [1, 3, 4]
        return rows.map { row in
            let line = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return numeric.contains(column) ? space + row[column] : row[column] + space
            }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    static func write(_ figures: [Figure], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(figures).write(to: URL(fileURLWithPath: path))
    }
}
