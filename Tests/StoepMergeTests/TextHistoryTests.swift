import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// Concurrent histories, lived by `TextSequence` and by an implementation that shares nothing with it.
@Suite struct TextHistoryTests {
    @Test(arguments: [0, 1_000, 2_000, 3_000])
    func `replicas that hear of each other now and then end with the text of the scanning implementation`(
        from first: Int
    ) {
        for seed in first..<first + 300 {
            let history = TextHistory(seed: UInt64(seed))
            let run = history.scanned()
            let texts = replay(history)
            for (replica, text) in texts.enumerated() {
                #expect(same(text, run.texts[replica]), "seed \(seed), replica \(replica): \(history)")
            }
        }
    }

    @Test(arguments: [10_000, 11_000, 12_000, 13_000])
    func `the order in which operations come, and come again, changes nothing`(from first: Int) {
        for seed in first..<first + 300 {
            let history = TextHistory(seed: UInt64(seed))
            let run = history.scanned()
            var random = TextRandom(seed: UInt64(seed))
            let again = run.operations.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
            var text = TextSequence()
            let results = text.deliver((run.operations + again).shuffled(using: &random))
            #expect(results.values.allSatisfy { $0 == .inserted }, "seed \(seed): \(history)")
            #expect(same(text, run.texts[0]), "seed \(seed): \(history)")
        }
    }

    @Test func `long histories come together as well`() {
        for seed in 20_000..<20_010 {
            let history = TextHistory(seed: UInt64(seed), steps: 300)
            let run = history.scanned()
            var random = TextRandom(seed: UInt64(seed))
            var text = TextSequence()
            text.deliver(run.operations.shuffled(using: &random))
            #expect(same(text, run.texts[0]), "seed \(seed)")
        }
    }

    @Test func `the histories on file give the texts that stand beside them`() throws {
        let lines = textHistories.split(separator: "\n")
        #expect(lines.count == 40)
        for line in lines {
            let parts = line.split(separator: " = ", omittingEmptySubsequences: false)
            let history = try #require(TextHistory(parsing: parts[0]), "\(line)")
            for text in replay(history) { #expect(text.text == parts[1], "\(line)") }
        }
    }

    @Test func `a history reads back from the line that it is written as`() throws {
        let line = TextHistory(seed: 7).description
        #expect(try #require(TextHistory(parsing: line)).description == line)
    }

    private func same(_ text: TextSequence, _ scanned: ScannedText) -> Bool {
        text.elements == scanned.items.map { TextElement(id: $0.id, scalar: $0.scalar, isVisible: $0.isVisible) }
    }

    /// Lives a history with sequences alone: edits become operations, and operations travel.
    private func replay(_ history: TextHistory) -> [TextSequence] {
        var texts = Array(repeating: TextSequence(), count: history.replicas)
        var operations: [[TextOperation]] = Array(repeating: [], count: history.replicas)
        var seqs = Array(repeating: 0, count: history.replicas)
        for step in history.steps {
            switch step {
            case .edit(let replica, let edit):
                seqs[replica] += 1
                let point = TextHistory.point(replica: replica, seq: seqs[replica])
                let written = texts[replica].write([edit], at: point)
                operations[replica] += written
            case .receive(let replica, let from):
                texts[replica].deliver(operations[from])
                operations[replica] += operations[from]
            }
        }
        let all = operations.flatMap { $0 }
        for replica in texts.indices { texts[replica].deliver(all) }
        return texts
    }
}

extension TextSequence {
    /// Makes the edits here, as one change; what travels of it.
    @discardableResult
    mutating func write(_ edits: [TextEdit], at point: ChangePoint) -> [TextOperation] {
        let meant = operations(for: edits)
        var offset: UInt32 = 0
        var written: [TextOperation] = []
        for insert in meant.inserts {
            let first = ElementID(point: point, offset: offset)
            written.append(.insert(insert.scalars, first: first, left: insert.left, right: insert.right))
            offset += UInt32(insert.scalars.count)
        }
        written += meant.deletes.map { .delete(first: $0.first, count: $0.count) }
        deliver(written)
        return written
    }
}
