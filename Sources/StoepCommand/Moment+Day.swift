import Glibc

extension Moment {
    /// Reads a day: `2026-11-21`, `today`, `tomorrow`, `yesterday`, in English or Dutch, or so many days from today
    /// (`+7`, `-1`), in local time. Nil where it is none of these, or no day of the calendar.
    package static func day(_ text: String, now: Int64) -> String? {
        switch text.lowercased() {
        case "today", "vandaag": return day(0, from: now)
        case "tomorrow", "morgen": return day(1, from: now)
        case "yesterday", "gisteren": return day(-1, from: now)
        default: break
        }
        if let sign = text.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            guard text.utf8.count <= 5, let days = Int(text) else { return nil }
            return day(days, from: now)
        }
        guard text.utf8.count == 10, parse(text, now: now) != nil else { return nil }
        return text
    }

    /// The date that it is, so many days from now, in local time.
    package static func day(_ days: Int, from now: Int64) -> String? {
        var seconds = time_t(floorDivide(now, 1000))
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return nil }
        let today = self.days(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
        let (year, month, day) = civil(daysSince1970: today + days)
        return years.contains(year) ? date(year, month, day) : nil
    }
}
