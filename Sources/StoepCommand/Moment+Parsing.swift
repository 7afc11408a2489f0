import Glibc

extension Moment {
    /// Reads `2026-11-21`, `2026-11-21T14:05` (or with a blank), `…:30`, `…:30.250`, each with `Z` or an
    /// offset (`+01:00`, `+0100`, `+01`); or `14:05`, today. Without an offset it is local time, and a date
    /// alone its first moment. Nil where it is none of these, or no day of the calendar.
    package static func parse(_ text: String, now: Int64) -> Int64? {
        var scanner = Scanner(rest: Array(text.utf8)[...])
        guard text.utf8.count <= 40 else { return nil }
        if text.utf8.count == 5, let (hour, minute) = scanner.clock(), scanner.rest.isEmpty {
            return today(hour: hour, minute: minute, now: now)
        }
        scanner = Scanner(rest: Array(text.utf8)[...])
        guard let year = scanner.number(4), scanner.takes("-"), let month = scanner.number(2),
            scanner.takes("-"), let day = scanner.number(2), isDate(year, month, day)
        else { return nil }
        var stamp = Stamp(year: year, month: month, day: day)
        if scanner.takes("T") || scanner.takes("t") || scanner.takes(" ") {
            guard let (hour, minute) = scanner.clock() else { return nil }
            stamp.hour = hour
            stamp.minute = minute
            if scanner.takes(":") {
                guard let second = scanner.number(2), second < 60 else { return nil }
                stamp.second = second
                if scanner.takes(".") {
                    guard let fraction = scanner.milliseconds() else { return nil }
                    stamp.millisecond = fraction
                }
            }
        }
        if scanner.rest.isEmpty { return stamp.local }
        guard let offset = scanner.offsetMinutes(), scanner.rest.isEmpty else { return nil }
        return stamp.utc - Int64(offset) * 60_000
    }

    private static func isDate(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        guard years.contains(year), (1...12).contains(month), (1...31).contains(day) else { return false }
        // A day that the month does not have comes back as another one.
        return civil(daysSince1970: days(year: year, month: month, day: day)) == (year, month, day)
    }

    private static func today(hour: Int, minute: Int, now: Int64) -> Int64? {
        var seconds = time_t(floorDivide(now, 1000))
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return nil }
        return Stamp(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday), hour: hour,
            minute: minute
        ).local
    }
}

/// A date and a time of day, of a zone yet to be said.
private struct Stamp {
    var year, month, day: Int
    var hour = 0
    var minute = 0
    var second = 0
    var millisecond = 0

    var utc: Int64 {
        let days = Int64(Moment.days(year: year, month: month, day: day))
        return ((days * 24 + Int64(hour)) * 60 + Int64(minute)) * 60_000 + Int64(second * 1000 + millisecond)
    }

    /// In the hour that summer time skips this is the hour after; in the one that it repeats, the system's
    /// choice.
    var local: Int64? {
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = Int32(second)
        parts.tm_isdst = -1
        // −1 is also the last second of 1969 in UTC; the field of the week tells whether it was a failure.
        parts.tm_wday = -1
        let seconds = mktime(&parts)
        guard parts.tm_wday != -1 else { return nil }
        return Int64(seconds) * 1000 + Int64(millisecond)
    }
}

private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func takes(_ wanted: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: wanted) else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly so many digits.
    mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func clock() -> (hour: Int, minute: Int)? {
        guard let hour = number(2), hour < 24, takes(":"), let minute = number(2), minute < 60 else { return nil }
        return (hour, minute)
    }

    /// One to nine digits of a second; what is finer than a millisecond is left out.
    mutating func milliseconds() -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count) else { return nil }
        rest.removeFirst(digits.count)
        return (0..<3).reduce(0) { value, place in
            value * 10 + (place < digits.count ? Int(digits[digits.startIndex + place] - 0x30) : 0)
        }
    }

    mutating func offsetMinutes() -> Int? {
        if takes("Z") || takes("z") { return 0 }
        let sign: Int
        if takes("+") { sign = 1 } else if takes("-") { sign = -1 } else { return nil }
        guard let hours = number(2), hours <= 14 else { return nil }
        var minutes = 0
        if takes(":") || !rest.isEmpty {
            guard let given = number(2), given < 60 else { return nil }
            minutes = given
        }
        return sign * (hours * 60 + minutes)
    }
}
