import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// What no editor would write, and sizes that no conversation has.
@Suite struct TextHostileTests {
    private func id(_ replica: Int, _ seq: Int, _ offset: UInt32 = 0) -> ElementID {
        ElementID(point: TextHistory.point(replica: replica, seq: seq), offset: offset)
    }

    @Test(arguments: [0, 1_000, 2_000, 3_000])
    func `whatever the anchors, the order of arrival changes nothing`(from first: Int) {
        for seed in first..<first + 250 {
            var random = TextRandom(seed: UInt64(seed))
            var ids: [ElementID?] = [nil]
            var operations: [TextOperation] = []
            for number in 0..<60 {
                let actor = Int.random(in: 0..<5, using: &random)
                let first = id(actor, Int.random(in: 1...8, using: &random), UInt32(number) * 4)
                let count = Int.random(in: 1...4, using: &random)
                let scalars = (0..<count).map { _ in Unicode.Scalar(UInt8.random(in: 97...122, using: &random)) }
                operations.append(
                    .insert(
                        scalars, first: first, left: ids.randomElement(using: &random) ?? nil,
                        right: ids.randomElement(using: &random) ?? nil))
                ids += (0..<UInt32(count)).map { ElementID(point: first.point, offset: first.offset + $0) }
                if number % 5 == 0, let id = ids.randomElement(using: &random) ?? nil {
                    operations.append(.delete(first: id, count: UInt32.random(in: 0...6, using: &random)))
                }
            }
            var text = TextSequence()
            let results = text.deliver(operations)
            for _ in 0..<4 {
                var other = TextSequence()
                let others = other.deliver(operations.shuffled(using: &random))
                #expect(other.elements == text.elements && others == results, "seed \(seed)")
            }
        }
    }

    @Test func `anchors that no text can have are refused, and nothing changes`() {
        var text = TextSequence()
        text.insert(["a", "b", "c"], first: id(1, 1), left: nil, right: nil)
        let before = text.elements
        func refusal(
            _ first: ElementID, _ left: ElementID?, _ right: ElementID?, _ count: Int = 1
        ) -> TextSequence.InsertResult {
            text.insert(Array(repeating: "x", count: count), first: first, left: left, right: right)
        }
        #expect(refusal(id(2, 1), id(1, 1, 1), id(1, 1, 1)) == .refused(.anchorsOutOfOrder))
        #expect(refusal(id(2, 1), id(1, 1, 2), id(1, 1, 0)) == .refused(.anchorsOutOfOrder))
        #expect(refusal(id(2, 1), id(2, 1, 0), nil) == .refused(.anchoredInItself))
        #expect(refusal(id(2, 1), nil, id(2, 1, 3), 5) == .refused(.anchoredInItself))
        #expect(refusal(id(2, 1, .max), nil, nil, 2) == .refused(.offsetOverflow))
        #expect(refusal(id(1, 1), nil, nil) == .refused(.otherContent))
        #expect(refusal(id(1, 1, 1), id(1, 1, 0), nil, 5) == .refused(.otherContent))
        #expect(text.insert(["a"], first: id(1, 1), left: nil, right: id(1, 1, 2)) == .refused(.otherContent))
        #expect(text.elements == before)
        #expect(refusal(id(2, 1, .max), nil, nil) == .inserted)
    }

    @Test func `removing four billion elements, again and again, costs nothing`() {
        var text = TextSequence()
        let took = ContinuousClock().measure {
            for round in 0..<20_000 {
                text.delete(first: id(1, round % 3), count: .max)
                text.delete(first: id(1, round % 3, .max), count: .max)
                text.delete(first: id(1, round % 3, UInt32(round)), count: 1)
            }
        }
        #expect(took < .seconds(20))
        #expect(text.insert(["a", "b"], first: id(1, 1, .max - 1), left: nil, right: nil) == .inserted)
        #expect(text.text == "" && text.elements.count == 2)
    }

    @Test func `ranges of removals overlap as they like`() {
        for seed in 0..<300 {
            var random = TextRandom(seed: UInt64(seed))
            var text = TextSequence()
            var removed: Set<UInt32> = []
            func removeSome() {
                for _ in 0..<8 {
                    let first = UInt32.random(in: 0..<50, using: &random)
                    let count = UInt32.random(in: 0..<12, using: &random)
                    text.delete(first: id(1, 1, first), count: count)
                    removed.formUnion(first..<first + count)
                }
            }
            removeSome()
            text.insert(Array(repeating: "x", count: 30), first: id(1, 1, 10), left: nil, right: nil)
            removeSome()
            #expect(text.elements.allSatisfy { $0.isVisible == !removed.contains($0.id.offset) }, "seed \(seed)")
        }
    }

    @Test func `a million scalars in one run`() {
        var text = TextSequence()
        let million = Array(repeating: Unicode.Scalar("m"), count: 1_000_000)
        #expect(text.insert(million, first: id(1, 1), left: nil, right: nil) == .inserted)
        #expect(text.insert(["!"], first: id(2, 1), left: id(1, 1, 499_999), right: id(1, 1, 500_000)) == .inserted)
        // A second chain from the start, before and after the first: its end has to be found.
        #expect(text.insert(["0"], first: id(0, 1), left: nil, right: nil) == .inserted)
        #expect(text.insert(["9"], first: id(9, 1), left: nil, right: nil) == .inserted)
        text.delete(first: id(1, 1, 1), count: .max)
        #expect(text.text == "0m!9" && text.count == 4)
    }

    @Test func `tens of thousands of elements one by one: at one place, forwards, backwards`() {
        var text = TextSequence()
        let many = 40_000
        // Siblings, in an order of ids that is not the order of arrival.
        for number in 0..<many { text.insert(["s"], first: id(number * 7919 % many, 1), left: nil, right: nil) }
        var (last, first): (ElementID?, ElementID?)
        for number in 0..<UInt32(many) {
            text.insert(["f"], first: id(many, 1, number), left: last, right: nil)
            last = id(many, 1, number)
            text.insert(["b"], first: id(many, 2, number), left: nil, right: first)
            first = id(many, 2, number)
        }
        #expect(text.count == 3 * many)
        #expect(text.text.hasSuffix(String(repeating: "b", count: many)))
    }
}
