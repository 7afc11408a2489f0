import StoepModel
import StoepTestSupport
import Testing

@Suite struct ValueTests {
    /// In ascending order: by kind, and within a kind by what it holds; texts as their UTF-8 bytes.
    private let ascending: [Value] = [
        .bool(false), .bool(true), .integer(.min), .integer(-1), .integer(0), .integer(.max),
        .text(""), .text("Z"), .text("a"), .text("a\u{0}"), .text("e\u{301}"), .text("f"), .text("\u{e9}"),
        .text("\u{fffd}"), .text("\u{10000}"),
        .bytes([]), .bytes([0]), .bytes([0, 0]), .bytes([1]), .bytes([0xff]),
        .record(RecordID(Bytes16(high: 0, low: .max))), .record(RecordID(Bytes16(high: 1, low: 0))),
    ]

    @Test func `the order of values is total, and the same whoever sorts`() {
        for (one, left) in ascending.enumerated() {
            for (other, right) in ascending.enumerated() {
                #expect((left < right) == (one < other), "\(left) \(right)")
                #expect((left == right) == (one == other), "\(left) \(right)")
            }
        }
        for seed in 0..<20 as Range<UInt64> {
            #expect(SeededRandom(seed: seed).shuffled(ascending).sorted() == ascending)
        }
    }

    @Test func `texts that only look alike are two`() {
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
        #expect(composed == decomposed, "Swift takes them for one")
        #expect(Value.text(composed) != .text(decomposed))
        #expect(Set([Value.text(composed), .text(decomposed), .text(composed)]).count == 2)
        // The angstrom sign and the letter: a scalar each, so that only the bytes tell them apart.
        let (sign, letter) = (TextDelta(beginning: "\u{212b}"), TextDelta(beginning: "\u{c5}"))
        #expect(sign.text == letter.text && sign.scalarCount == letter.scalarCount)
        #expect(sign != letter && Set([sign, letter, sign]).count == 2)
    }

    @Test func `an edit of a text takes an offset a scalar, and anything else one`() {
        let field = FieldNumber(rawValue: 14)
        #expect(Operation.edit(field, TextDelta(beginning: "e\u{301}👍🏽")).span == 4)
        #expect(Operation.edit(field, TextDelta(beginning: "")).span == 1, "one that only deletes")
        #expect(Operation.add(field, .text("twee woorden")).span == 1 && Operation.unknown([1, 2, 3]).span == 1)
        #expect(TextDelta(beginning: "").isEmpty && TextDelta(beginning: "a").inserts.map(\.count) == [1])
    }

    @Test func `a sum from outside stays at the end of the range`() {
        #expect(Int64.max.addingUpTo(1) == .max && Int64.min.addingUpTo(-1) == .min && Int64(2).addingUpTo(-5) == -3)
        #expect(Int64.min.subtractingDownTo(1) == .min && Int64.max.subtractingDownTo(-1) == .max)
        #expect(Int64(0).subtractingDownTo(.min) == .max && Int64(2).subtractingDownTo(5) == -3)
    }
}
