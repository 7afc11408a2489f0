import StoepCommand
import Testing

@Suite struct CalendarTests {
    private func text(_ title: String, _ note: String = "") -> String {
        Calendar([.init(id: "4f2a", day: "2026-12-01", title: title, note: note)], nowMilliseconds: sampleNow).text
    }

    @Test func `what is due stands on its day, by a name that stays`() {
        let lines = text("lamp maken", "wijkbeheer").split(separator: "\r\n").map(String.init)
        #expect(lines.first == "BEGIN:VCALENDAR" && lines.last == "END:VCALENDAR")
        for line in [
            "UID:4f2a@stoep", "DTSTAMP:20261121T130500Z", "DTSTART;VALUE=DATE:20261201", "SUMMARY:lamp maken",
            "DESCRIPTION:wijkbeheer",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(text("x").hasSuffix("END:VCALENDAR\r\n") && !text("x").contains("DESCRIPTION"))
    }

    @Test func `what somebody wrote cannot add a line or end an event`() {
        let hostile = text("a\r\nEND:VEVENT\nBEGIN:VALARM\u{1B}", "b,c;d\\e")
        #expect(hostile.components(line: "END:VEVENT") == 1 && hostile.components(line: "BEGIN:VALARM") == 0)
        #expect(hostile.contains("SUMMARY:a\\nEND:VEVENT\\nBEGIN:VALARM\r\n") && hostile.contains("b\\,c\\;d\\\\e"))
    }

    @Test func `a day that is none is left out, whatever it holds`() {
        for day in ["2026-12-01\r\nBEGIN:VALARM", "2026-13-01", "2026-12-1x", "\u{1B}[2J2026-1", "", "yesterday", "0000000000"] {
            let written = Calendar([.init(id: "4f2a", day: day, title: "x", note: "")], nowMilliseconds: sampleNow).text
            #expect(!written.contains("BEGIN:VEVENT") && !written.contains("VALARM"), "\(day)")
        }
    }

    @Test func `no line is longer than 75 bytes, and unfolded it is what was written`() {
        let title = String(repeating: "één 🌳 bij de fontein ", count: 20)
        let folded = text(title)
        var long = 0
        for line in folded.utf8.split(separator: UInt8(ascii: "\n")) {
            #expect(line.count <= 76, "with its carriage return")
            if line.count > 70 { long += 1 }
        }
        #expect(long > 3)
        let unfolded = folded.unicodeScalars.split(separator: "\r\n ".unicodeScalars).map(String.init).joined()
        #expect(unfolded.contains("SUMMARY:\(title)\r\n"))
    }
}

extension String {
    /// How often a whole line reads so.
    fileprivate func components(line: String) -> Int {
        unicodeScalars.split(separator: "\r\n".unicodeScalars).count { $0.elementsEqual(line.unicodeScalars) }
    }
}
