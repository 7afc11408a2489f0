/// The neighbours between which elements were put, by run: the first element of a run has a left origin, each of the others
/// the one before it; all have the same right origin.
struct TextOrigins: Sendable {
    struct Run: Sendable {
        let first: UInt32
        let left: UInt32
        let right: UInt32
    }

    /// Ascending; the last goes on to the last element there is. The first is the start of the text.
    private(set) var runs: ContiguousArray<Run> = [Run(first: 0, left: 0, right: TextTree.none)]

    mutating func append(_ run: Run) { runs.append(run) }

    func index(of element: UInt32) -> Int { runs.partitioning { $0.first > element } - 1 }

    func run(of element: UInt32) -> Run { runs[index(of: element)] }

    /// The last element of a run, of `count` elements in all.
    func last(ofRun index: Int, count: UInt32) -> UInt32 {
        (index + 1 < runs.count ? runs[index + 1].first : count) - 1
    }

    /// Whether the last run has this right origin.
    func lastRunEnds(before right: UInt32) -> Bool { runs[runs.count - 1].right == right }

    func left(of element: UInt32) -> UInt32 {
        let run = run(of: element)
        return run.first == element ? run.left : element - 1
    }

    func right(of element: UInt32) -> UInt32 { run(of: element).right }
}
