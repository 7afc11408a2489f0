import Testing

extension EndToEnd {
    /// Questions that emerge from conversations.
    @Suite(.serialized)
    struct QuestionTests {
        private func questions(_ laptop: Laptop, _ options: String...) async throws -> [JSON] {
            try await laptop.space.run("stoep", ["--store", laptop.store, "--json", "question", "list"] + options).done()[
                "questions"
            ].array
        }

        @Test
        func `what comes up on two laptops is put together by people, and its answers are read together`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await space.stop()

            // Both without a network, each in their own words; a wording that is here is that question.
            for words in ["Geld is op.", "Vandalen."] {
                try await fatima.run(
                    "talk", "new", "--area", Space.oudeNoorden, "--question", "Waarom is de speeltuin dicht?", "--answer",
                    "-", input: words
                ).done()
            }
            let talk = try await fatima.hears("Nog iets.")
            try await fatima.run("talk", "edit", talk, "--question", "waarom is de speeltuin dicht?").done()
            try await joost.run(
                "talk", "new", "--area", Space.oudeNoorden, "--question", "Wanneer gaat de speeltuin open?", "--answer",
                "Nooit meer."
            ).done()
            let green = try await joost.run("question", "add", "-", "--theme", "groen", input: "Mag ik hier planten?").done()
            let ours = try await questions(fatima)
            #expect(ours.map(\.["times"].number) == [3] && ours.map(\.["answers"].number) == [2])

            try await space.serve()
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            let both = try await questions(joost)
            #expect(both.map(\.["wording"].string) == [
                "Waarom is de speeltuin dicht?", "Wanneer gaat de speeltuin open?", "Mag ik hier planten?",
            ])
            #expect(both.map(\.["times"].number) == [3, 1, 0])
            let (why, when) = (try #require(both[0]["id"].string), try #require(both[1]["id"].string))

            // The same question, whoever says so; each wording is kept, and it can be taken back.
            try await joost.run("question", "same", why, when).done()
            for laptop in [joost, fatima] { try await laptop.sync() }
            let joined = try await questions(fatima)
            #expect(joined.map(\.["times"].number) == [4, 0])
            #expect(Set([joined[0]["wording"].string] + joined[0]["wordings"].array.map(\.string)).count == 2)
            #expect(joined[0]["areas"].array.map { $0["code"].string } == [Space.oudeNoorden])
            for id in [why, when] {
                let answers = try await fatima.run("question", "answers", id).done()["answers"].array
                #expect(answers.compactMap(\.["words"].string).sorted() == ["Geld is op.", "Nooit meer.", "Vandalen."])
                #expect(Set(answers.compactMap { $0["question"]["wording"].string }).count == 2, "each as it was put")
            }
            try await fatima.run("question", "apart", when).done()
            #expect(try await questions(fatima).map(\.["times"].number) == [3, 1, 0])

            // Carried along: everybody's own.
            let id = try #require(green["id"].string)
            try await fatima.run("question", "ask", id).done()
            #expect(try await questions(fatima, "--carried").map(\.["id"].string) == [id])
            for laptop in [fatima, joost] { try await laptop.sync() }
            #expect(try await questions(joost, "--carried").isEmpty)
            #expect(try await questions(joost, "--theme", "groen").map(\.["id"].string) == [id])
            try await fatima.run("question", "ask", id, "--stop").done()
            #expect(try await questions(fatima, "--carried").isEmpty)
            try await fatima.sync()
            try await joost.sync()
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `an owner reads questions and not where they came up, and an answer goes with its conversation`() async throws {
            let space = try await Space.serving()
            let (fatima, olga) = (try await space.volunteer("fatima"), try await space.owner("olga"))
            let talk = try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--question", "Waarom zo donker?", "--answer", "De lamp is stuk."
            ).done()
            let id = try #require(talk["id"].string)
            for laptop in [fatima, olga] { try await laptop.sync() }
            let seen = try await questions(olga)
            #expect(seen.map(\.["wording"].string) == ["Waarom zo donker?"])
            #expect(seen.map(\.["times"].number) == [0] && seen.map { $0["areas"].array.count } == [0])
            let question = try #require(seen[0]["id"].string)
            #expect(try await olga.run("question", "answers", question).done()["answers"].array.isEmpty)
            try await olga.run("talk", "reply", id, "Wat dan?").refused(1, "unknown-id")
            try await olga.run("tally", "add", "--approached", "1", "--area", Space.oudeNoorden).refused(5, "talks-not-granted")
            try await olga.run("person", "new", "iemand").refused(5, "talks-not-granted")

            // Under the consent none nothing of it may be kept.
            try await fatima.run(
                "talk", "new", "--consent", "none", "--question", "Waarom?", "--answer", "Daarom."
            ).refused(2, "consent-keeps-nothing")
            try await fatima.run("talk", "new", "--answer", "Daarom.").refused(2, "answer-without-question")

            // An answer written again is the same answer; lowering consent erases it.
            try await fatima.run("talk", "edit", id, "--question", question, "--answer", "De lamp is weg.").done()
            let answers = try await fatima.show(id)["answers"].array
            #expect(answers.compactMap(\.["words"].string) == ["De lamp is weg."])
            try await fatima.run("talk", "edit", id, "--consent", "none", "--yes").done()
            #expect(try await fatima.run("question", "answers", question).done()["answers"].array.isEmpty)
            #expect(try await fatima.run("search", "lamp").done()["results"].array.isEmpty)
            #expect(try await questions(fatima).map(\.["times"].number) == [0])
        }
    }
}
