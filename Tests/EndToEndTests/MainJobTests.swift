import Testing

extension EndToEnd {
    @Suite(.serialized)
    struct MainJobTests {
        @Test
        func `what two laptops recorded offline is the same everywhere after syncing`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            for theme in ["groen", "gezondheid"] { try await fatima.run("theme", "new", theme).done() }
            let place = try await fatima.hears("Ik slaap slecht.", place: "Noordplein")
            let note = try await fatima.hears("Geef mij een gieter.", observation: "Twee buurvrouwen.")
            try await fatima.sync()
            try await joost.sync()
            try await space.stop()

            // Both without a network, on records that both have.
            try await fatima.run("talk", "edit", place, "--place", "bij de fontein").done()
            try await joost.run("talk", "edit", place, "--place", "bij de speeltuin").done()
            try await fatima.run("talk", "edit", note, "--observation", "Twee buurvrouwen. Met sleutel.").done()
            try await joost.run("talk", "edit", note, "--observation", "Bij de bak: Twee buurvrouwen.").done()
            try await fatima.run("talk", "edit", note, "--theme", "groen").done()
            try await joost.run("talk", "edit", note, "--theme", "gezondheid").done()
            for number in 1...4 {
                _ = try await fatima.hears("Fatima hoorde \(number)")
                _ = try await joost.hears("Joost hoorde \(number)")
            }
            // A theme is born where it is named; the same one, born twice, is one.
            try await fatima.run("theme", "new", "eenzaamheid").done()
            try await joost.run("talk", "edit", place, "--theme", "eenzaamheid").done()

            try await space.serve()
            try await fatima.sync()
            try await joost.sync()
            try await fatima.sync()
            let noor = try await space.volunteer("noor")
            try await noor.sync()
            for laptop in [fatima, joost] { try await laptop.sync() }

            try await expectSame(space, fatima, joost, noor, conflicts: 1)
            let said =
                (["Ik slaap slecht.", "Geef mij een gieter."]
                + (1...4).flatMap {
                    ["Fatima hoorde \($0)", "Joost hoorde \($0)"]
                }).sorted()
            for laptop in [fatima, joost, noor] {
                #expect(try await laptop.words() == said)
                #expect(
                    try await laptop.show(note)["observation"].string == "Bij de bak: Twee buurvrouwen. Met sleutel.")
                #expect(try await laptop.values(place, "place").sorted() == ["bij de fontein", "bij de speeltuin"])
                #expect(try await laptop.show(note)["themes"].array.count == 2)
                #expect(try await laptop.run("theme", "list").done()["themes"].array.count == 3)
                #expect(try await laptop.run("conflicts", "--check").code == 3)
            }
        }

        @Test
        func `settling a conflict settles it everywhere`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            let id = try await fatima.hears("Dag.", place: "een")
            try await fatima.sync()
            try await joost.sync()
            try await fatima.run("talk", "edit", id, "--place", "twee").done()
            try await joost.run("talk", "edit", id, "--place", "drie").done()
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            let values = try await joost.values(id, "place")
            #expect(values.sorted() == ["drie", "twee"])
            #expect(try await fatima.values(id, "place") == values, "the same one is shown everywhere")

            // The second of what `conflicts` numbers.
            try await joost.run("resolve", id, "--field", "place", "--keep", "2").done()
            try await joost.sync()
            try await fatima.sync()
            try await expectSame(space, fatima, joost)
            for laptop in [fatima, joost] {
                #expect(try await laptop.values(id, "place") == [values[1]])
                #expect(try await laptop.run("conflicts", "--check").code == 0)
            }
            (try await fatima.run("resolve", id, "--field", "place", "--keep", "1")).refused(1, "no-conflict")
        }

        @Test
        func `a sync with nothing new takes one round trip and little`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Dag.")
            try await fatima.sync()
            let idle = try await fatima.sync()
            #expect(idle["sent"].number == 0)
            #expect(idle["received"].number == 0)
            #expect(idle["roundTrips"].number == 1)
            #expect(try #require(idle["bytesSent"].number) < 200)
            #expect(try #require(idle["bytesReceived"].number) < 200)
        }

        @Test
        func `the owner of a theme receives nothing of the street`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.run("theme", "new", "groen").done()
            _ = try await fatima.hears("Dit is voor de straat.")
            try await fatima.sync()

            let henk = try await space.owner("henk")
            try await henk.sync()
            let status = try await henk.status()
            #expect(Set(status["stateHash"].members.keys) == ["roster", "square"])
            #expect(Set(status["frontier"].members.keys) == ["roster", "square"])
            let daemon = try await space.stoepd("status").done()
            for log in ["roster", "square"] {
                #expect(status["stateHash"][log] == daemon["stateHash"][log])
            }
            #expect(try await henk.run("theme", "list").done()["themes"].array.count == 1)

            (try await henk.run("sync", "--only", Space.street)).refused(5, "log-not-readable")
            let recording = try await henk.run("talk", "new", "--area", Space.oudeNoorden, "--words", "Toch iets.")
            #expect(recording.code == 5)
            #expect(try await henk.status()["stateHash"] == status["stateHash"])
        }

        @Test
        func `a volunteer of one area may not read another`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let elsewhere = space.laptop("piet")
            let invitation = try await space.invite("volunteer", "piet", areas: [Space.agniesebuurt])
            try await elsewhere.run("join", "-", input: invitation).done()
            _ = try await fatima.hears("Dit is voor het Oude Noorden.")
            try await fatima.sync()
            try await elsewhere.sync()
            #expect(try await elsewhere.conversations().isEmpty)
            #expect(try await elsewhere.status()["stateHash"].members[Space.street] == nil)
            (try await elsewhere.run("sync", "--only", Space.street)).refused(5, "log-not-readable")
            (try await fatima.run("talk", "new", "--area", Space.agniesebuurt, "--words", "Hier?"))
                .refused(5, "area-not-granted")
        }
    }
}
