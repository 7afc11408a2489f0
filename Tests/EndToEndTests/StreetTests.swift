import Testing

extension EndToEnd {
    /// What stands in one street stays there, and who must not be approached is seen wherever they are named.
    @Suite(.serialized)
    struct StreetTests {
        @Test
        func
            `whoever names somebody who must not be approached is warned: when editing, under another alias, in a conflict`()
            async throws
        {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            let henk = try await person(fatima, "Henk"), coat = try await person(fatima, "de man met de rode jas")
            try await fatima.run("person", "edit", henk, "--do-not-approach", "yes").done()
            let talk = try await fatima.hears("Hallo.")
            let edited = try await fatima.run("talk", "edit", talk, "--person", "Henk")
            try edited.done()
            #expect(edited.error.contains("Henk"), "\(edited.error)")

            try await fatima.run("person", "same", henk, coat).done()
            let other = try await fatima.run("talk", "new", "--person", coat, "--area", Space.oudeNoorden)
            try other.done()
            #expect(other.error.contains("de man met de rode jas"), "\(other.error)")

            // One says yes, the other no, neither knowing: until that is settled he is left alone.
            let bea = try await person(fatima, "Bea")
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await fatima.run("person", "edit", bea, "--do-not-approach", "yes").done()
            try await joost.run("person", "edit", bea, "--do-not-approach", "no").done()
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            for laptop in [fatima, joost] {
                let warned = try await laptop.run("talk", "new", "--person", bea, "--area", Space.oudeNoorden)
                try warned.done()
                #expect(warned.error.contains("Bea"), "\(warned.error)")
            }
        }

        @Test
        func `what stands in one street does not go to another, whose people would read it`() async throws {
            let space = try await Space.serving()
            let fatima = space.laptop("fatima")
            let both = try await space.invite("volunteer", "fatima", areas: [Space.oudeNoorden, Space.agniesebuurt])
            try await fatima.run("join", "-", input: both).done()
            try await fatima.sync()
            let talk = try await fatima.hears("Hallo.")
            let henk = try await person(fatima, "Henk")
            for command in [
                ["person", "edit", henk, "--area", "Agniesebuurt"],
                ["person", "new", "Bea", "--talk", talk, "--area", "Agniesebuurt"],
                ["referral", "new", "schulden", "--talk", talk, "--area", "Agniesebuurt"],
                ["signal", "Help.", "--talk", talk, "--area", "Agniesebuurt"],
                ["talk", "edit", talk, "--area", "Agniesebuurt"],
            ] {
                try await space.run("stoep", ["--store", fatima.store, "--json"] + command).refused(5, "area-elsewhere")
            }
            let referral = try await fatima.run("referral", "new", "schulden", "--talk", talk).done()
            let id = try #require(referral["id"].string)
            try await fatima.run("referral", "edit", id, "--area", "Agniesebuurt").refused(5, "area-elsewhere")
            #expect(try await fatima.run("referral", "show", id).done()["log"].string == Space.street)
            // Somebody met in a conversation stands in its street, wherever the last one was.
            try await fatima.run("talk", "new", "--area", Space.agniesebuurt).done()
            let bea = try await fatima.run("person", "new", "Bea", "--talk", talk).done()
            let shown = try await fatima.run("person", "show", try #require(bea["id"].string)).done()
            #expect(shown["log"].string == Space.street && shown["fields"]["area"].string == Space.oudeNoorden)
        }

        @Test
        func `the same question and the same person twice in one command are one`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            let talk = try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--question", "Waarom?", "--answer", "Daarom.",
                "--question",
                "waarom?", "--answer", "Nou ja.", "--person", "Henk", "--person", "HENK"
            ).done()
            #expect(try await fatima.run("person", "list").done()["persons"].array.count == 1)
            #expect(try await fatima.run("question", "list").done()["questions"].array.count == 1)
            let answers = try await fatima.show(try #require(talk["id"].string))["answers"].array
            #expect(answers.map { $0["words"].string } == ["Daarom.\nNou ja."])
            try await fatima.run("talk", "new", "--person", "henk").done()
        }

        @Test
        func `a referral that was declined is open again, and names nobody`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            let club = try await fatima.run("initiative", "new", "kookclub").done()["id"].string
            let made = try await fatima.run(
                "referral", "new", "gezelschap", "--area", Space.oudeNoorden, "--initiative", try #require(club)
            ).done()
            let id = try #require(made["id"].string)
            try await fatima.run("referral", "accept", id, "--by", "Ria").done()
            #expect(try await fatima.run("due").done()["due"].array.isEmpty)
            try await fatima.run("referral", "decline", id).done()
            let fields = try await fatima.run("referral", "show", id).done()["fields"]
            #expect(
                fields["progress"].string == "open" && fields["acceptedBy"].string == nil
                    && fields["initiative"] == .null)
            #expect(try await fatima.run("due").done()["due"].array.map { $0["record"]["id"].string } == [id])
            let again = try await fatima.run("referral", "decline", id).done()
            #expect(again["changed"].bool == false)
        }

        private func person(_ laptop: Laptop, _ alias: String) async throws -> String {
            let made = try await laptop.run("person", "new", alias, "--area", Space.oudeNoorden).done()
            return try #require(made["id"].string)
        }
    }
}
