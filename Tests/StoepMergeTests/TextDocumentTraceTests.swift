import StoepModel
import StoepTestSupport
import Testing

@testable import StoepMerge

/// Recorded histories from elsewhere; each test is skipped where its file is not at hand.
@Suite struct TextDocumentTraceTests {
    private static let conformance = "sequence-conformance.json.gz"
    private static let concurrent = "friendsforever.json.gz"
    private static let single = "automerge-paper.json.gz"

    private static func missing(_ name: String) -> Comment {
        "\(name) is not in \(TextTraces.folder); set STOEP_TRACES to the folder that has it"
    }

    /// What one document wrote, as another takes it.
    private struct Written {
        let delta: TextDelta
        let point: ChangePoint
        let points: [ChangePoint]

        func apply(to document: inout TextDocument) {
            document.apply(delta, at: point, firstOffset: 0, points: points)
        }
    }

    /// Makes a change of what was edited.
    private static func save(_ document: inout TextDocument, _ agent: UInt64, _ seq: Int) -> Written? {
        var points: [ChangePoint] = []
        var entries: [ChangePoint: UInt32] = [:]
        let delta = document.delta { point in
            if let entry = entries[point] { return entry }
            entries[point] = UInt32(points.count)
            points.append(point)
            return UInt32(points.count - 1)
        }
        let point = ChangePoint(actor: ActorID(Bytes16(high: 0, low: agent)), seq: UInt64(seq), check: 0)
        document.close(as: point, firstOffset: 0)
        return delta.map { Written(delta: $0, point: point, points: points) }
    }

    private static func number(_ name: String) -> UInt64 {
        name.unicodeScalars.reduce(0) { $0 << 8 | UInt64($1.value) }
    }

    @Test(.enabled(if: TextTraces.has(conformance), missing(conformance)))
    func `all conformance histories give the text that FugueMax order must give`() throws {
        let histories = try TextTraces.histories(Self.conformance)
        #expect(histories.count == 500)
        for (number, history) in histories.enumerated() {
            #expect(Self.replayWithCopies(history) == history.end, "history \(number)")
        }
    }

    /// Keeps the document after every transaction, as agents are concurrent with themselves.
    private static func replayWithCopies(_ trace: TextTraces.Trace) -> String {
        var after: [(document: TextDocument, held: Set<Int>)] = []
        var written: [[Written]] = []
        func merged(_ versions: [Int]) -> (document: TextDocument, held: Set<Int>) {
            guard let first = versions.first else { return (TextDocument(), []) }
            var result = after[first]
            let missing = versions.reduce(into: Set<Int>()) { $0.formUnion(after[$1].held) }.subtracting(result.held)
            for index in missing.sorted() { for one in written[index] { one.apply(to: &result.document) } }
            result.held.formUnion(missing)
            return result
        }
        for (index, transaction) in trace.transactions.enumerated() {
            var (document, held) = merged(transaction.parents)
            var step = transaction.start
            var own: [Written] = []
            for edit in transaction.edits {
                document.replace([edit])
                if let one = save(&document, number(transaction.agent), step + 1) { own.append(one) }
                step += edit.deleted + edit.inserted.count
            }
            written.append(own)
            held.insert(index)
            after.append((document, held))
        }
        return merged(Array(trace.transactions.indices)).document.text
    }

    @Test(.enabled(if: TextTraces.has(single), missing(single)))
    func `a paper typed by one person ends with its text, there and where it is imported`() throws {
        let trace = try TextTraces.trace(Self.single)
        var document = TextDocument()
        var imported = TextDocument()
        imported.beginImport()
        for (index, transaction) in trace.transactions.enumerated() {
            for edit in transaction.edits {
                document.replace(edit.position, deleting: edit.deleted, inserting: edit.inserted)
            }
            guard index % 1000 == 999 || index + 1 == trace.transactions.count else { continue }
            Self.save(&document, 1, index / 1000 + 1)?.apply(to: &imported)
        }
        imported.finishImport()
        #expect(document.text == trace.end && imported.text == trace.end)
        #expect(imported.elements == document.elements)
        #expect(document.tree.violation() == nil && imported.tree.violation() == nil)
    }

    @Test(.enabled(if: TextTraces.has(concurrent), missing(concurrent)))
    func `two people typing at once end with the text they had`() throws {
        let trace = try TextTraces.trace(Self.concurrent)
        var written: [Written?] = []
        var replicas: [String: (document: TextDocument, held: [Bool])] = [:]
        func bring(_ replica: inout (document: TextDocument, held: [Bool]), to versions: [Int]) {
            var missing: [Int] = []
            var queue = versions
            while let version = queue.popLast() {
                guard !replica.held[version] else { continue }
                replica.held[version] = true
                missing.append(version)
                queue += trace.transactions[version].parents
            }
            for index in missing.sorted() { written[index]?.apply(to: &replica.document) }
        }
        for (index, transaction) in trace.transactions.enumerated() {
            var replica =
                replicas.removeValue(forKey: transaction.agent)
                ?? (TextDocument(), Array(repeating: false, count: trace.transactions.count))
            bring(&replica, to: transaction.parents)
            for edit in transaction.edits { replica.document.replace([edit]) }
            written.append(Self.save(&replica.document, Self.number(transaction.agent), index + 1))
            replica.held[index] = true
            replicas[transaction.agent] = replica
        }
        for var replica in replicas.values {
            bring(&replica, to: Array(trace.transactions.indices))
            #expect(replica.document.text == trace.end && replica.document.pending == 0)
        }
    }
}
