import StoepMerge
import StoepModel
import StoepTestSupport
import StoepWire
import Testing

/// What an editor hands back, on its whole way: compared with what was opened, said by ids, sent, and folded.
@Suite struct TextEditorTests {
    private let note = Field.Theme.description

    /// A record whose note somebody wrote in one go.
    private func opened(_ text: String) -> (scene: RecordScene, pen: RecordScene.Pen) {
        let scene = RecordScene(.theme, in: .square)
        let pen = scene.pen(1)
        scene.create(pen)
        scene.write(pen) { _ in text.isEmpty ? [] : [.edit(note, TextDelta(beginning: text))] }
        return (scene, pen)
    }

    /// Saves another version of the note; how many bytes travel.
    @discardableResult
    private func save(_ text: String, _ scene: RecordScene, _ pen: RecordScene.Pen) throws -> Int {
        var document = scene.fold.document(scene.id, note, scene.blocks)
        let edits = TextDiff.edits(from: document.visibleScalars, to: Array(text.unicodeScalars))
        let operations = document.operations(for: edits)
        var points: [ChangePoint] = []
        let delta = operations.delta { element in
            let index = points.firstIndex(of: element.point) ?? points.count
            if index == points.count { points.append(element.point) }
            return ElementReference(entry: UInt32(index), offset: element.offset)
        }
        let payload = Payload(
            collection: .theme, table: points.map { .other($0) },
            operations: operations.isEmpty ? [] : [.edit(note, delta)])
        let bytes = try payload.encoded()
        let read = try Payload(decoding: bytes)
        #expect(read == payload)
        scene.write(pen) { table in
            for point in points { _ = table.entry(point) }
            return read.operations
        }
        return bytes.count
    }

    private static let texts = [
        "", "e\u{301}te\u{301}", "\u{e9}t\u{e9}", "👩‍👩‍👧‍👦 en 👍🏽", "👩‍👩‍👦 en 👍🏿", "een\r\ntwee\r\n", "een\ntwee\n", "een\rtwee\r",
        "\u{0}\u{10FFFF}\u{FEFF}", "نص עברית ไทย", "𝕊𝕥𝕠𝕖𝕡 𝕤𝕥𝕠𝕖𝕡", "a\u{301}\u{302}\u{303}b\u{304}", "\u{AC01}",
        "\u{1100}\u{1161}\u{11A8}",
        "\u{301}", " \u{200B}\u{2028}\u{85} ",
    ]

    @Test func `any text becomes any other, scalar by scalar, and two forms of a letter are two`() throws {
        for old in Self.texts {
            for new in Self.texts {
                let (scene, pen) = opened(old)
                try save(new, scene, pen)
                let state = scene.state()
                #expect(
                    state.text(note).utf8.elementsEqual(new.utf8), "\(old.debugDescription) \(new.debugDescription)")
                #expect(state.pending == 0 && state.quarantined.isEmpty)
            }
        }
    }

    @Test func `two who make different texts of one at once lose nothing that either put in`() throws {
        for one in Self.texts {
            for other in Self.texts {
                let (scene, anna) = opened("vóór \u{e9} na")
                let bram = scene.pen(2)
                let before = scene.blocks
                try save("vóór \(one) na", scene, anna)
                let first = Array(scene.blocks[before.count...])
                let text = try merged(before, first, "vóór \(other) na", scene, bram)
                #expect(text.utf8.starts(with: "vóór ".utf8) && text.utf8.suffix(3).elementsEqual(" na".utf8))
            }
        }
    }

    private func merged(
        _ before: [RecordBlock], _ first: [RecordBlock], _ text: String, _ scene: RecordScene, _ pen: RecordScene.Pen
    ) throws -> String {
        var document = scene.fold.document(scene.id, note, before)
        let edits = TextDiff.edits(from: document.visibleScalars, to: Array(text.unicodeScalars))
        let operations = document.operations(for: edits)
        scene.write(pen) { table in operations.isEmpty ? [] : [.edit(note, operations.delta { table($0) })] }
        let state = scene.state()
        #expect(scene.state(scene.blocks.reversed() + first) == state)
        return state.text(note)
    }

    // MARK: A million characters

    private static let lines = 12_500

    /// A million scalars, of which every line has a letter beyond the BMP: 80 to a line.
    private static func million(_ word: (Int) -> String) -> String {
        (0..<lines).map { line in
            let text = "regel 🌳 \(word(line)) over groen, zorg en de buurt"
            return text + String(repeating: ".", count: 79 - text.unicodeScalars.count) + "\n"
        }.joined()
    }

    @Test(.timeLimit(.minutes(5)))
    func `one word of a million characters travels as one word`() throws {
        let old = Self.million { "\($0)" }
        #expect(old.unicodeScalars.count == 1_000_000)
        let (scene, pen) = opened(old)
        let new = old.replacing("regel 🌳 6000 over", with: "regel 🌳 bankje over")
        let bytes = try save(new, scene, pen)
        #expect(bytes < 120, "\(bytes)")
        #expect(scene.state().text(note).utf8.elementsEqual(new.utf8))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a million characters with a word changed in every line take no longer than their length asks`() throws {
        let (scene, pen) = opened(Self.million { "\($0)" })
        let new = Self.million { "\(Self.lines - $0)!" }
        let bytes = try save(new, scene, pen)
        #expect(bytes < 1_300_000, "\(bytes)")
        #expect(scene.state().text(note).utf8.elementsEqual(new.utf8))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a million characters written anew replace a million, and the note can be written on`() throws {
        let (scene, pen) = opened(Self.million { "\($0)" })
        let new = String(repeating: "helemaal anders ", count: 62_500)
        try save(new, scene, pen)
        #expect(scene.state().text(note).utf8.elementsEqual(new.utf8))
        try save("", scene, pen)
        #expect(scene.state().text(note).isEmpty && scene.state().pending == 0)
        try save("kort", scene, pen)
        #expect(scene.state().text(note) == "kort")
    }
}
