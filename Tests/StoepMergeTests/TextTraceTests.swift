import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// Recorded histories from elsewhere; each test is skipped where its file is not at hand.
@Suite struct TextTraceTests {
    private static let conformance = "sequence-conformance.json.gz"
    private static let concurrent = "friendsforever.json.gz"
    private static let single = "automerge-paper.json.gz"

    private static func missing(_ name: String) -> Comment {
        "\(name) is not in \(TextTraces.folder); set STOEP_TRACES to the folder that has it"
    }

    @Test(.enabled(if: TextTraces.has(conformance), missing(conformance)))
    func `all conformance histories give the text that FugueMax order must give`() throws {
        let histories = try TextTraces.histories(Self.conformance)
        let right = histories.enumerated().filter { index, history in
            let text = Self.replayWithCopies(history).text
            #expect(text == history.end, "history \(index)")
            return text == history.end
        }
        #expect(right.count == 500)
    }

    @Test(.enabled(if: TextTraces.has(concurrent), missing(concurrent)))
    func `two people typing at once end with the text they had`() throws {
        let trace = try TextTraces.trace(Self.concurrent)
        #expect(Self.replayByAgent(trace).allSatisfy { $0.text == trace.end })
    }

    @Test(.enabled(if: TextTraces.has(single), missing(single)))
    func `a paper typed by one person ends with its text`() throws {
        let trace = try TextTraces.trace(Self.single)
        var text = TextSequence()
        for transaction in trace.transactions { Self.write(transaction, into: &text) }
        #expect(text.text == trace.end)
    }

    /// The operations of a transaction, made on a text that stands at its parents. An agent's single steps number its
    /// changes, so ties go by agent, then by step.
    @discardableResult
    private static func write(_ transaction: TextTraces.Transaction, into text: inout TextSequence) -> [TextOperation] {
        let name = transaction.agent.unicodeScalars.reduce(0) { $0 << 8 | UInt64($1.value) }
        let actor = ActorID(Bytes16(high: 0, low: name))
        var step = transaction.start
        var written: [TextOperation] = []
        for edit in transaction.edits {
            let point = ChangePoint(actor: actor, seq: UInt64(step) + 1, check: 0)
            written += text.write([edit], at: point)
            step += edit.deleted + edit.inserted.count
        }
        return written
    }

    /// Keeps the text after every transaction, as agents are concurrent with themselves.
    private static func replayWithCopies(_ trace: TextTraces.Trace) -> TextSequence {
        var after: [(text: TextSequence, held: Set<Int>)] = []
        var operations: [[TextOperation]] = []
        func merged(_ versions: [Int]) -> (text: TextSequence, held: Set<Int>) {
            guard let first = versions.first else { return (TextSequence(), []) }
            var result = after[first]
            let missing = versions.reduce(into: Set<Int>()) { $0.formUnion(after[$1].held) }.subtracting(result.held)
            for index in missing.sorted() { result.text.deliver(operations[index]) }
            result.held.formUnion(missing)
            return result
        }
        for (index, transaction) in trace.transactions.enumerated() {
            var (text, held) = merged(transaction.parents)
            operations.append(write(transaction, into: &text))
            held.insert(index)
            after.append((text, held))
        }
        return merged(Array(trace.transactions.indices)).text
    }

    /// Keeps one text an agent, brought up to the parents of each of its transactions.
    private static func replayByAgent(_ trace: TextTraces.Trace) -> [TextSequence] {
        var operations: [[TextOperation]] = []
        var replicas: [String: (text: TextSequence, held: [Bool])] = [:]
        func bring(_ replica: inout (text: TextSequence, held: [Bool]), to versions: [Int]) {
            var missing: [Int] = []
            var queue = versions
            while let version = queue.popLast() {
                guard !replica.held[version] else { continue }
                replica.held[version] = true
                missing.append(version)
                queue += trace.transactions[version].parents
            }
            for index in missing.sorted() { replica.text.deliver(operations[index]) }
        }
        for (index, transaction) in trace.transactions.enumerated() {
            var replica =
                replicas.removeValue(forKey: transaction.agent)
                ?? (TextSequence(), Array(repeating: false, count: trace.transactions.count))
            bring(&replica, to: transaction.parents)
            operations.append(write(transaction, into: &replica.text))
            replica.held[index] = true
            replicas[transaction.agent] = replica
        }
        return replicas.values.map { replica in
            var replica = replica
            bring(&replica, to: Array(trace.transactions.indices))
            return replica.text
        }
    }
}
