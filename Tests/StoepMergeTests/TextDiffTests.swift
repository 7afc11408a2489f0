import StoepMerge
import StoepTestSupport
import Testing

@Suite struct TextDiffTests {
    /// The edits as `[-out+in]` within what stays, to be read at a glance.
    private func shown(_ old: String, _ new: String) -> String {
        let scalars = Array(old.unicodeScalars)
        var out = ""
        var position = 0
        for edit in TextDiff.edits(from: old, to: new) {
            let end = edit.position + edit.deleted
            out += string(scalars[position..<edit.position])
            out += "[-" + string(scalars[edit.position..<end]) + "+" + string(edit.inserted[...]) + "]"
            position = end
        }
        return out + string(scalars[position...])
    }

    private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Makes the edits; nil where they do not ascend, overlap, or reach outside.
    private func apply(_ edits: [TextEdit], to old: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        var out: [Unicode.Scalar] = []
        var position = 0
        for edit in edits {
            guard edit.position >= position, edit.deleted >= 0, edit.position + edit.deleted <= old.count,
                edit.deleted > 0 || !edit.inserted.isEmpty
            else { return nil }
            out += old[position..<edit.position] + edit.inserted
            position = edit.position + edit.deleted
        }
        return out + old[position...]
    }

    @Test func `the edits make the new text of the old one`() {
        let words = [
            "de", "buurt", "wil", "een", "bankje", "in", "het", "park", "\r\n", "\n", "e\u{301}én", "👩‍👧",
            ",", "aa", "aaa",
        ]
        for seed in 0..<3_000 {
            var random = TextRandom(seed: UInt64(seed))
            func some(_ count: ClosedRange<Int>) -> [String] {
                (0..<Int.random(in: count, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
            }
            let old = some(0...30)
            var new = old
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let lower = Int.random(in: 0...new.count, using: &random)
                let upper = min(new.count, lower + Int.random(in: 0...3, using: &random))
                new.replaceSubrange(lower..<upper, with: some(0...3))
            }
            let separator = seed % 3 == 0 ? "" : " "
            let (before, after) = (old.joined(separator: separator), new.joined(separator: separator))
            let edits = TextDiff.edits(from: before, to: after)
            #expect(apply(edits, to: Array(before.unicodeScalars)) == Array(after.unicodeScalars), "seed \(seed)")
            #expect(edits.count <= 12, "seed \(seed)")
        }
    }

    @Test func `any scalars go, and equal texts give no edits`() {
        for seed in 0..<3_000 {
            var random = TextRandom(seed: UInt64(seed))
            func text() -> [Unicode.Scalar] {
                (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    ["a", "b", " ", "\n", "\r", "\u{301}", "\u{200D}", "👩", "字"].randomElement(using: &random) ?? "a"
                }
            }
            let (old, new) = (text(), text())
            #expect(apply(TextDiff.edits(from: old, to: new), to: old) == new, "seed \(seed)")
            #expect(TextDiff.edits(from: old, to: old).isEmpty)
        }
    }

    @Test(arguments: [
        ("", "hallo", "[-+hallo]"),
        ("hallo", "", "[-hallo+]"),
        ("Er is geen bankje.", "Er is hier geen bankje.", "Er is [-+hier ]geen bankje."),
        ("Er is hier geen bankje.", "Er is geen bankje.", "Er is [-hier +]geen bankje."),
        ("I like bread.", "I like butter.", "I like [-bread+butter]."),
        ("de gezondhied", "de gezondheid", "de gezondh[-ie+ei]d"),
        ("een boom", "een bomen", "een [-boom+bomen]"),
        ("één bank", "één banken", "één bank[-+en]"),
        ("the big cat sat", "the large dog sat", "the [-big cat+large dog] sat"),
        ("zij wil meer groen en rust", "hij wil meer licht en rust", "[-z+h]ij wil meer [-groen+licht] en rust"),
        ("cafe", "cafe\u{301}", "cafe[-+\u{301}]"),
        ("café", "cafe\u{301}", "caf[-\u{e9}+e\u{301}]"),
        ("een\ntwee", "een\r\ntwee", "een[-+\r]\ntwee"),
        ("👩‍👧 komt", "👩‍👦 komt", "👩‍[-👧+👦] komt"),
        ("我喜欢公园", "我喜欢花园", "我喜欢[-公+花]园"),
        ("eerste regel\ntweede regel\n", "nul\neerste regel\ntweede regel\n", "[-+nul\n]eerste regel\ntweede regel\n"),
    ])
    func `edits read as a person would name them`(old: String, new: String, expected: String) {
        #expect(Array(shown(old, new).unicodeScalars) == Array(expected.unicodeScalars), "\(shown(old, new))")
    }

    @Test func `texts with nothing in common are replaced line by line or whole`() {
        var random = TextRandom(seed: 1)
        func line() -> String {
            (0..<20).map { _ in String(UInt16.random(in: 0...9_999, using: &random)) }.joined(separator: " ")
        }
        let (old, new) = ((0..<2_000).map { _ in line() }, (0..<2_000).map { _ in line() })
        let before = Array(old.joined(separator: "\n").unicodeScalars)
        let after = Array(new.joined(separator: "\n").unicodeScalars)
        let whole = TextDiff.edits(from: before, to: after)
        #expect(whole.count == 1)
        #expect(apply(whole, to: before) == after)
        var mixed = old
        for index in stride(from: 0, to: 2_000, by: 20) { mixed[index] = line() }
        let third = Array(mixed.joined(separator: "\n").unicodeScalars)
        let lines = TextDiff.edits(from: before, to: third)
        #expect(lines.count == 100)
        #expect(apply(lines, to: before) == third)
    }

    @Test func `one word in a million scalars is one edit`() {
        let old = Array(repeating: Array("een woord ".unicodeScalars), count: 100_000).flatMap { $0 }
        var new = old
        new.replaceSubrange(500_000..<500_003, with: Array("twee".unicodeScalars))
        let expected = TextEdit(position: 500_000, deleted: 3, inserted: Array("twee".unicodeScalars))
        #expect(TextDiff.edits(from: old, to: new) == [expected])
    }
}
