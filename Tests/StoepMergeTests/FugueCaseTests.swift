import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// The cases of "The Art of the Fugue" (Weidner & Kleppmann, 2023), lived by documents as the product has them: each
/// author types and saves on their own, and whatever the order in which the changes then come, nobody's text is strung
/// between another's.
@Suite struct FugueCaseTests {
    private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

    private func insert(_ position: Int, _ text: String) -> TextEdit {
        TextEdit(position: position, deleted: 0, inserted: scalars(text))
    }

    /// Authors who all start from one text, which they have from somebody else.
    private func authors(_ count: Int, from text: String = "") -> (authors: [TextAuthor], opening: [SavedText]) {
        var first = TextAuthor(0)
        let opening = text.isEmpty ? [] : first.write(insert(0, text))
        let authors = (1...count).map { number in
            var author = TextAuthor(number)
            author.receive(opening)
            return author
        }
        return (authors, opening)
    }

    /// Types a word key by key, each saved, on from a position or always before what was typed last.
    private func type(_ word: String, at position: Int, backwards: Bool, _ author: inout TextAuthor) -> [SavedText] {
        let keys = Array(word.unicodeScalars)
        return (backwards ? keys.reversed() : keys).enumerated().flatMap { index, key in
            author.write(TextEdit(position: backwards ? position : position + index, deleted: 0, inserted: [key]))
        }
    }

    /// The text that all of it comes to, in twenty orders and by the oracle.
    private func merged(_ changes: [SavedText]) -> String {
        let oracle = TextSequence.folding(changes.map(\.edit))
        #expect(oracle.waiting == 0)
        let random = SeededRandom(seed: 5)
        for _ in 0..<20 {
            var document = TextDocument()
            for change in random.shuffled(changes + changes.prefix(3)) { change.apply(to: &document) }
            #expect(document.elements == oracle.sequence.elements && document.pending == 0)
        }
        return oracle.sequence.text
    }

    @Test(arguments: [(false, false), (true, true), (false, true), (true, false)])
    func `two words typed at one place at once, forwards or backwards, stay whole`(first: Bool, second: Bool) {
        var (authors, _) = authors(2)
        let changes =
            type("milk", at: 0, backwards: first, &authors[0]) + type("eggs", at: 0, backwards: second, &authors[1])
        #expect(merged(changes) == "milkeggs")
    }

    @Test(arguments: [(false, false), (true, true), (false, true), (true, false)])
    func `two words typed between the same two letters, forwards or backwards, stay whole`(first: Bool, second: Bool) {
        var (authors, opening) = authors(2, from: "()")
        let changes =
            type("milk", at: 1, backwards: first, &authors[0]) + type("eggs", at: 1, backwards: second, &authors[1])
        #expect(merged(opening + changes) == "(milkeggs)")
    }

    @Test func `a heading put before each one's own lines stays with them`() {
        // Each writes a line, then a line above it, then one below: the runs of each belong together.
        var (authors, opening) = authors(3, from: "list:\n")
        var changes = opening
        for (index, name) in ["a", "b", "c"].enumerated() {
            changes += authors[index].write(insert(6, "\(name)2 "))
            changes += authors[index].write(insert(6, "\(name)1 "))
            changes += authors[index].write(insert(12, "\(name)3 "))
        }
        #expect(merged(changes) == "list:\na1 a2 a3 b1 b2 b3 c1 c2 c3 ")
    }

    @Test func `many authors' words at one place stand one after another`() {
        let words = ["alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf"]
        var (authors, opening) = authors(7, from: "()")
        var changes = opening
        for (index, word) in words.enumerated() {
            changes += type(word, at: 1, backwards: index % 2 == 1, &authors[index])
        }
        #expect(merged(changes) == "(\(words.joined()))")
    }

    @Test func `whatever many authors do within what they wrote at one place, each one's text stays in one piece`() {
        for seed in 0..<UInt64(40) {
            let random = SeededRandom(seed: seed)
            let count = 2 + random.below(6)
            var (authors, opening) = authors(count, from: "()")
            var changes = opening
            for index in authors.indices {
                // Its own letter, so that the text tells whose it is.
                let letter = String(UnicodeScalar(UInt8(97 + index)))
                var length = 0
                for _ in 0..<12 {
                    if length > 2, random.chance(4) {
                        changes += authors[index].write(
                            TextEdit(position: 1 + random.below(length - 1), deleted: 2, inserted: []))
                        length -= 2
                    } else {
                        changes += authors[index].write(
                            insert(1 + random.below(length + 1), String(repeating: letter, count: 2)))
                        length += 2
                    }
                }
            }
            let text = merged(changes)
            let turns = zip(text, text.dropFirst()).count { $0 != $1 }
            #expect(turns == Set(text).count - 1, "seed \(seed): \(text)")
        }
    }

    @Test func `what two wrote at one place goes on from there without being torn apart`() {
        var (authors, opening) = authors(2, from: "()")
        let first = type("milk", at: 1, backwards: false, &authors[0])
        let second = type("eggs", at: 1, backwards: true, &authors[1])
        for index in authors.indices { authors[index].receive(first + second) }
        // "(milkeggs)": now one goes on behind the other's word while that one goes on behind it as well.
        let third = type(" and bread", at: 9, backwards: false, &authors[0])
        let fourth = type(" or cheese", at: 9, backwards: true, &authors[1])
        #expect(merged(opening + first + second + third + fourth) == "(milkeggs and bread or cheese)")
    }

    @Test func `of two right children the one with the later right origin stands first`() {
        // What FugueMax adds to Fugue: y was put between A and C, x between A and b, of which b stands later.
        func id(_ number: Int) -> ElementID { ElementID(point: TextHistory.point(replica: number, seq: 1), offset: 0) }
        let inserts: [(Unicode.Scalar, Int, Int?, Int?)] = [
            ("b", 9, nil, nil), ("A", 1, nil, 9), ("C", 2, nil, 9), ("y", 3, 1, 2), ("x", 4, 1, 9),
        ]
        for seed in 0..<UInt64(20) {
            var document = TextDocument()
            var waiting = SeededRandom(seed: seed).shuffled(inserts)
            while !waiting.isEmpty {
                waiting.removeAll { scalar, number, left, right in
                    document.insert([scalar], first: id(number), left: left.map(id), right: right.map(id)) == .inserted
                }
            }
            #expect(document.text == "AxyCb")
        }
    }

    @Test func `several sessions of one author at one place, seen by nobody in between, follow one another`() {
        // Two laptops write two sessions each at the top of a note, the second above the first.
        var (authors, opening) = authors(2, from: "end")
        var changes = opening
        for (index, words) in [["one ", "two "], ["een ", "twee "]].enumerated() {
            for word in words { changes += type(word, at: 0, backwards: false, &authors[index]) }
        }
        #expect(merged(changes) == "two one twee een end")
    }
}
