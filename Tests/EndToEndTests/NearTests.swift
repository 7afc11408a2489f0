import Testing

extension EndToEnd {
    /// Who was in the street of late, and which conversations a list shows.
    @Suite(.serialized)
    struct NearTests {
        @Test
        func `whoever goes to a street sees which team was there, until when to leave it in peace, and whom`()
            async throws
        {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await space.stop()
            try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--place", "Noordplein", "--person", "Henk", "--position",
                "51.93473,4.48222"
            ).done()
            let henk = try #require(try await fatima.run("person", "list").done()["persons"].array.first?["id"].string)
            try await fatima.run("person", "edit", henk, "--do-not-approach", "yes").done()
            // Long ago, and elsewhere.
            try await fatima.run("talk", "new", "--place", "Noordplein", "--at", "2020-01-01").done()
            try await fatima.run("talk", "new", "--place", "Zwart Janstraat", "--position", "51.94,4.48").done()
            try await space.serve()
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await space.stop()

            for place in [
                ["--place", "noordplein"], ["--position", "51.93553,4.48310"],
                ["--place", "Noordplein", "--area", "Oude Noorden"],
            ] {
                let near = try await joost.run("near", place[0], place[1]).done()
                #expect(near["contacts"].array.map { $0["by"].string } == ["fatima"], "\(place): \(near)")
                #expect(near["contacts"].array[0]["persons"].array.map(\.string) == ["Henk"])
                #expect(near["notToApproach"].array.map { $0["alias"].string } == ["Henk"])
                #expect(near["coolDownDays"].number == 7 && (near["restUntil"].number ?? 0) > 0)
            }
            let metres = try await joost.run("near", "--position", "51.93553,4.48310").done()["contacts"].array
            #expect((80...120).contains(metres.first?["metres"].number ?? 0), "\(metres)")
            // 170 metres further is another street, and a street of that name in another area is one too.
            for elsewhere in [["--position", "51.93626,4.48222"], ["--place", "Bergweg"]] {
                let near = try await joost.run("near", elsewhere[0], elsewhere[1]).done()
                #expect(near["contacts"].array.isEmpty && near["restUntil"] == .null, "\(elsewhere)")
            }
            let other = try await joost.run("near", "--place", "Noordplein", "--area", "Agniesebuurt").done()
            #expect(other["contacts"].array.isEmpty)
            #expect(
                try await joost.run("near", "--place", "Noordplein", "--since", "2019-12-31").done()["contacts"].array
                    .count == 2)
            #expect(
                try await joost.run("near", "--area", "Oude Noorden").done()["contacts"].array.count == 2,
                "all of the area")
            try await joost.run("near", "--position", "hier").refused(2, "not-a-position")
            try await joost.run("near").refused(2, "field-empty")
            // Without naming anything, it is where one recorded last.
            #expect(try await fatima.run("near").done()["place"].string == "Zwart Janstraat")

            let shown = try await space.run(
                "stoep", ["--store", joost.store, "--lang", "nl", "near", "--place", "Noordplein"])
            #expect(
                shown.output.hasPrefix("! Niet aanspreken: Henk\n") && shown.output.contains("met rust"),
                "\(shown.output)")
            // Also before a talk is recorded, on standard error.
            let warned = try await joost.run("talk", "new", "--area", Space.oudeNoorden, "--place", "Noordplein")
            try warned.done()
            #expect(warned.error.contains("fatima was here") && warned.error.contains("Henk"), "\(warned.error)")
            let own = try await fatima.run("talk", "new", "--place", "Zwart Janstraat")
            #expect(own.error.isEmpty, "one's own visit is no warning: \(own.error)")
        }

        @Test
        func `a list is of an area, a period, a theme, a volunteer, or of those to go back to`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await space.stop()
            let record = { (laptop: Laptop, words: String, at: String, more: [String]) in
                let command = ["--store", laptop.store, "--json", "talk", "new", "--words", words, "--at", at] + more
                return try await space.run("stoep", command).done()
            }
            let area = ["--area", Space.oudeNoorden]
            _ = try await record(fatima, "een", "2026-10-01T12:00", area + ["--theme", "groen"])
            let back = try await record(fatima, "twee", "2026-11-01T23:59", area + ["--follow-up", "2026-11-08"])
            _ = try await record(
                joost, "drie", "2026-11-02T00:00", area + ["--theme", "groen", "--follow-up", "2026-11-09"])
            _ = try await record(joost, "vier", "2026-11-03T12:00", area)
            try await space.serve()
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            let expected: [([String], [String])] = [
                ([], ["vier", "drie", "twee", "een"]), (["--theme", "groen"], ["drie", "een"]),
                (["--volunteer", "joost"], ["vier", "drie"]), (["--volunteer", "me", "--theme", "groen"], ["een"]),
                (["--since", "2026-11-01", "--until", "2026-11-01"], ["twee"]),
                (["--since", "2026-11-02"], ["vier", "drie"]),
                (["--open"], ["drie", "twee"]), (["--open", "--volunteer", "fatima"], ["twee"]),
                (["--area", "Oude Noorden", "--limit", "2"], ["vier", "drie"]), (["--area", "Agniesebuurt"], []),
                (["--volunteer", "joost", "--limit", "1"], ["vier"]),
            ]
            for (options, words) in expected {
                let list = try await space.run("stoep", ["--store", fatima.store, "--json", "talk", "list"] + options)
                    .done()
                #expect(list["conversations"].array.map { $0["words"].string } == words, "\(options)")
            }
            try await fatima.run("talk", "list", "--volunteer", "niemand").refused(1, "unknown-record")
            try await fatima.run("talk", "edit", try #require(back["id"].string), "--followed-up", "2026-11-08").done()
            let open = try await fatima.run("talk", "list", "--open").done()["conversations"].array
            #expect(open.map { $0["words"].string } == ["drie"])
        }

        @Test
        func `a conversation is shown whole: questions and answers, what was agreed, and its history`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            let talk = try #require(
                try await fatima.run(
                    "talk", "new", "--area", Space.oudeNoorden, "--words", "Te donker.", "--question", "Waarom?",
                    "--answer", "Bezuinigd."
                ).done()["id"].string)
            try await fatima.run(
                "agreement", "new", "lamp maken", "--who", "wijkbeheer", "--due", "2026-12-01", "--talk", talk
            ).done()
            try await fatima.run("talk", "edit", talk, "--place", "Noordplein").done()
            let shown = try await fatima.show(talk)
            #expect(shown["agreements"].array.map { $0["fields"]["what"].string } == ["lamp maken"])
            #expect(shown["answers"].array.map { $0["words"].string } == ["Bezuinigd."])
            #expect(shown["history"].array.count == 3)
            let text = try await space.run("stoep", ["--store", fatima.store, "--lang", "nl", "talk", "show", talk])
                .output
            for part in ["Te donker.", "Waarom?", "Bezuinigd.", "lamp maken; wijkbeheer; 2026-12-01", "geschiedenis"] {
                #expect(text.contains(part), "\(part): \(text)")
            }
        }
    }
}
