import Foundation
import StoepMerge
import StoepModel

/// Replays recorded texts: whether each comes out as expected, and how long import and local application take.
enum TraceReplay {
    static func run(_ files: [String]) -> Int32 {
        var status: Int32 = 0
        for path in files {
            do {
                let file = try TraceFile(path: path)
                if try !(file.isConformance ? conformance(file) : trace(file)) { status = 1 }
            } catch {
                print("\(path): \(error)")
                status = 1
            }
        }
        return status
    }

    private static func milliseconds(_ value: Double) -> String { "\((value * 100).rounded() / 100) ms" }

    private static func trace(_ file: TraceFile) throws -> Bool {
        let history = file.histories[0]
        let log = try RecordedLog(history, keystrokesPerChange: 1000)
        let document = try TextImport.verified(log.segments, log.devices)
        let right = document.text == history.end
        let chains = try TextImport.chains(log.segments, log.devices)
        let imported = try Timing(runs: 10) { try keep(TextImport.trusted(log.segments, chains).text) }
        var line =
            "\(file.name): \(right ? "as expected" : "NOT AS EXPECTED"); \(history.transactions.count) transactions of"
            + " \(history.agents) agents, \(log.changes) changes, \(log.bytes) bytes; import \(milliseconds(imported.least))"
        var typedRight = true
        if history.isSequential {
            let keystrokes = history.transactions.flatMap(\.edits)
            typedRight = TextImport.typed(keystrokes).text == history.end
            let local = Timing(runs: 5) { keep(TextImport.typed(keystrokes)) }
            line +=
                "; local \(milliseconds(local.least)) (\(Int(Double(keystrokes.count) / local.least * 1000)) operations/s"
            line += typedRight ? ")" : ", NOT AS EXPECTED)"
        } else {
            var recorder = ElementRecorder(history)
            let local = try Timing(runs: 1) { try recorder.replay() }
            line += "; local, every agent's replica, \(milliseconds(local.least))"
        }
        print(line)
        return right && typedRight
    }

    /// Each history on documents, not on device logs: an agent there is concurrent with itself.
    private static func conformance(_ file: TraceFile) throws -> Bool {
        var wrong: [Int] = []
        let took = Timing(runs: 1) {
            wrong = file.histories.indices.filter { replay(file.histories[$0]) != file.histories[$0].end }
        }
        let right = file.histories.count - wrong.count
        print(
            "\(file.name): \(right) of \(file.histories.count) histories as expected, \(milliseconds(took.least))"
                + (wrong.isEmpty ? "" : "; NOT AS EXPECTED: \(wrong.map(String.init).joined(separator: ", "))"))
        return wrong.isEmpty
    }

    private struct Written {
        let delta: TextDelta
        let point: ChangePoint
        let points: [ChangePoint]
    }

    /// A document for every version; ties go by agent, then by the number of the agent's step.
    private static func replay(_ history: TraceFile.History) -> String {
        var after: [(document: TextDocument, held: Set<Int>)] = []
        var written: [[Written]] = []
        func merged(_ versions: [Int]) -> (document: TextDocument, held: Set<Int>) {
            guard let first = versions.first else { return (TextDocument(), []) }
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
        for (index, transaction) in history.transactions.enumerated() {
            var (document, held) = merged(transaction.parents)
            var step = transaction.start
            var own: [Written] = []
            for edit in transaction.edits {
                document.replace(edit.position, deleting: edit.deleted, inserting: edit.inserted)
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
            held.insert(index)
            after.append((document, held))
        }
        return merged(Array(history.transactions.indices)).document.text
    }
}
