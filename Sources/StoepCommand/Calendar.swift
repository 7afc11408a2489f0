/// What is due, for the calendar of a telephone or a desk: iCalendar (RFC 5545), an all-day event each; and meetings, at their time.
package struct Calendar: Sendable {
    package struct Item: Sendable {
        /// The same each time that it is written, so that a calendar that has it already takes the new one for it.
        package let id: String
        /// As in `2026-11-21`.
        package let day: String
        /// When it begins, in milliseconds since 1970; nil for what takes the whole day.
        package let start: Int64?
        package let title: String
        package let note: String

        package init(id: String, day: String, title: String, note: String) {
            self.id = id
            self.day = day
            start = nil
            self.title = title
            self.note = note
        }

        /// What has a time of its own.
        package init(id: String, start: Int64, title: String, note: String) {
            self.id = id
            day = String(Moment.utc(start / 1000 * 1000).prefix(10))
            self.start = start / 1000 * 1000
            self.title = title
            self.note = note
        }
    }

    package let items: [Item]
    private let nowMilliseconds: Int64

    /// What stands under a day that is none is left out: it came from outside, and would break the file.
    /// - Parameter nowMilliseconds: when it is written, since 1970.
    package init(_ items: [Item], nowMilliseconds: Int64) {
        self.items = items.filter { $0.day.utf8.count == 10 && Moment.day($0.day, now: nowMilliseconds) != nil }
        self.nowMilliseconds = nowMilliseconds
    }

    /// Lines of at most 75 bytes, as the format wants it, with what the format gives a meaning escaped.
    package var text: String {
        let stamp = Self.basic(String(Moment.utc(nowMilliseconds / 1000 * 1000)))
        var lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stoep//stoep due//EN"]
        for item in items {
            lines += [
                "BEGIN:VEVENT", "UID:\(item.id)@stoep", "DTSTAMP:\(stamp)",
                item.start.map { "DTSTART:\(Self.basic(Moment.utc($0)))" } ?? "DTSTART;VALUE=DATE:\(Self.basic(item.day))",
                "SUMMARY:\(Self.escaped(item.title))",
            ]
            if !item.note.isEmpty { lines.append("DESCRIPTION:\(Self.escaped(item.note))") }
            if item.start == nil { lines.append("TRANSP:TRANSPARENT") }
            lines.append("END:VEVENT")
        }
        lines.append("END:VCALENDAR")
        return lines.map { Self.folded($0) + "\r\n" }.joined()
    }

    /// `20261121T130500Z`: without what stands between the digits.
    private static func basic(_ time: String) -> String {
        String(time.unicodeScalars.filter { $0 != "-" && $0 != ":" }.map(Character.init))
    }

    private static func escaped(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",":
                out.append("\\")
                out.append(scalar)
            case "\n": out.append(contentsOf: "\\n".unicodeScalars)
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": break
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// No scalar is cut; a line that goes on begins with a blank.
    private static func folded(_ line: String) -> String {
        var out = "", width = 0
        for scalar in line.unicodeScalars {
            let bytes = String(scalar).utf8.count
            if width + bytes > 75 {
                out += "\r\n "
                width = 1
            }
            out.unicodeScalars.append(scalar)
            width += bytes
        }
        return out
    }
}
