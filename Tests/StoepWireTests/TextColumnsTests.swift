import StoepModel
import Testing

@testable import StoepWire

extension Generator {
    /// A delta that an encoder may write, over a table of so many entries.
    mutating func delta(table: Int) -> TextDelta {
        var delta = TextDelta()
        var made: UInt32 = 0
        func anchor(_ generator: inout Generator) -> TextDelta.Anchor? {
            let entry = UInt32(generator.below(table + 2))
            if entry > table { return nil }
            if entry == 0 {
                return made == 0
                    ? nil : TextDelta.Anchor(entry: 0, offset: made - 1 - UInt32(generator.below(Int(made))))
            }
            let offset = generator.chance(20) ? UInt32.max - UInt32(generator.below(2)) : UInt32(generator.below(300))
            return TextDelta.Anchor(entry: entry, offset: offset)
        }
        var text = ""
        for _ in 0..<below(8) {
            let left = anchor(&self)
            var right = anchor(&self)
            // What typing on, and typing in the midst of something, look like.
            if chance(2), let left, left.offset < .max {
                right = TextDelta.Anchor(entry: left.entry, offset: left.offset + 1)
            }
            if chance(4) { right = delta.inserts.last?.right }
            if let own = right, own.entry == 0, own.offset >= made { right = nil }
            if let left, left.entry == 0, left.offset == made - 1, right == delta.inserts.last?.right { continue }
            let piece = self.text(words: 1 + below(3))
            let count = UInt32(piece.unicodeScalars.count)
            delta.inserts.append(TextDelta.Insert(left: left, right: right, count: count))
            text.unicodeScalars.append(contentsOf: piece.unicodeScalars)
            made += count
        }
        delta.text = text
        delta.scalarCount = made
        for entry in 0...UInt32(table) where chance(2) {
            var reached = 0
            for _ in 0..<below(4) {
                let first = reached + below(9)
                let count = 1 + below(9)
                guard entry > 0 || first + count <= Int(made) else { break }
                delta.deletes.append(
                    TextDelta.Delete(first: TextDelta.Anchor(entry: entry, offset: UInt32(first)), count: UInt32(count))
                )
                reached = first + count + 1
            }
        }
        return delta
    }
}

@Suite struct TextColumnsTests {
    private let field = FieldNumber(rawValue: 15)

    private func payload(_ delta: TextDelta, table: Int) -> Payload {
        Payload(
            collection: CollectionNumber(rawValue: 32), table: (0..<table).map { .own(seq: UInt64($0) + 1) },
            operations: [.edit(field, delta)])
    }

    @Test func `a delta decodes to what was encoded, and to the same bytes`() throws {
        var generator = Generator(seed: 11)
        for _ in 0..<4000 {
            let table = generator.chance(50) ? 70 : generator.below(4)
            let payload = payload(generator.delta(table: table), table: table)
            let bytes = try payload.encoded()
            let decoded = try Payload(decoding: bytes)
            #expect(decoded == payload)
            #expect(try decoded.encoded() == bytes)
        }
    }

    @Test func `whatever columns decode encode to the same bytes, however they were made`() throws {
        var generator = Generator(seed: 12)
        var accepted = 0
        for _ in 0..<400 {
            let table = generator.below(3)
            let bytes = try payload(generator.delta(table: table), table: table).encoded()
            for _ in 0..<60 {
                let mutated = generator.mutated(bytes)
                guard let decoded = try? Payload(decoding: mutated) else { continue }
                accepted += 1
                #expect(try decoded.encoded() == mutated)
            }
        }
        #expect(accepted > 1000)
    }

    @Test func `random columns never trap and never have two forms`() throws {
        var generator = Generator(seed: 13)
        var accepted = 0
        for _ in 0..<60_000 {
            var writer = CBORWriter()
            writer.array(4)
            writer.unsigned(1)
            writer.null()
            let table = generator.below(3)
            writer.array(table)
            for seq in 0..<table { writer.unsigned(UInt64(seq) + 1) }
            writer.array(1)
            writer.array(4)
            writer.unsigned(4)
            writer.unsigned(1)
            // Small numbers mostly, for only those lead far in.
            writer.bytes(
                (0..<generator.below(14)).map { _ in
                    generator.chance(8) ? UInt8(truncatingIfNeeded: generator.next()) : UInt8(generator.below(7))
                })
            writer.text(String(repeating: "é", count: generator.below(6)))
            guard let decoded = try? Payload(decoding: writer.bytes) else { continue }
            accepted += 1
            #expect(try decoded.encoded() == writer.bytes)
        }
        #expect(accepted > 300)
    }

    @Test(arguments: [
        // A text that begins: no columns at all. The same with its zeros written out.
        ("40" + "6161", "accepted"), ("4100" + "6161", "malformed"), ("420000" + "6161", "malformed"),
        // Nothing at all; deletes alone: three elements of the table's entry, from its third on.
        ("40" + "60", "accepted"), ("4400010202" + "60", "accepted"), ("450001020200" + "60", "malformed"),
        // A delete of the delta's own element, and beyond it.
        ("430000" + "01" + "6161", "accepted"), ("450000" + "010001" + "6161", "malformed"),
        // After the entry's element 5: with what was made next to its right, with the text's end, with just that said at length.
        ("43000405" + "6161", "accepted"), ("43000505" + "6161", "accepted"), ("4400050500" + "6161", "malformed"),
        ("450005050202" + "6161", "malformed"), ("450005050204" + "6161", "accepted"),
        // A run that only goes on with the one before it: "ab" as two runs. "b" before "a" are two.
        ("4401000200" + "626162", "malformed"), ("4401000000" + "626162", "malformed"), ("4101" + "626162", "accepted"),
        // More runs than scalars; a number that is longer than it need be; a kind outside the table.
        ("4102" + "626162", "malformed"), ("44008400" + "05" + "6161", "malformed"), ("43000601" + "6161", "malformed"),
        // An anchor in the delta itself before it has any element.
        ("420002" + "6161", "malformed"),
        // "abc", back over "c", "d": the runs hint that "c" is deleted, and nothing has to be said; and that it is not.
        ("4501000202" + "01" + "6461626364", "accepted"), ("4701000202" + "01" + "0102" + "6461626364", "accepted"),
        ("40" + "61ff", "not-text"), ("60" + "6161", "wrong-type"), ("40" + "40", "wrong-type"),
    ])
    func `columns of another shape are refused by name`(hex: String, rule: String) throws {
        let bytes = Hex.decode("841820f6810181" + "840401" + hex)!
        do throws(WireError) {
            let payload = try Payload(decoding: bytes)
            #expect(rule == "accepted")
            #expect(try payload.encoded() == bytes)
        } catch {
            #expect(error.name == rule)
        }
    }

    @Test func `corrected typing need not be said`() throws {
        func own(_ offset: UInt32) -> TextDelta.Anchor { TextDelta.Anchor(entry: 0, offset: offset) }
        let delta = TextDelta(
            inserts: [
                TextDelta.Insert(left: nil, right: nil, count: 3),
                TextDelta.Insert(left: own(1), right: own(2), count: 1),
            ], deletes: [TextDelta.Delete(first: own(2), count: 1)], text: "abcd", scalarCount: 4)
        let bytes = try payload(delta, table: 1).encoded()
        #expect(Hex.encode(bytes) == "841820f6810181" + "84040f" + "4501000202" + "01" + "6461626364")
    }

    @Test func `a payload is cut where the text of an edit begins`() throws {
        let bytes = try payload(TextDelta(beginning: "Meer groen"), table: 0).encoded()
        #expect(Hex.encode(bytes) == "841820f68081" + "84040f40" + "6a4d65657220" + "67726f656e")
        #expect(Payload.textStart(in: bytes) == bytes.count - 11)
    }
}
