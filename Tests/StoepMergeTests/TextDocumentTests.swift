import StoepModel
import StoepTestSupport
import Testing

@testable import StoepMerge

/// `TextDocument` against its oracle: whatever comes, in whatever order, the same elements in the same order.
@Suite struct TextDocumentTests {
    private func id(_ replica: Int, _ seq: Int, _ offset: UInt32 = 0) -> ElementID {
        ElementID(point: TextHistory.point(replica: replica, seq: seq), offset: offset)
    }

    /// The same into both; what each said.
    private func take(
        _ operation: TextOperation, visible: Bool, _ text: inout TextSequence, _ document: inout TextDocument
    ) -> (TextSequence.InsertResult, TextSequence.InsertResult)? {
        switch operation {
        case .insert(let scalars, let first, let left, let right):
            return (
                text.insert(scalars, first: first, left: left, right: right, visible: visible),
                document.insert(scalars, first: first, left: left, right: right, visible: visible)
            )
        case .delete(let first, let count):
            text.delete(first: first, count: count)
            document.delete(first: first, count: count)
            return nil
        }
    }

    @Test(arguments: [0, 1_000, 2_000, 3_000])
    func `what no editor would write gives the same elements and the same refusals`(from first: Int) {
        for seed in first..<first + 180 {
            var random = TextRandom(seed: UInt64(seed))
            var ids: [ElementID?] = [nil]
            var operations: [(TextOperation, visible: Bool)] = []
            for number in 0..<80 {
                let actor = Int.random(in: 0..<5, using: &random)
                let first = id(actor, Int.random(in: 1...8, using: &random), UInt32(number) * 4)
                let count = Int.random(in: 1...4, using: &random)
                let scalars = (0..<count).map { _ in Unicode.Scalar(UInt8.random(in: 97...122, using: &random)) }
                // Mostly near what came last, so that chains grow long.
                let near = ids.suffix(Int.random(in: 1...ids.count, using: &random))
                operations.append(
                    (
                        .insert(
                            scalars, first: first, left: near.randomElement(using: &random) ?? nil,
                            right: ids.randomElement(using: &random) ?? nil),
                        Int.random(in: 0..<6, using: &random) > 0
                    ))
                ids += (0..<UInt32(count)).map { ElementID(point: first.point, offset: first.offset + $0) }
                if number % 5 == 0, let id = ids.randomElement(using: &random) ?? nil {
                    operations.append((.delete(first: id, count: UInt32.random(in: 0...6, using: &random)), true))
                }
            }
            for _ in 0..<3 {
                var text = TextSequence()
                var document = TextDocument()
                // Three times over: what waits gets in, and the rest is there already.
                for _ in 0..<3 {
                    for (operation, visible) in operations {
                        if let (a, b) = take(operation, visible: visible, &text, &document) {
                            #expect(a == b, "seed \(seed)")
                        }
                    }
                }
                #expect(document.elements == text.elements, "seed \(seed)")
                #expect(document.text == text.text && document.count == text.count, "seed \(seed)")
                #expect(document.tree.violation() == nil, "seed \(seed)")
                operations.shuffle(using: &random)
            }
        }
    }

    @Test(arguments: [0, 10_000])
    func `histories of several replicas give the same elements in any order of delivery`(from first: Int) {
        for seed in first..<first + 360 {
            var random = TextRandom(seed: UInt64(seed))
            let operations = TextHistory(seed: UInt64(seed), steps: 40).scanned().operations
            var text = TextSequence()
            text.deliver(operations)
            var document = TextDocument()
            for operation in (operations + operations.prefix(9)).shuffled(using: &random) {
                switch operation {
                case .insert(let scalars, let first, let left, let right):
                    let delta = TextDelta(
                        inserts: [
                            TextDelta.Insert(
                                left: left.map { TextDelta.Anchor(entry: 1, offset: $0.offset) },
                                right: right.map { TextDelta.Anchor(entry: 2, offset: $0.offset) },
                                count: UInt32(scalars.count))
                        ], text: String(String.UnicodeScalarView(scalars)),
                        scalarCount: UInt32(scalars.count))
                    document.apply(
                        delta, at: first.point, firstOffset: first.offset,
                        points: [left?.point ?? first.point, right?.point ?? first.point])
                case .delete(let first, let count): document.delete(first: first, count: count)
                }
            }
            #expect(document.elements == text.elements && document.pending == 0, "seed \(seed)")
            #expect(document.tree.violation() == nil, "seed \(seed)")
        }
    }

    @Test func `elements one by one at one place, forwards, backwards, chained: in no more than a moment`() {
        var (text, document) = (TextSequence(), TextDocument())
        func both(_ scalar: Unicode.Scalar, _ first: ElementID, _ left: ElementID?, _ right: ElementID?) {
            text.insert([scalar], first: first, left: left, right: right)
            document.insert([scalar], first: first, left: left, right: right)
        }
        let many = 4_000
        for number in 0..<many { both("s", id(number * 7919 % many, 1), nil, nil) }
        var (last, first): (ElementID?, ElementID?)
        for number in 0..<UInt32(many) {
            both("f", id(many, 1, number * 2), last, nil)
            last = id(many, 1, number * 2)
            both("b", id(many, 2, number * 2), nil, first)
            first = id(many, 2, number * 2)
        }
        // Down a long chain, a second child for each.
        for number in 0..<UInt32(many) { both("c", id(many, 3, number), id(many, 1, number * 2), nil) }
        #expect(document.elements == text.elements)
        #expect(document.tree.violation() == nil)
    }

    @Test func `a chain that comes backwards is woken without end and without stack`() {
        var document = TextDocument()
        let many = 50_000
        for number in (0..<many).reversed() {
            let delta = TextDelta(
                inserts: [
                    TextDelta.Insert(
                        left: number == 0 ? nil : TextDelta.Anchor(entry: 1, offset: 0), right: nil, count: 1)
                ], text: String(Unicode.Scalar(UInt8(97 + number % 26))), scalarCount: 1)
            document.apply(
                delta, at: id(1, number + 1).point, firstOffset: 0, points: number == 0 ? [] : [id(1, number).point])
            if number > 0, number % 10_000 == 0 { #expect(document.pending == many - number) }
        }
        #expect(document.pending == 0 && document.count == many)
        #expect(document.text.utf8.enumerated().allSatisfy { Int($1) == 97 + $0 % 26 })
    }

    @Test func `removing four billion elements that are not here costs nothing`() {
        var document = TextDocument()
        for round in 0..<2_000 {
            document.delete(first: id(1, round % 3), count: .max)
            document.delete(first: id(1, round % 3, .max), count: .max)
            document.delete(first: id(1, round % 3, UInt32(round)), count: 1)
        }
        #expect(document.insert(["a", "b"], first: id(1, 1, .max - 1), left: nil, right: nil) == .inserted)
        #expect(document.text == "" && document.elements.count == 2)
    }

    @Test func `a million scalars in one run, and others between them`() {
        var document = TextDocument()
        let million = Array(repeating: Unicode.Scalar("m"), count: 1_000_000)
        #expect(document.insert(million, first: id(1, 1), left: nil, right: nil) == .inserted)
        #expect(document.insert(["!"], first: id(2, 1), left: id(1, 1, 499_999), right: id(1, 1, 500_000)) == .inserted)
        #expect(document.insert(["0"], first: id(0, 1), left: nil, right: nil) == .inserted)
        #expect(document.insert(["9"], first: id(9, 1), left: nil, right: nil) == .inserted)
        document.delete(first: id(1, 1, 1), count: .max)
        #expect(document.text == "0m!9" && document.count == 4)
        #expect(document.tree.violation() == nil)
    }
}
