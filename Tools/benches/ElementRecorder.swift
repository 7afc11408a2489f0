import StoepMerge
import StoepModel

/// Replays a history on one document an agent and writes down what every stretch of it did, element by element: each element
/// is its agent's n-th.
struct ElementRecorder {
    struct Element: Hashable {
        let agent: Int
        let number: Int
    }

    struct Insert {
        let left: Element?
        let right: Element?
        let first: Element
        let count: Int
        let utf8: [UInt8]
    }

    /// What an agent wrote before another heard of it.
    struct Piece {
        let agent: Int
        let keystrokes: Int
        var inserts: [Insert]
        /// Runs of one agent's elements.
        let deletes: [(first: Element, count: Int)]
    }

    private let history: TraceFile.History
    let agents: [Int]
    private(set) var pieces: [Piece] = []
    /// Milliseconds in which the edits were applied where they were made, without what others sent in between.
    private(set) var local = 0.0
    private var made: [Int]
    /// By provisional change, the number of its first element.
    private var bases: [ChangePoint: Int] = [:]

    init(_ history: TraceFile.History) {
        self.history = history
        agents = Set(history.transactions.map(\.agent)).sorted()
        made = Array(repeating: 0, count: agents.count)
    }

    mutating func replay() throws {
        let all = history.transactions
        var documents = agents.map { _ in TextDocument() }
        // Of each agent's transactions, up to which one another has heard.
        var known = Array(repeating: Array(repeating: -1, count: agents.count), count: all.count)
        var isHeard = Array(repeating: false, count: all.count)
        for (index, transaction) in all.enumerated() {
            let agent = agents.firstIndex(of: transaction.agent) ?? 0
            for parent in transaction.parents {
                for other in agents.indices { known[index][other] = max(known[index][other], known[parent][other]) }
            }
            for other in agents.indices where other != agent && known[index][other] >= 0 {
                isHeard[known[index][other]] = true
            }
            known[index][agent] = index
        }
        var written: [(delta: TextDelta, point: ChangePoint, points: [ChangePoint], agent: Int, last: Int)] = []
        var heard = Array(repeating: Array(repeating: 0, count: agents.count), count: agents.count)
        var byAgent: [[Int]] = agents.map { _ in [] }
        var keystrokes = Array(repeating: 0, count: agents.count)
        for (index, transaction) in all.enumerated() {
            let agent = agents.firstIndex(of: transaction.agent) ?? 0
            func save(_ last: Int) {
                var points: [ChangePoint] = []
                let delta = documents[agent].delta { point in
                    if let known = points.firstIndex(of: point) { return UInt32(known) }
                    points.append(point)
                    return UInt32(points.count - 1)
                }
                guard let delta else { return }
                let point = ChangePoint(
                    actor: ActorID(Bytes16(high: 0, low: UInt64(agent))), seq: UInt64(byAgent[agent].count) + 1,
                    check: 0)
                documents[agent].close(as: point, firstOffset: 0)
                byAgent[agent].append(written.count)
                written.append((delta, point, points, agent, last))
                record(delta, point, points, agent, keystrokes[agent])
                keystrokes[agent] = 0
            }
            for other in agents.indices where other != agent {
                while heard[agent][other] < byAgent[other].count {
                    let one = written[byAgent[other][heard[agent][other]]]
                    guard one.last <= known[index][other] else { break }
                    save(index - 1)
                    documents[agent].apply(one.delta, at: one.point, firstOffset: 0, points: one.points)
                    heard[agent][other] += 1
                }
            }
            let begun = Stopwatch.monotonic
            for edit in transaction.edits {
                guard edit.position + edit.deleted <= documents[agent].count else {
                    throw TraceFile.Failure(
                        description:
                            "txn \(index): [\(edit.position), \(edit.deleted), …] reaches beyond the text, which has"
                            + " \(documents[agent].count) scalars there")
                }
                documents[agent].replace(edit.position, deleting: edit.deleted, inserting: edit.inserted)
            }
            local += Stopwatch.monotonic - begun
            keystrokes[agent] += transaction.length
            if isHeard[index] || keystrokes[agent] >= 100 || index + 1 == all.count { save(index) }
            if index + 1 == all.count { finish() }
        }
        /// What is left open when the history ends.
        func finish() {
            for agent in agents.indices {
                var points: [ChangePoint] = []
                let delta = documents[agent].delta { point in
                    if let known = points.firstIndex(of: point) { return UInt32(known) }
                    points.append(point)
                    return UInt32(points.count - 1)
                }
                guard let delta else { continue }
                let point = ChangePoint(
                    actor: ActorID(Bytes16(high: 0, low: UInt64(agent))), seq: UInt64(byAgent[agent].count) + 1,
                    check: 0)
                documents[agent].close(as: point, firstOffset: 0)
                record(delta, point, points, agent, keystrokes[agent])
            }
        }
    }

    private mutating func record(
        _ delta: TextDelta, _ point: ChangePoint, _ points: [ChangePoint], _ agent: Int, _ keystrokes: Int
    ) {
        let base = made[agent]
        bases[point] = base
        func element(_ anchor: TextDelta.Anchor) -> Element {
            if anchor.entry == 0 { return Element(agent: agent, number: base + Int(anchor.offset)) }
            let other = points[Int(anchor.entry) - 1]
            return Element(agent: Int(other.actor.raw.low), number: (bases[other] ?? 0) + Int(anchor.offset))
        }
        var inserts: [Insert] = []
        var scalars = Array(delta.text.unicodeScalars)[...]
        for insert in delta.inserts {
            let text = String(String.UnicodeScalarView(scalars.prefix(Int(insert.count))))
            scalars = scalars.dropFirst(Int(insert.count))
            inserts.append(
                Insert(
                    left: insert.left.map(element), right: insert.right.map(element),
                    first: Element(agent: agent, number: made[agent]), count: Int(insert.count), utf8: Array(text.utf8))
            )
            made[agent] += Int(insert.count)
        }
        pieces.append(
            Piece(
                agent: agent, keystrokes: keystrokes, inserts: inserts,
                deletes: delta.deletes.map { (element($0.first), Int($0.count)) }))
    }
}
