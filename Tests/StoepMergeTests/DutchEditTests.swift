import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// What editors' results come to on sentences as volunteers write them, by one and by several at once.
@Suite struct DutchEditTests {
    private func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// The edits as `[-out+in]` within what stays.
    private func shown(_ old: String, _ new: String) -> String {
        let scalars = Array(old.unicodeScalars)
        var out = ""
        var position = 0
        for edit in TextDiff.edits(from: old, to: new) {
            let end = edit.position + edit.deleted
            out += string(scalars[position..<edit.position])
            out += "[-\(string(scalars[edit.position..<end]))+\(string(edit.inserted))]"
            position = end
        }
        return out + string(scalars[position...])
    }

    @Test(arguments: [
        (
            "Zij slaapt slecht door de hitte in huis.",
            "Zij slaapt al weken slecht, vooral door de hitte in haar slaapkamer.",
            "Zij slaapt [-+al weken ]slecht[-+,] [-+vooral ]door de hitte in [-huis+haar slaapkamer]."
        ),
        (
            "Hij heeft een hond en gaat elke dag naar het park.", "Hij gaat elke dag met zijn hond naar het park.",
            "Hij [-heeft een hond en +]gaat elke dag[-+ met zijn hond] naar het park."
        ),
        (
            "Mevrouw zegt dat de huisarts geen tijd heeft.", "Mevrouw zegt dat haar huisarts nooit tijd heeft.",
            "Mevrouw zegt dat [-de+haar] huisarts [-geen+nooit] tijd heeft."
        ),
        (
            "De fontein is stuk.", "De fontein op het plein is al weken stuk.",
            "De fontein [-+op het plein ]is[-+ al weken] stuk."
        ),
        (
            "Ze wil 's avonds niet meer naar buiten.", "Ze wil 's avonds liever niet naar buiten.",
            "Ze wil 's avonds [-niet meer+liever niet] naar buiten."
        ),
        (
            "Dhr. Jansen, 78 jaar, woont alleen.", "Dhr. Jansen, 79 jaar, woont nu alleen.",
            "Dhr. Jansen, 7[-8+9] jaar, woont[-+ nu] alleen."
        ),
        (
            "Ik ken de buren niet. Vroeger wel.", "Vroeger kende ik de buren wel. Nu niet meer.",
            "[-Ik ken +Vroeger kende ik ]de buren [-niet. Vroeger wel+wel. Nu niet meer]."
        ),
        ("eenzaam", "eenzaamheid", "eenzaam[-+heid]"),
        // Written anew: the little words that both have by chance hold nothing together.
        (
            "De buurt wil meer groen en een bankje bij de kerk.",
            "In de wijk vragen mensen om een speeltuin en om rust bij de school.",
            "[-De buurt wil meer groen en een bankje +In de wijk vragen mensen om een speeltuin en om rust ]bij de [-kerk+school]."
        )
    ])
    func `a sentence is changed by the words that were changed`(old: String, new: String, expected: String) {
        #expect(shown(old, new) == expected)
    }

    // MARK: At the same time

    private static let sentence = "De buurt wil meer groen en een bankje bij de kerk."
    private static let versions = [
        "De buurt wil veel meer groen en een bankje bij de kerk.",
        "De buurt wil meer groen, schone lucht en een bankje bij de oude kerk.",
        "In de wijk vragen mensen om een speeltuin en om rust bij de school.",
        "De buurt wil geen parkeerplaats, maar bomen.",
        "De buurt wil meer groen en twee bankjes bij de kerk, zegt zij.",
        "Iedereen in de buurt wil meer groen en een bankje bij de kerk. Nu!",
        "De buren willen minder auto's en een bankje bij de kerk."
    ]

    /// What several edits of one sentence, made at the same time, come to, with each author's runs.
    private func merged(_ texts: [String], order: [Int]) -> (text: String, elements: [TextElement], runs: [[ElementID]])
    {
        func point(_ number: UInt64) -> ChangePoint {
            ChangePoint(actor: ActorID(Bytes16(high: 0, low: number)), seq: 1, check: number)
        }
        var start = TextSequence()
        start.insert(
            Array(Self.sentence.unicodeScalars), first: ElementID(point: point(0), offset: 0), left: nil, right: nil)
        var sequence = start
        var runs: [[ElementID]] = []
        for author in order {
            let edits = TextDiff.edits(from: start.scalars, to: Array(texts[author].unicodeScalars))
            let operations = start.operations(for: edits)
            var offset: UInt32 = 0
            for insert in operations.inserts {
                let first = ElementID(point: point(UInt64(author) + 1), offset: offset)
                sequence.insert(insert.scalars, first: first, left: insert.left, right: insert.right)
                runs.append(insert.scalars.indices.map { ElementID(point: first.point, offset: offset + UInt32($0)) })
                offset += UInt32(insert.scalars.count)
            }
            for delete in operations.deletes { sequence.delete(first: delete.first, count: delete.count) }
        }
        return (sequence.text, sequence.elements, runs)
    }

    @Test func `whatever two or three people make of one sentence at once, nobody's run is broken up`() {
        for one in Self.versions.indices {
            for two in Self.versions.indices where two != one {
                for three in Self.versions.indices where three != one && three != two {
                    let texts = [Self.versions[one], Self.versions[two], Self.versions[three]]
                    let result = merged(texts, order: [0, 1, 2])
                    let places = Dictionary(uniqueKeysWithValues: result.elements.enumerated().map { ($1.id, $0) })
                    for run in result.runs {
                        let found = run.compactMap { places[$0] }
                        #expect(found == (found.first.map { Array($0..<$0 + run.count) } ?? []), "\(result.text)")
                    }
                    #expect(merged(texts, order: [2, 0, 1]).text == result.text)
                }
            }
        }
    }

    @Test(arguments: [
        ([0, 1], "De buurt wil veel meer groen, schone lucht en een bankje bij de oude kerk."),
        ([0, 4], "De buurt wil veel meer groen en twee bankjes bij de kerk, zegt zij."),
        ([5, 0], "Iedereen in de buurt wil veel meer groen en een bankje bij de kerk. Nu!"),
        ([1, 5], "Iedereen in de buurt wil meer groen, schone lucht en een bankje bij de oude kerk. Nu!"),
        ([1, 6], "De buren willen minder auto's, schone lucht en een bankje bij de oude kerk.")
    ])
    func `edits of different words of one sentence both read as they were meant`(authors: [Int], expected: String) {
        let text = merged(authors.map { Self.versions[$0] }, order: [0, 1]).text
        #expect(text == expected)
    }

    @Test func `two who write the same sentence anew are read one after the other`() {
        let texts = [Self.versions[2], "Er wordt om stilte en een hek gevraagd, en om licht bij de trap van de flat."]
        let text = merged(texts, order: [0, 1]).text
        for whole in [
            "In de wijk vragen mensen om een speeltuin en om rust ",
            "Er wordt om stilte en een hek gevraagd, en om licht "
        ] {
            #expect(text.contains(whole), "\(text)")
        }
    }
}
