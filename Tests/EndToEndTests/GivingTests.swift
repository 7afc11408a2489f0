import Testing

extension EndToEnd {
    /// What is already there, giving and taking.
    @Suite(.serialized)
    struct GivingTests {
        @Test
        func `an offer and a need on two laptops are matched, as far as there is enough and nothing stands in the way`()
            async throws
        {
            let space = try await Space.serving()
            let (fatima, olga) = (try await space.volunteer("fatima"), try await space.owner("olga"))
            for laptop in [fatima, olga] { try await laptop.sync() }
            try await space.stop()
            let offer = try await id(
                olga.run(
                    "offer", "new", "zorgen voor buren", "--capacity", "2", "--condition", "ov-kaart", "--theme", "zorg",
                    "--area", "Oude Noorden"))
            let talk = try await fatima.hears("Ik kom de deur niet uit.")
            var needs: [String] = []
            for what in ["boodschappen", "wandelen", "praten met buren"] {
                needs.append(
                    try await id(
                        fatima.run("need", "new", what, "--theme", "zorg", "--area", Space.oudeNoorden, "--talk", talk)))
            }
            try await fatima.run("need", "new", "fietsles", "--theme", "zorg", "--area", Space.agniesebuurt).done()
            try await fatima.run("need", "new", "een kat", "--area", Space.oudeNoorden).done()
            try await space.serve()
            for laptop in [fatima, olga, fatima] { try await laptop.sync() }

            let suggestions = try await fatima.run("match", "suggest").done()["suggestions"].array
            #expect(suggestions.count == 3, "of the same area, with a theme in common")
            #expect(suggestions[0]["need"]["id"].string == needs[2], "a word in common as well")
            #expect(suggestions[0]["reasons"].array.map { $0["kind"].string } == ["theme", "word", "area"])
            #expect(suggestions.allSatisfy { $0["missing"].array.map(\.string) == ["ov-kaart"] })
            let blocked = try await olga.run("offer", "blocked").done()["blocked"].array
            #expect(blocked.map { $0["condition"].string } == ["ov-kaart"] && blocked[0]["count"].number == 1)
            try await fatima.run("match", "make", offer, needs[0]).refused(1, "conditions-missing")

            try await olga.run("offer", "edit", offer, "--fulfilled", "ov-kaart").done()
            for laptop in [olga, fatima] { try await laptop.sync() }
            #expect(try await olga.run("offer", "blocked").done()["blocked"].array.isEmpty)
            // Both make the same match: it is one.
            let match = try await id(fatima.run("match", "make", offer, needs[0]))
            #expect(try await id(olga.run("match", "make", offer, needs[0])) == match)
            for laptop in [fatima, olga, fatima] { try await laptop.sync() }
            #expect(try await fatima.run("match", "list").done()["matches"].array.count == 1)
            #expect(try await fatima.run("match", "suggest", offer).done()["suggestions"].array.map { $0["left"].number } == [1, 1])
            try await fatima.run("match", "make", offer, needs[1]).done()
            try await fatima.run("match", "make", offer, needs[2]).refused(1, "offer-used-up")
            #expect(try await fatima.run("match", "suggest").done()["suggestions"].array.isEmpty)
            try await fatima.run("match", "edit", match, "--progress", "ended").done()
            #expect(try await fatima.run("match", "suggest").done()["suggestions"].array.count == 1)
            try await fatima.run("need", "close", needs[2]).done()
            #expect(try await fatima.run("match", "suggest").done()["suggestions"].array.isEmpty)

            // The conversation leads to what came up in it; the square does not lead back, and an owner sees no talk.
            #expect(try await fatima.show(talk)["links"]["needs"].array.count == 3)
            for laptop in [fatima, olga] { try await laptop.sync() }
            let seen = try await olga.run("need", "show", needs[0]).done()
            #expect(seen["links"]["conversation.needs"].array.isEmpty && seen["links"]["match.need"].array.count == 1)
        }

        @Test
        func `the register of initiatives is found offline, verified and linked by anybody`() async throws {
            let space = try await Space.serving()
            let (fatima, olga) = (try await space.volunteer("fatima"), try await space.owner("olga"))
            let cooks = try await id(
                fatima.run(
                    "initiative", "new", "kookclub Noord", "--partner", "neighbourhood", "--theme", "eten", "--area",
                    "Oude Noorden", "--contact", "de balie van het buurthuis", "--description", "Elke dinsdag samen koken."))
            for laptop in [fatima, olga] { try await laptop.sync() }
            try await space.stop()
            let garden = try await id(olga.run("initiative", "new", "buurttuin", "--theme", "eten", "--partner", "education"))
            try await olga.run("initiative", "link", garden, cooks).done()
            try await olga.run("initiative", "link", garden, garden).refused(2, "linked-with-itself")
            try await fatima.run("initiative", "verify", cooks, "--on", "2026-11-20").done()
            try await fatima.run("initiative", "edit", cooks, "--description", "Elke dinsdag samen koken en eten.").done()
            try await space.serve()
            for laptop in [fatima, olga, fatima] { try await laptop.sync() }
            for laptop in [fatima, olga] {
                let fields = try await laptop.run("initiative", "show", cooks).done()["fields"]
                #expect(fields["verifiedOn"].string == "2026-11-20" && fields["partner"].string == "neighbourhood")
                #expect(fields["links"].array.compactMap { $0["name"].string } == ["buurttuin"])
                #expect(fields["description"].string == "Elke dinsdag samen koken en eten.")
                #expect(try await laptop.run("search", "dinsdag").done()["results"].array.map { $0["id"].string } == [cooks])
                #expect(try await laptop.run("initiative", "list", "--theme", "eten").done()["initiatives"].array.count == 2)
            }
            try await fatima.run("initiative", "link", cooks, garden, "--stop").done()
            #expect(try await fatima.run("initiative", "show", garden).done()["fields"]["links"].array.isEmpty)
            try await fatima.run("initiative", "list", "--theme", "vliegen").refused(1, "unknown-theme")
            try await fatima.run("initiative", "undo", cooks).done()
            #expect(
                try await fatima.run("initiative", "show", cooks).done()["fields"]["links"].array.count == 1, "taken back")
        }

        @Test
        func `a referral waits until somebody accepts it, and a later round shows what was learnt`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let olga = try await space.owner("olga")
            for laptop in [fatima, joost, olga] { try await laptop.sync() }
            let talk = try await fatima.hears("Ik heb schulden.")
            let referral = try await id(fatima.run("referral", "new", "schulden", "--to", "wijkteam", "--talk", talk))
            for laptop in [fatima, joost] { try await laptop.sync() }
            let waits = try await joost.run("due").done()["due"].array
            #expect(waits.map { $0["kind"].string } == ["referral"] && waits[0]["record"]["fields"]["area"].string == Space.oudeNoorden)
            try await joost.run("referral", "decline", referral, "--to", "maatjes").done()
            #expect(try await joost.run("due").done()["due"].array.count == 1, "it stays open")
            try await joost.run("referral", "accept", referral, "--by", "maatjes").done()
            for laptop in [joost, fatima, olga] { try await laptop.sync() }
            #expect(try await fatima.run("due").done()["due"].array.isEmpty)
            #expect(try await fatima.run("referral", "show", referral).done()["fields"]["acceptedBy"].string == "maatjes")
            #expect(try await olga.run("referral", "list").done()["referrals"].array.isEmpty, "it stands in the street")

            let autumn = try await id(joost.run("round", "new", "najaar", "--starts", "2026-09-01"))
            try await joost.run("round", "close", autumn, "--learnt", "-", "--on", "2026-10-31", input: "Luister langer.").done()
            let winter = try await id(olga.run("round", "new", "winter", "--starts", "2026-11-01"))
            for laptop in [joost, olga] { try await laptop.sync() }
            let learnt = try await olga.run("round", "show", winter).done()["learntBefore"].array
            #expect(learnt.map { $0["fields"]["learnt"].string } == ["Luister langer."])
            #expect(try await olga.run("round", "show", autumn).done()["learntBefore"].array.isEmpty)
        }

        private func id(_ answer: Answer) throws -> String { try #require(try answer.done()["id"].string) }
    }
}
