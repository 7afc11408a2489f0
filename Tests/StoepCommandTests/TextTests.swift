import StoepCommand
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("abc", 3), ("", 0), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("ｱ", 1), ("한국", 4), ("😀", 2), ("❤\u{FE0F}", 2),
        ("👨‍👩‍👧", 2), ("🇳🇱", 2), ("a\u{200B}b", 2), ("عربي", 4), ("—", 1),
    ])
    func `a text is as wide as what the terminal draws`(_ text: String, _ width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test func `cutting never exceeds the columns and never splits a character`() {
        #expect("abcdef".truncated(columns: 6) == "abcdef")
        #expect("abcdef".truncated(columns: 4) == "abc…")
        #expect("漢字漢字".truncated(columns: 4) == "漢…")
        #expect("e\u{301}e\u{301}e\u{301}".truncated(columns: 2) == "e\u{301}…")
        #expect("abc".truncated(columns: 0) == "")
        for columns in 1...12 { #expect("漢a字b👨‍👩‍👧é".truncated(columns: columns).displayWidth <= columns) }
    }

    @Test func `wrapping breaks at blanks and keeps line breaks`() {
        #expect("een twee drie".wrapped(columns: 8) == ["een twee", "drie"])
        #expect("een\n\ntwee".wrapped(columns: 8) == ["een", "", "twee"])
        #expect("onvoorstelbaar lang".wrapped(columns: 5) == ["onvoorstelbaar", "lang"])
        #expect("".wrapped(columns: 5) == [""])
    }

    @Test func `columns stand under each other`() {
        var table = Table([
            .init(Localized(en: "area", nl: "gebied")), .init(Localized(en: "n", nl: "n"), .trailing),
            .init(Localized(en: "words", nl: "woorden"), shrinks: true),
        ])
        table.add(["Oude Noorden", "7", "veel te horen over groen"])
        table.add(["漢字", "12", ""])
        #expect(
            table.lines(language: .dutch, columns: nil) == [
                "gebied         n  woorden",
                "Oude Noorden   7  veel te horen over groen",
                "漢字          12",
            ])
        #expect(table.lines(language: .english, columns: 30)[1] == "Oude Noorden   7  veel te hor…")
        #expect(table.lines(language: .english, columns: 10)[1] == "Oude Noorden   7  veel te…", "eight columns stay")
    }

    @Test func `escape sequences in stored text are shown, not done`() {
        #expect("\u{1B}[31mrood\u{1B}[0m".displayable == "␛[31mrood␛[0m")
        #expect("a\u{9B}2Jb\u{7}\u{7F}\u{0}".displayable == "a\u{FFFD}2Jb␇␡␀")
        #expect("mooi\u{202E}tkeel".displayable == "mooi\u{FFFD}tkeel")
        #expect("één\tdrie\n漢".displayable == "één\tdrie\n漢")
    }

    @Test func `a carriage return cannot overwrite a line`() {
        #expect("a\r\nb".displayable == "a\nb")
        #expect("goed\rfout".displayable == "goed␍fout")
        #expect("a\r".displayable == "a␍")
        #expect("a\r\r\n".displayable == "a␍\n")
        #expect("a\r\nb\nc\td\u{2028}e".onOneLine == "a b c d e")
    }

    @Test func `nothing that steers a terminal comes through`() {
        for value in UInt32(0)...0x2FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a" + String(scalar) + "b"
            let shown = text.displayable.unicodeScalars.filter { $0 != "\n" && $0 != "\t" }
            #expect(!shown.contains { $0.steersTerminal }, "U+\(String(value, radix: 16))")
            #expect(!text.onOneLine.unicodeScalars.contains { $0.steersTerminal }, "U+\(String(value, radix: 16))")
        }
    }
}
