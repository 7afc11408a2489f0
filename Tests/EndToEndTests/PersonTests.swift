import Testing

extension EndToEnd {
    /// Whom one meets, how many, and what is said to a conversation.
    @Suite(.serialized)
    struct PersonTests {
        @Test
        func `two aliases turn out to be one person, and can be taken apart again`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await space.stop()
            let first = try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--person", "de man met de rode jas", "--words", "Ik schaak."
            ).done()
            try await fatima.run("talk", "new", "--person", "De man met de rode jas", "--words", "Weer hij.").done()
            try await joost.run("person", "new", "-", "--talent", "koken", "--area", Space.oudeNoorden, input: "Henk").done()
            try await joost.run("talk", "new", "--area", Space.oudeNoorden, "--person", "henk", "--words", "Ik kook.").done()
            #expect(try await fatima.run("person", "list").done()["persons"].array.count == 1)
            try await space.serve()
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }

            let persons = try await fatima.run("person", "list", "--area", "Oude Noorden").done()["persons"].array
            #expect(persons.map { $0["fields"]["alias"].string } == ["de man met de rode jas", "Henk"])
            #expect(persons[1]["fields"]["talents"].array.map(\.string) == ["koken"])
            let (coat, henk) = (try #require(persons[0]["id"].string), try #require(persons[1]["id"].string))
            #expect(try await history(fatima, coat) == ["Weer hij.", "Ik schaak."], "the latest first")
            let shown = try await space.run("stoep", ["--store", fatima.store, "person", "show", coat]).output
            let happened = try #require(shown.firstRange(of: "Ik schaak."), "\(shown)")
            let described = try #require(shown.firstRange(of: "de man met de rode jas"), "\(shown)")
            #expect(happened.lowerBound < described.lowerBound, "what happened stands above who it is: \(shown)")

            let same = try await fatima.run("person", "same", coat, henk).done()
            #expect(same["same"].array.map(\.string) == [henk] && same["changed"].bool == true)
            for laptop in [fatima, joost] { try await laptop.sync() }
            #expect(try await history(joost, henk).sorted() == ["Ik kook.", "Ik schaak.", "Weer hij."])
            try await joost.run("person", "apart", henk).done()
            #expect(try await history(joost, henk) == ["Ik kook."])
            #expect(try await history(joost, coat).count == 2)

            // Respected everywhere, and visible at once.
            try await joost.run("person", "edit", henk, "--do-not-approach", "yes", "--no-talent", "koken").done()
            for laptop in [joost, fatima] { try await laptop.sync() }
            let left = try await fatima.run("person", "show", henk).done()["fields"]
            #expect(left["doNotApproach"].bool == true && left["talents"].array.isEmpty)
            let warned = try await fatima.run("talk", "new", "--person", "henk", "--words", "Toch.")
            try warned.done()
            #expect(warned.error.contains("Henk"), "\(warned.error)")
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await expectSame(space, fatima, joost)

            // The square knows no persons, and an owner none at all.
            let olga = try await space.owner("olga")
            try await olga.sync()
            #expect(try await olga.run("person", "list").done()["persons"].array.isEmpty)
            try await olga.run("talk", "show", try #require(first["id"].string)).refused(1, "unknown-id")
        }

        private func history(_ laptop: Laptop, _ id: String) async throws -> [String] {
            let links = try await laptop.run("person", "show", id).done()["links"]["conversation.persons"]
            return links.array.compactMap { $0["fields"]["words"].string }
        }

        @Test
        func `what several people count on one day is added up, and a mistake is taken back`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await space.stop()
            try await fatima.run(
                "tally", "add", "--approached", "12", "--declined", "3", "--area", "Oude Noorden", "--on", "2026-11-20").done()
            try await fatima.run(
                "tally", "add", "--approached", "-2", "--area", "Oude Noorden", "--on", "2026-11-20").done()
            try await joost.run(
                "tally", "add", "--approached", "5", "--area", Space.oudeNoorden, "--on", "2026-11-20").done()
            try await joost.run(
                "tally", "add", "--declined", "1", "--area", Space.oudeNoorden, "--on", "2026-11-21").done()
            try await joost.run("tally", "add", "--area", Space.oudeNoorden).refused(2, "nothing-to-change")
            try await joost.run("tally", "add", "--approached", "1", "--on", "2026-02-30").refused(2, "not-a-day")
            try await space.serve()
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            for laptop in [fatima, joost] {
                let all = try await laptop.run("tally", "list").done()
                #expect(all["tallies"].array.map { $0["day"].string } == ["2026-11-21", "2026-11-20"])
                #expect(all["approached"].number == 15 && all["declined"].number == 4)
                let one = try await laptop.run("tally", "list", "--until", "2026-11-20").done()["tallies"].array
                #expect(one.map { $0["approached"].number } == [15] && one.map { $0["declined"].number } == [3])
                #expect(one[0]["areaName"].string == "Oude Noorden")
            }
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `an objection stands under a conversation and blocks nothing, and only who heard it deletes it`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let talk = try await fatima.hears("Ze komen nooit.")
            for laptop in [fatima, joost] { try await laptop.sync() }
            let reply = try await joost.run("talk", "reply", talk, "-", input: "Ze kwamen gisteren nog.").done()
            #expect(reply["conversation"].string == talk)
            try await joost.run("talk", "reply", talk, "  ").refused(2, "field-empty")
            for laptop in [joost, fatima] { try await laptop.sync() }
            let replies = try await fatima.show(talk)["replies"].array
            #expect(replies.map { $0["fields"]["words"].string } == ["Ze kwamen gisteren nog."])
            #expect(replies.map { $0["by"].string } == ["joost"])
            #expect(try await fatima.show(talk)["words"].string == "Ze komen nooit.")

            try await joost.run("talk", "delete", talk).refused(5, "not-allowed")
            #expect(try await joost.conversations().count == 1)
            try await fatima.run("talk", "delete", talk).done()
            for laptop in [fatima, joost] { try await laptop.sync() }
            for laptop in [fatima, joost] {
                #expect(try await laptop.conversations().isEmpty)
                try await laptop.run("talk", "show", talk).refused(1, "unknown-id")
            }
            try await expectSame(space, fatima, joost)
        }
    }
}
