import Testing

@testable import StoepCommand

@Suite struct LineEditorTests {
    private func typed(_ keys: String, beginning text: String = "") -> (text: String, last: TypedLine.Effect) {
        var line = TypedLine(prompt: "> ", text: text, columns: 80)
        var last = TypedLine.Effect.nothing
        for byte in keys.utf8 { last = line.take(byte, maximumScalars: 20) }
        return (line.text, last)
    }

    @Test func `keys write, take back, and end a line`() {
        #expect(typed("Hé 👍").text == "Hé 👍")
        #expect(typed("Hé 👍\u{7F}\u{7F}").text == "Hé")
        #expect(typed("e\u{301}\u{7F}").text.isEmpty, "a character is taken whole")
        #expect(typed("een twee\u{17}").text == "een " && typed("een\u{17}").text.isEmpty)
        #expect(typed("weg\u{15}Ja").text == "Ja")
        #expect(typed("Ja\n").last == .entered && typed("Ja\r").last == .entered)
        #expect(typed("\u{4}").last == .ended && typed("x\u{4}").last == .nothing)
        #expect(typed("x\u{3}").last == .interrupted)
        #expect(typed("er", beginning: "verd").text == "verder")
    }

    @Test func `arrows and control characters leave nothing behind, and a line has an end`() {
        #expect(typed("a\u{1B}[D\u{1B}[1;5Cb\u{1B}OPc\u{7}").text == "abc")
        #expect(typed(String(repeating: "x", count: 30)).text.count == 20)
        var line = TypedLine(prompt: "", text: "", columns: 80)
        for byte: UInt8 in [0xC3, 0x41, 0xA9, 0xFF, 0xE2, 0x82, 0x42] { _ = line.take(byte, maximumScalars: 20) }
        #expect(line.text == "AB", "halves of characters are none")
        // C1 controls steer a terminal as well.
        #expect(typed("\u{9B}31m").text == "31m")
    }

    @Test func `what is pasted may have lines`() {
        let (text, last) = typed("\u{1B}[200~een\ntwee\u{1B}[201~")
        #expect(text == "een\ntwee" && last == .changed(over: 1))
        #expect(typed("\u{1B}[200~een\n\u{1B}[201~\n").last == .entered)
    }

    @Test func `it knows how much of the screen it takes`() {
        let rows = { (text: String) in TypedLine(prompt: "> ", text: text, columns: 20).rows }
        #expect(rows("") == 1 && rows(String(repeating: "x", count: 18)) == 1)
        #expect(rows(String(repeating: "x", count: 19)) == 2)
        #expect(rows(String(repeating: "好", count: 10)) == 2)
        #expect(rows("a\nb") == 2)
    }

    @Test func `what is pasted is drawn once, over what stood there before`() {
        var line = TypedLine(prompt: "> ", text: "x\ny", columns: 20)
        let pasted = String(repeating: "één\n", count: 20_000)
        var effects: [TypedLine.Effect] = []
        for byte in Array("\u{1B}[200~\(pasted)\u{1B}[201~".utf8) {
            let effect = line.take(byte, maximumScalars: 100_000)
            if effect != .nothing { effects.append(effect) }
        }
        #expect(effects == [.changed(over: 2)])
        #expect(line.text == "x\ny" + pasted)
    }
}
