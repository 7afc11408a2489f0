import Foundation
import Testing

extension EndToEnd {
    @Suite(.serialized)
    struct ClockTests {
        /// Seconds by which 1 January of a year lies ahead of now.
        private func seconds(to year: Int) -> Int {
            var parts = tm()
            parts.tm_year = Int32(year - 1900)
            parts.tm_mday = 1
            return timegm(&parts) - time(nil) + (year == 1970 ? 3600 : 0)
        }

        @Test
        func `clocks of 1970 and 2099 that jump between syncs change nothing but what they claim`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let (past, future) = (seconds(to: 1970), seconds(to: 2099))
            let id = try await fatima.hears("Nu.", observation: "Bij de kerk.", place: "een")
            for laptop in [fatima, joost] { try await laptop.sync() }
            // The clock of each jumps there and back, past the other's.
            for (round, clocks) in [(past, future), (future, past), (0, past)].enumerated() {
                for (laptop, clock) in [(fatima, clocks.0), (joost, clocks.1)] {
                    try await laptop.run(
                        laterBySeconds: clock, "talk", "new", "--area", Space.oudeNoorden, "--words", "\(round) \(clock)"
                    ).done()
                    try await laptop.run(laterBySeconds: clock, "talk", "edit", id, "--place", "\(round) \(clock)").done()
                }
                try await fatima.run(
                    laterBySeconds: clocks.0, "talk", "edit", id, "--observation", "Bij de kerk, in ronde \(round).").done()
                for (laptop, clock) in [(fatima, clocks.0), (joost, clocks.1), (fatima, clocks.1), (joost, clocks.0)] {
                    let answer = try await laptop.run(laterBySeconds: clock, "sync", json: false)
                    try #require(answer.code == 0, "\(answer.output)\(answer.error)")
                    #expect(answer.error.contains("clock is") == (clock != 0), "\(answer.error)")
                }
                #expect(try await fatima.show(id)["observation"].string == "Bij de kerk, in ronde \(round).")
                #expect(try await fatima.values(id, "place").count == 2)
                #expect(try await fatima.values(id, "place") == joost.values(id, "place"))
                try await joost.run(laterBySeconds: clocks.1, "resolve", id, "--field", "place", "--keep", "1").done()
                for laptop in [joost, fatima] { try await laptop.run(laterBySeconds: clocks.0, "sync").done() }
                try await expectSame(space, fatima, joost)
            }
            #expect(try await fatima.words().count == 7)
            #expect(try await fatima.words() == joost.words())

            // Who looks at such a clock is told.
            try await joost.run(laterBySeconds: future, "sync").done()
            #expect(try #require(try await joost.status()["clockOffset"].number) > 1_000_000_000)
            #expect(try await joost.run(laterBySeconds: 0, "status", json: false).error.contains("clock is"))
            try await joost.sync()
            #expect(try await !joost.run(laterBySeconds: 0, "status", json: false).error.contains("clock is"))
        }
    }
}
