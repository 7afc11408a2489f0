import StoepModel
import StoepTestSupport
import Testing

@testable import StoepMerge

/// Several people with a document each, who write, save changes, and hear of each other's in any order.
private struct Writers {
    struct Written {
        let delta: TextDelta
        let point: ChangePoint
        let firstOffset: UInt32
        let points: [ChangePoint]
        let visible: Bool
    }

    var documents: [TextDocument]
    /// The plain text of each, by nothing but string operations, between two exchanges.
    var plain: [[Unicode.Scalar]]
    var held: [Set<Int>]
    var written: [Written] = []
    var seqs: [Int]

    init(_ count: Int) {
        documents = Array(repeating: TextDocument(), count: count)
        plain = Array(repeating: [], count: count)
        held = Array(repeating: [], count: count)
        seqs = Array(repeating: 0, count: count)
    }

    mutating func edit(_ writer: Int, _ edits: Int, _ random: inout TextRandom) {
        let pieces = ["a", "bc", "\u{e9}", "e\u{301}", "\r\n", "👩‍🌾", "سلام", "x", "\u{10ffff}", "long enough to be cut"]
        for _ in 0..<edits {
            let length = plain[writer].count
            #expect(documents[writer].count == length)
            let position = Int.random(in: 0...length, using: &random)
            let deleted =
                Bool.random(using: &random) ? 0 : Int.random(in: 0...min(length - position, 9), using: &random)
            let inserted = deleted > 0 && Bool.random(using: &random) ? "" : pieces.randomElement(using: &random) ?? ""
            let scalars = Array(inserted.unicodeScalars)
            documents[writer].replace(position, deleting: deleted, inserting: scalars)
            plain[writer].replaceSubrange(position..<position + deleted, with: scalars)
        }
        #expect(documents[writer].visibleScalars == plain[writer])
    }

    mutating func save(_ writer: Int, visible: Bool = true, offset: UInt32 = 0) {
        var points: [ChangePoint] = []
        let delta = documents[writer].delta { point in
            if let index = points.firstIndex(of: point) { return UInt32(index) }
            points.append(point)
            return UInt32(points.count - 1)
        }
        guard let delta else { return }
        seqs[writer] += 1
        let point = TextHistory.point(replica: writer, seq: seqs[writer])
        documents[writer].close(as: point, firstOffset: offset)
        held[writer].insert(written.count)
        written.append(
            Written(delta: delta, point: point, firstOffset: offset, points: points, visible: visible))
    }

    mutating func receive(_ writer: Int, _ indices: some Sequence<Int>) {
        for index in indices where held[writer].insert(index).inserted {
            Self.apply(written[index], to: &documents[writer])
        }
        plain[writer] = documents[writer].visibleScalars
    }

    static func apply(_ one: Written, to document: inout TextDocument) {
        document.apply(
            one.delta, at: one.point, firstOffset: one.firstOffset, points: one.points, visible: one.visible)
    }

    /// The same by the oracle.
    func folded(_ order: [Int]) -> (sequence: TextSequence, waiting: Int) {
        TextSequence.folding(
            order.map { index in
                let one = written[index]
                return TextSequence.Edit(
                    delta: one.delta, first: ElementID(point: one.point, offset: one.firstOffset),
                    points: one.points + [one.point], isVisible: one.visible)
            })
    }
}

@Suite struct TextDocumentEditingTests {
    @Test(arguments: [0, 5_000])
    func `what several people write comes together as the oracle has it, in any order, also in part`(from first: Int) {
        for seed in first..<first + 250 {
            var random = TextRandom(seed: UInt64(seed))
            var writers = Writers(Int.random(in: 2...4, using: &random))
            for _ in 0..<14 {
                let writer = writers.documents.indices.randomElement(using: &random) ?? 0
                writers.edit(writer, Int.random(in: 1...6, using: &random), &random)
                // Masked text is its author's alone until it counts: others anchor in it all the same.
                writers.save(writer, offset: UInt32.random(in: 0...3, using: &random))
                if Bool.random(using: &random) {
                    let from = writers.documents.indices.randomElement(using: &random) ?? 0
                    writers.receive(writer, writers.held[from].sorted().shuffled(using: &random))
                }
            }
            let all = Array(writers.written.indices)
            for writer in writers.documents.indices { writers.receive(writer, all.shuffled(using: &random)) }
            let (text, pending) = writers.folded(all)
            #expect(pending == 0)
            for document in writers.documents {
                #expect(document.elements == text.elements && document.pending == 0, "seed \(seed)")
                #expect(document.tree.violation() == nil, "seed \(seed)")
            }
            // Some of it, twice, some of that masked; and counted in one pass or as it comes.
            var document = TextDocument()
            let some = (all.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }).shuffled(using: &random)
            for index in some where index % 3 == 0 {
                let one = writers.written[index]
                writers.written[index] = Writers.Written(
                    delta: one.delta, point: one.point, firstOffset: one.firstOffset, points: one.points, visible: false
                )
            }
            if Bool.random(using: &random) { document.beginImport() }
            for index in some + some { Writers.apply(writers.written[index], to: &document) }
            document.finishImport()
            let (partial, waiting) = writers.folded(some)
            #expect(document.elements == partial.elements && document.pending == waiting, "seed \(seed)")
            #expect(document.tree.violation() == nil, "seed \(seed)")
        }
    }

    @Test func `many edits on a long text keep every count right`() {
        var random = TextRandom(seed: 3)
        var document = TextDocument()
        var plain: [Unicode.Scalar] = []
        var cursor = 0
        for round in 0..<30_000 {
            if Int.random(in: 0..<12, using: &random) == 0 { cursor = Int.random(in: 0...plain.count, using: &random) }
            if Int.random(in: 0..<5, using: &random) == 0, cursor > 0 {
                let count = min(cursor, Int.random(in: 1...3, using: &random))
                document.replace(cursor - count, deleting: count, inserting: [])
                plain.removeSubrange(cursor - count..<cursor)
                cursor -= count
            } else {
                let scalar = Unicode.Scalar(UInt8(97 + round % 26))
                document.replace(cursor, deleting: 0, inserting: [scalar])
                plain.insert(scalar, at: cursor)
                cursor += 1
            }
            if round % 3_000 == 0 { #expect(document.tree.violation() == nil) }
        }
        #expect(document.visibleScalars == plain)
        #expect(document.tree.violation() == nil)
    }
}
