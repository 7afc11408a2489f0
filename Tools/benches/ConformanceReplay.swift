import StoepMerge
import StoepModel

/// Replays a history in which an agent may be concurrent with itself: a document for every version. Ties go by agent, then
/// by the number of the agent's step.
struct ConformanceReplay {
    private struct Written {
        let delta: TextDelta
        let point: ChangePoint
        let points: [ChangePoint]
    }

    private struct Version {
        var document = TextDocument()
        var held: Set<Int> = []
    }

    private let history: TraceFile.History
    /// By transaction.
    private var written: [[Written]] = []
    /// By transaction; emptied once nothing more goes on from it.
    private var after: [Version] = []
    private var uses: [Int]
    /// Milliseconds in which the edits were applied where they were made.
    private(set) var local = 0.0

    init(_ history: TraceFile.History) {
        self.history = history
        uses = Array(repeating: 0, count: history.transactions.count)
        for transaction in history.transactions {
            for parent in transaction.parents { uses[parent] += 1 }
        }
    }

    /// The text once every transaction was made where it was made, and all were merged.
    mutating func merged() throws -> String {
        for (index, transaction) in history.transactions.enumerated() {
            var version = merge(transaction.parents)
            try make(transaction, index, &version.document)
            version.held.insert(index)
            after.append(version)
            for parent in transaction.parents {
                uses[parent] -= 1
                // Nothing held and nothing shown: a version that nobody asks for again.
                if uses[parent] == 0 { after[parent] = Version() }
            }
        }
        return merge(after.indices.filter { !after[$0].held.isEmpty }).document.text
    }

    /// The text where nothing was typed and everything arrived, in the order of the transactions.
    func imported() -> String {
        var document = TextDocument()
        document.beginImport()
        for one in written.joined() { document.apply(one.delta, at: one.point, firstOffset: 0, points: one.points) }
        document.finishImport()
        return document.text
    }

    private func merge(_ versions: [Int]) -> Version {
        guard let first = versions.first else { return Version() }
        var result = after[first]
        let missing = versions.reduce(into: Set<Int>()) { $0.formUnion(after[$1].held) }.subtracting(result.held)
        for index in missing.sorted() {
            for one in written[index] {
                result.document.apply(one.delta, at: one.point, firstOffset: 0, points: one.points)
            }
        }
        result.held.formUnion(missing)
        return result
    }

    private mutating func make(
        _ transaction: TraceFile.Transaction, _ index: Int, _ document: inout TextDocument
    ) throws {
        var step = transaction.start
        var own: [Written] = []
        for edit in transaction.edits {
            guard edit.position + edit.deleted <= document.count else {
                throw TraceFile.Failure(
                    description:
                        "txn \(index): [\(edit.position), \(edit.deleted), …] reaches beyond the text, which has"
                        + " \(document.count) scalars there")
            }
            let begun = Stopwatch.monotonic
            document.replace(edit.position, deleting: edit.deleted, inserting: edit.inserted)
            local += Stopwatch.monotonic - begun
            var points: [ChangePoint] = []
            let delta = document.delta { point in
                if let known = points.firstIndex(of: point) { return UInt32(known) }
                points.append(point)
                return UInt32(points.count - 1)
            }
            let point = ChangePoint(
                actor: ActorID(Bytes16(high: 0, low: UInt64(transaction.agent))), seq: UInt64(step) + 1, check: 0)
            step += edit.deleted + edit.inserted.count
            document.close(as: point, firstOffset: 0)
            if let delta { own.append(Written(delta: delta, point: point, points: points)) }
        }
        written.append(own)
    }
}
