import Glibc

/// Points in time as people write and read them. Inside Stoep a time is milliseconds since 1970, UTC, and
/// always a claim: nothing here decides an order.
package enum Moment {
    /// What `--at` takes: 1970 to 2099.
    package static let years: ClosedRange<Int> = 1970...2099

    /// The wall clock now.
    package static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `2026-11-21 14:05`, in local time.
    package static func local(_ milliseconds: Int64) -> String {
        var seconds = time_t(floorDivide(milliseconds, 1000))
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return utc(milliseconds) }
        return date(Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
            + " \(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2))"
    }

    /// `2026-11-21T13:05:00Z`, with milliseconds where there are any: for `--json`.
    package static func utc(_ milliseconds: Int64) -> String {
        let day = floorDivide(milliseconds, 86_400_000)
        // Not by subtraction: a claimed time may be the smallest number there is.
        let remainder = Int(milliseconds % 86_400_000)
        let rest = remainder < 0 ? remainder + 86_400_000 : remainder
        let (year, month, dayOfMonth) = civil(daysSince1970: Int(day))
        let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { digits($0, 2) }
        let fraction = rest % 1000 == 0 ? "" : ".\(digits(rest % 1000, 3))"
        return "\(date(year, month, dayOfMonth))T\(time.joined(separator: ":"))\(fraction)Z"
    }

    /// How long ago: "just now", "5 minutes ago", "3 hours ago", "2 days ago"; later than a month ago, or
    /// yet to come, the date.
    package static func relative(_ milliseconds: Int64, now: Int64) -> Localized {
        let (difference, overflows) = now.subtractingReportingOverflow(milliseconds)
        guard !overflows, difference >= 0 else { return .same(local(milliseconds)) }
        let minutes = difference / 60_000
        switch minutes {
        case 0: return .timeJustNow
        case ..<60: return .timeMinutesAgo(minutes)
        case ..<(24 * 60): return .timeHoursAgo(minutes / 60)
        case ..<(31 * 24 * 60): return .timeDaysAgo(minutes / (24 * 60))
        default: return .same(local(milliseconds))
        }
    }

    static func date(_ year: Int, _ month: Int, _ day: Int) -> String {
        "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}

// The calendar, by Howard Hinnant's "chrono-compatible low-level date algorithms": eras of 400 years that
// begin in March, so that the leap day comes last.
extension Moment {
    static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let days = days + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
