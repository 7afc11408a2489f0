/// Something that is measured on several sides, ours and the peers', one after another in every round.
struct Contest {
    /// Whose code a measurement runs.
    enum Side: String, CaseIterable {
        case ours
        /// The second thing of ours that the first is held against.
        case baseline
        case yrs
        case loro

        var name: String {
            switch self {
            case .ours: "ours"
            case .baseline: "baseline"
            case .yrs: "Yrs"
            case .loro: "Loro"
            }
        }
    }

    /// What its figures' names begin with.
    let name: String
    /// By side, what one measurement gives: milliseconds, or bytes.
    let measure: [(side: Side, once: () throws -> Double)]
    /// What the medians come to.
    let figures: ([Side: Double]) -> [Figure]

    /// The figures of all, in the order of the contests. A round is a measurement of every side of every contest; sides
    /// begin in turn, so that none profits from standing behind another. The first round warms up and does not count.
    static func figures(of contests: [Contest], runs: Int, progress: (Int) -> Void) throws -> [Figure] {
        var samples: [[Side: [Double]]] = contests.map { _ in [:] }
        for round in 0...runs {
            progress(round)
            for (index, contest) in contests.enumerated() {
                let sides = round.isMultiple(of: 2) ? contest.measure : contest.measure.reversed()
                for (side, once) in sides {
                    let sample = try once()
                    if round > 0 { samples[index][side, default: []].append(sample) }
                }
            }
        }
        return zip(contests, samples).flatMap { contest, samples in
            contest.figures(samples.mapValues(Stopwatch.median))
        }
    }
}
