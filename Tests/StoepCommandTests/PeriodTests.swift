import Glibc
import StoepCommand
import Testing

@Suite(.serialized) struct PeriodTests {
    private func at(_ text: String) -> Int64? { Moment.parse(text, now: 0) }

    @Test(arguments: [
        ("2026", "2026-01-01", "2027-01-01"), ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"), ("2024-02", "2024-02-01", "2024-03-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"), ("2026-12-31", "2026-12-31", "2027-01-01"),
        ("2026-11-01..2026-11-21", "2026-11-01", "2026-11-22"), ("2025..2026-01", "2025-01-01", "2026-02-01"),
        // A day that has 25 hours where there is summer time.
        ("2026-10-25", "2026-10-25", "2026-10-26"),
    ])
    func `a year, a month, a day, or from one through another`(typed: String, from: String, until: String) {
        #expect(Moment.period(typed)?.lowerBound == at(from))
        #expect(Moment.period(typed)?.upperBound == at(until))
    }

    @Test func `either end may be left out`() {
        #expect(Moment.period("2026-11..") == (at("2026-11-01") ?? 0)..<Int64.max)
        #expect(Moment.period("..2025") == Int64.min..<(at("2026-01-01") ?? 0))
        #expect(Moment.period("2099")?.lowerBound == at("2099-01-01"))
    }

    @Test(arguments: [
        "", "..", "...", "26", "2026-", "2026-1", "2026-13", "2026-00", "2026-02-30", "2026-11-21T14:05", "2026..2025",
        "2026-11-21..x", "x..", "1969", "2100", "20261", "----", "٢٠٢٦", "2026–11", "9999-12-31", "-001-01-01", "0000",
    ])
    func `what is none of these is none`(typed: String) {
        #expect(Moment.period(typed) == nil)
    }
}
