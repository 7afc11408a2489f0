import Glibc
import StoepCommand
import Testing

@Suite(.serialized) struct MomentTests {
    /// The Netherlands, spelled out: the machine need not have the zone files.
    init() {
        setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1)
        tzset()
    }

    private func parse(_ text: String) -> Int64? { Moment.parse(text, now: sampleNow) }

    @Test(arguments: [
        ("2026-11-21T13:05Z", 0), ("2026-11-21T14:05", 0), ("2026-11-21 14:05", 0), ("14:05", 0),
        ("2026-11-21T14:05:00+01:00", 0), ("2026-11-21T15:05+0200", 0), ("2026-11-21T08:35-0430", 0),
        ("2026-11-21T14:05+01", 0), ("2026-11-21T13:05:01.25Z", 1250), ("2026-11-21T13:05:00.0009Z", 0),
        ("2026-11-21", -(14 * 60 + 5) * 60_000), ("2026-11-22T13:05z", 86_400_000),
    ] as [(String, Int64)])
    func `the ways to write a time mean the same`(_ text: String, _ difference: Int64) {
        #expect(parse(text) == sampleNow + difference)
    }

    @Test func `summer time is the local time of that day`() {
        #expect(parse("2026-07-01T14:00") == parse("2026-07-01T12:00Z"))
        #expect(Moment.local(parse("2026-07-01T12:00Z")!) == "2026-07-01 14:00")
    }

    @Test(arguments: [
        "", "now", "2026", "2026-13-01", "2026-00-10", "2026-02-29", "2026-04-31", "2026-11-21T", "2026-11-21T24:00",
        "2026-11-21T14:60", "2026-11-21T14:05:60", "2026-11-21T14:05Zx", "2026-11-21T14:05+15:00",
        "2026-11-21T14:05+01:60", "2026-11-21Q14:05", "26-11-21", "2026-1-1", "1969-12-31", "2100-01-01", "25:00",
        "2026-11-21T14:05:00.Z", "2026-11-21T14:05+01:", "２026-11-21", "+2026-11-21", "2026-11-21 ",
    ])
    func `what is no time is refused`(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `a day is a date or a word for one, by the local calendar`() {
        let day = { (text: String) in Moment.day(text, now: sampleNow) }
        for text in ["2026-11-21", "today", "Vandaag", "+0", "-0"] { #expect(day(text) == "2026-11-21", "\(text)") }
        #expect(day("tomorrow") == "2026-11-22" && day("morgen") == "2026-11-22" && day("+1") == "2026-11-22")
        #expect(day("yesterday") == "2026-11-20" && day("gisteren") == "2026-11-20" && day("-21") == "2026-10-31")
        #expect(day("+10") == "2026-12-01" && day("+99") == "2027-02-28")
        // An hour before midnight in the Netherlands it is the day after in no zone of ours.
        #expect(Moment.day("today", now: sampleNow + (9 * 60 + 54) * 60_000) == "2026-11-21")
        #expect(Moment.day("today", now: sampleNow + (9 * 60 + 56) * 60_000) == "2026-11-22")
        for wrong in ["", "2026-02-29", "2026-11-21T10:00", "21-11-2026", "+", "+99999", "+1x", "overmorgen", "2100-01-01"] {
            #expect(day(wrong) == nil, "\(wrong)")
        }
    }

    @Test func `leap days exist in leap years`() {
        #expect(parse("2028-02-29Z") == 1_835_395_200_000)
        #expect(parse("2000-02-29T00:00Z") == 951_782_400_000)
        #expect(parse("2099-02-29") == nil)
    }

    @Test func `a time is printed as it was and reads back`() {
        #expect(Moment.utc(sampleNow) == "2026-11-21T13:05:00Z")
        #expect(Moment.utc(sampleNow + 7) == "2026-11-21T13:05:00.007Z")
        #expect(Moment.utc(-1) == "1969-12-31T23:59:59.999Z")
        #expect(Moment.utc(0) == "1970-01-01T00:00:00Z")
        #expect(Moment.local(sampleNow) == "2026-11-21 14:05")
        var time: Int64 = 0
        while time < 4_102_444_800_000 {
            #expect(parse(Moment.utc(time)) == time)
            time += 86_399_999 * 13
        }
    }

    @Test func `claimed times of any size print something`() {
        for time in [Int64.min, -1, 0, Int64.max] {
            #expect(!Moment.utc(time).isEmpty)
            #expect(!Moment.local(time).isEmpty)
            #expect(!Moment.relative(time, now: sampleNow).en.isEmpty)
        }
    }

    @Test func `how long ago, in both languages`() {
        func ago(_ minutes: Int64) -> Localized { Moment.relative(sampleNow - minutes * 60_000, now: sampleNow) }
        #expect(ago(0) == Localized(en: "just now", nl: "zojuist"))
        #expect(ago(1) == Localized(en: "1 minute ago", nl: "1 minuut geleden"))
        #expect(ago(59) == Localized(en: "59 minutes ago", nl: "59 minuten geleden"))
        #expect(ago(60) == Localized(en: "1 hour ago", nl: "1 uur geleden"))
        #expect(ago(48 * 60) == Localized(en: "2 days ago", nl: "2 dagen geleden"))
        #expect(ago(31 * 24 * 60) == .same("2026-10-21 15:05"))
        #expect(ago(-1) == .same("2026-11-21 14:06"))
    }
}
