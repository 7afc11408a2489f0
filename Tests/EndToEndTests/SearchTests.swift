import StoepTestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized)
    struct SearchTests {
        private func ids(_ answer: JSON) -> [String] { answer["results"].array.compactMap(\.["id"].string) }

        @Test
        func `what was said is found at once, offline, by whoever may read it, until it is erased`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            try await fatima.run("theme", "new", "groen in de buurt").done()
            let lamp = try await fatima.hears("De lantaarn bij het plein is stuk. Café dicht.", place: "Zwaanshals")
            let bench = try await fatima.hears("Een bankje bij de fontein.", observation: "Ook de lantaarn knippert.")
            try await fatima.sync()
            try await joost.sync()
            try await space.stop()

            for laptop in [fatima, joost] {
                #expect(ids(try await laptop.run("search", "lantaarn").done()) == [bench, lamp])
                #expect(ids(try await laptop.run("search", "LANTAARN", "plein").done()) == [lamp])
                #expect(ids(try await laptop.run("search", "cafe").done()) == [lamp])
                #expect(ids(try await laptop.run("search", "fontein lantaarn").done()) == [])
                #expect(ids(try await laptop.run("search", "bij het", "zwaan*").done()) == [lamp])
                #expect(try await laptop.run("search", "groen").done()["results"].array.first?["collection"].string == "theme")
                #expect(ids(try await laptop.run("search", "lantaarn", "--limit", "1").done()) == [bench])
                #expect(ids(try await laptop.run("search", "lantaarn", "--area", "Oude Noorden", "--period", "2020..").done()).count == 2)
                #expect(ids(try await laptop.run("search", "lantaarn", "--period", "..2019").done()) == [])
            }
            let match = try #require(
                try await joost.run("search", "knipper*").done()["results"].array.first?["matches"].array.first)
            #expect(match["field"].string == "observation" && match["text"].string == "Ook de lantaarn knippert.")
            #expect(match["marks"].array.first?.array.map(\.number) == [16, 24])

            // Nothing is an order to the index, and what has no word says so.
            for typed in ["lantaarn OR", "NEAR(", "\"lantaarn", "a:b", "^", "lantaarn)"] where typed != "^" {
                try await joost.run("search", typed).done()
            }
            try await joost.run("search", "^").refused(2, "nothing-to-search")
            try await joost.run("search", "x", "--period", "gisteren").refused(2, "not-a-period")
            try await joost.run("search", "x", "--area", "Atlantis").refused(1, "unknown-area")

            try await fatima.run("talk", "edit", bench, "--observation", "Rustig.").done()
            #expect(ids(try await fatima.run("search", "knippert").done()) == [])
            try await fatima.run("erase", "--yes", lamp).done()
            #expect(ids(try await fatima.run("search", "lantaarn").done()) == [])
            #expect(ids(try await joost.run("search", "lantaarn").done()) == [bench, lamp])
        }

        @Test
        func `an owner finds themes, and nothing that anybody said on the street`() async throws {
            let space = try await Space.serving()
            let (fatima, olga) = (try await space.volunteer("fatima"), try await space.owner("olga"))
            try await fatima.run("theme", "new", "lantaarns").done()
            _ = try await fatima.hears("Die lantaarns zijn te fel.")
            try await fatima.sync()
            try await olga.sync()
            let found = try await olga.run("search", "lantaarn*").done()["results"].array
            #expect(found.map(\.["collection"].string) == ["theme"])
            #expect(try await fatima.run("search", "lantaarn*").done()["results"].array.count == 2)
        }
    }
}
