import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@Suite struct TextSequenceTests {
    /// The element that replica `replica` made as its change `seq`, or within it.
    private func id(_ replica: Int, _ seq: Int, _ offset: UInt32 = 0) -> ElementID {
        ElementID(point: TextHistory.point(replica: replica, seq: seq), offset: offset)
    }

    private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

    @Test func `an empty text has nothing in it`() {
        var text = TextSequence()
        #expect(text.text == "" && text.scalars.isEmpty && text.elements.isEmpty && text.count == 0)
        #expect(text.insert([], first: id(1, 1), left: nil, right: nil) == .inserted)
        text.delete(first: id(1, 1), count: 0)
        #expect(text.elements.isEmpty)
    }

    @Test func `a run stands in order, and its ids are consecutive`() {
        var text = TextSequence()
        #expect(text.insert(scalars("praatje"), first: id(1, 1, 5), left: nil, right: nil) == .inserted)
        #expect(text.text == "praatje" && text.count == 7)
        #expect(text.elements.map(\.id) == (5..<12).map { id(1, 1, $0) })
    }

    @Test func `two people typing backwards at one place do not interleave`() {
        // "The Art of the Fugue", Figure 1: each puts every letter before the one written last.
        var texts = [TextSequence(), TextSequence()]
        var written: [TextOperation] = []
        for (replica, word) in ["eggs", "milk"].enumerated() {
            for (index, scalar) in word.unicodeScalars.reversed().enumerated() {
                let edit = TextEdit(position: 0, deleted: 0, inserted: [scalar])
                written += texts[replica].write([edit], at: id(replica, index + 1).point)
            }
        }
        for seed in 0..<20 {
            var random = TextRandom(seed: UInt64(seed))
            var text = TextSequence()
            text.deliver(written.shuffled(using: &random))
            #expect(text.text == "eggsmilk")
        }
    }

    @Test func `two people typing backwards between two words do not interleave`() {
        var base = TextSequence()
        let opening = base.write([TextEdit(position: 0, deleted: 0, inserted: scalars("ab"))], at: id(0, 1).point)
        var written = opening
        for (replica, word) in ["123", "xyz"].enumerated() {
            var text = base
            for (index, scalar) in word.unicodeScalars.reversed().enumerated() {
                let edit = TextEdit(position: 1, deleted: 0, inserted: [scalar])
                written += text.write([edit], at: id(replica + 1, index + 1).point)
            }
        }
        var text = TextSequence()
        text.deliver(written.reversed())
        #expect(text.text == "a123xyzb")
    }

    @Test func `many authors' runs at one place stand one after another`() {
        let words = ["alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf"]
        var base = TextSequence()
        let opening = base.write([TextEdit(position: 0, deleted: 0, inserted: scalars("()"))], at: id(0, 1).point)
        var written = opening
        for (replica, word) in words.enumerated() {
            var text = base
            // Letter by letter, every second author backwards.
            let letters = Array(word.unicodeScalars.enumerated())
            for (step, (index, scalar)) in (replica % 2 == 0 ? letters : letters.reversed()).enumerated() {
                let edit = TextEdit(position: 1 + (replica % 2 == 0 ? index : 0), deleted: 0, inserted: [scalar])
                written += text.write([edit], at: id(replica + 1, step + 1).point)
            }
        }
        var texts: Set<String> = []
        for seed in 0..<50 {
            var random = TextRandom(seed: UInt64(seed))
            var text = TextSequence()
            text.deliver(written.shuffled(using: &random))
            texts.insert(text.text)
        }
        #expect(texts.count == 1)
        for word in words { #expect(texts.allSatisfy { $0.contains(word) }, "\(word) in \(texts)") }
    }

    @Test func `of two right children the one with the later right origin stands first`() {
        // What FugueMax adds to Fugue. z…b, then at once A and C between them; one author of a third text sees "zACb"
        // and writes between A and C, while A's own author writes after A.
        var text = TextSequence()
        #expect(text.insert(scalars("b"), first: id(9, 1), left: nil, right: nil) == .inserted)
        #expect(text.insert(scalars("A"), first: id(1, 1), left: nil, right: id(9, 1)) == .inserted)
        #expect(text.insert(scalars("C"), first: id(2, 1), left: nil, right: id(9, 1)) == .inserted)
        #expect(text.insert(scalars("y"), first: id(3, 1), left: id(1, 1), right: id(2, 1)) == .inserted)
        #expect(text.insert(scalars("x"), first: id(4, 1), left: id(1, 1), right: id(9, 1)) == .inserted)
        #expect(text.text == "AxyCb")
    }

    @Test func `a removal may come before what it removes`() {
        var text = TextSequence()
        text.delete(first: id(1, 1, 1), count: 2)
        #expect(text.insert(scalars("abcd"), first: id(1, 1), left: nil, right: nil) == .inserted)
        #expect(text.text == "ad" && text.elements.count == 4)
        text.delete(first: id(1, 1, 0), count: 4)
        text.delete(first: id(1, 1, 0), count: 4)
        #expect(text.text == "" && text.count == 0)
    }

    @Test func `what is removed still has its place for others`() {
        var text = TextSequence()
        text.insert(scalars("one two"), first: id(1, 1), left: nil, right: nil)
        text.delete(first: id(1, 1), count: 7)
        #expect(text.insert(scalars("!"), first: id(2, 1), left: id(1, 1, 2), right: id(1, 1, 3)) == .inserted)
        #expect(text.elements.map(\.scalar) == scalars("one! two") && text.text == "!")
    }

    @Test func `masked text anchors and is not shown`() {
        var text = TextSequence()
        #expect(text.insert(scalars("ab"), first: id(1, 1), left: nil, right: nil, visible: false) == .inserted)
        #expect(text.insert(scalars("x"), first: id(2, 1), left: id(1, 1, 0), right: id(1, 1, 1)) == .inserted)
        #expect(text.text == "x" && text.elements.map(\.scalar) == scalars("axb"))
        // Come again, masked in the meantime.
        text.insert(scalars("x"), first: id(2, 1), left: id(1, 1, 0), right: id(1, 1, 1), visible: false)
        #expect(text.text == "" && text.elements.count == 3)
    }

    @Test func `an insert waits for its anchors and leaves no trace meanwhile`() {
        var text = TextSequence()
        #expect(text.insert(scalars("b"), first: id(2, 1), left: id(1, 1), right: nil) == .waiting)
        #expect(text.insert(scalars("b"), first: id(2, 1), left: nil, right: id(1, 1)) == .waiting)
        #expect(text.elements.isEmpty)
        text.insert(scalars("a"), first: id(1, 1), left: nil, right: nil)
        #expect(text.insert(scalars("b"), first: id(2, 1), left: id(1, 1), right: nil) == .inserted)
        #expect(text.text == "ab")
    }

    @Test func `the same run again, or a part of it, changes nothing`() {
        var text = TextSequence()
        #expect(text.insert(scalars("ab"), first: id(1, 1), left: nil, right: nil) == .inserted)
        #expect(text.insert(scalars("abc"), first: id(1, 1), left: nil, right: nil) == .inserted)
        #expect(text.insert(scalars("abc"), first: id(1, 1), left: nil, right: nil) == .inserted)
        #expect(text.insert(scalars("b"), first: id(1, 1, 1), left: id(1, 1, 0), right: nil) == .inserted)
        #expect(text.text == "abc" && text.elements.count == 3)
    }

    @Test func `a text and its copy go their own ways`() {
        var text = TextSequence()
        text.insert(scalars("ab"), first: id(1, 1), left: nil, right: nil)
        let copy = text
        text.delete(first: id(1, 1), count: 1)
        #expect(text.text == "b" && copy.text == "ab")
    }

    @Test(arguments: [
        "e\u{301}te\u{301}", "\u{e9}t\u{e9}", "👩‍👩‍👧‍👦 en 👍🏽", "een\r\ntwee\r\n",
        "\u{0}\u{10FFFF}\u{FEFF}", "نص עברית ไทย",
    ])
    func `any scalars come back as they were, one element each`(string: String) {
        var text = TextSequence()
        text.write([TextEdit(position: 0, deleted: 0, inserted: scalars(string))], at: id(1, 1).point)
        #expect(text.scalars == scalars(string) && Array(text.text.utf8) == Array(string.utf8))
        for position in scalars(string).indices {
            var cut = text
            cut.write([TextEdit(position: position, deleted: 1, inserted: ["x"])], at: id(1, 2).point)
            var expected = scalars(string)
            expected[position] = "x"
            #expect(cut.scalars == expected)
        }
    }

    @Test func `an insert is anchored behind the visible scalar and before whatever follows it`() {
        var text = TextSequence()
        text.insert(scalars("abcd"), first: id(1, 1), left: nil, right: nil)
        text.delete(first: id(1, 1, 1), count: 1)
        let meant = text.operations(for: [
            TextEdit(position: 0, deleted: 0, inserted: ["x"]), TextEdit(position: 1, deleted: 2, inserted: ["y"]),
            TextEdit(position: 3, deleted: 0, inserted: ["z"]),
        ])
        #expect(meant.inserts.map(\.left) == [nil, id(1, 1, 0), id(1, 1, 3)])
        #expect(meant.inserts.map(\.right) == [id(1, 1, 0), id(1, 1, 1), nil])
        #expect(meant.deletes.map(\.first) == [id(1, 1, 2)] && meant.deletes.map(\.count) == [2])
    }

    @Test func `removals are as few runs as there can be, also of what was typed backwards`() {
        var text = TextSequence()
        for offset in 0..<UInt32(6) {
            text.insert(["x"], first: id(1, 1, offset), left: nil, right: offset == 0 ? nil : id(1, 1, offset - 1))
        }
        text.insert(["y"], first: id(2, 1), left: id(1, 1, 3), right: id(1, 1, 2))
        let meant = text.operations(for: [TextEdit(position: 0, deleted: 7, inserted: [])])
        #expect(meant.deletes.map(\.first) == [id(1, 1, 0), id(2, 1)] && meant.deletes.map(\.count) == [6, 1])
    }

    @Test func `edits outside the text count as at its ends`() {
        var text = TextSequence()
        text.insert(scalars("ab"), first: id(1, 1), left: nil, right: nil)
        let meant = text.operations(for: [
            TextEdit(position: -5, deleted: -1, inserted: ["x"]),
            TextEdit(position: .max, deleted: .max, inserted: ["y"]),
        ])
        #expect(meant.inserts.map(\.left) == [nil, id(1, 1, 1)] && meant.deletes.isEmpty)
    }
}
