import Foundation
import Testing

extension EndToEnd {
    /// How people are reached, and for how long.
    @Suite(.serialized)
    struct ContactTests {
        @Test
        func `how somebody is reached is kept with their consent alone, and only who noted it and coordinators see it`()
            async throws
        {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let cora = try await space.coordinator("cora")
            for laptop in [fatima, joost, cora] { try await laptop.sync() }
            try await space.stop()
            let henk = try #require(
                try await fatima.run("person", "new", "Henk", "--area", Space.oudeNoorden).done()["id"].string)
            try await fatima.run("person", "contact", henk, "--telephone", "0612345678").refused(5, "consent-lacking")
            try await fatima.run("person", "edit", henk, "--consent", "anonymous").done()
            try await fatima.run("person", "contact", henk, "--telephone", "0612345678").refused(5, "consent-lacking")
            try await fatima.run("person", "edit", henk, "--consent", "contact").done()
            try await fatima.run(
                "person", "contact", henk, "--telephone", "-", "--name", "Henk de Vries", input: "0612345678"
            ).done()
            try await fatima.run("person", "contact", henk, "--address", "Noordplein 3").done()
            #expect(try await details(fatima, henk) == ["Noordplein 3", "Henk de Vries", "0612345678"])
            try await space.serve()
            for laptop in [fatima, joost, cora] { try await laptop.sync() }
            #expect(try await details(cora, henk) == ["Noordplein 3", "Henk de Vries", "0612345678"])
            #expect(try await details(joost, henk).isEmpty, "a colleague sees the person, and not how they are reached")
            #expect(try await joost.run("person", "show", henk).done()["fields"]["consent"].string == "contact")
            #expect(try await joost.run("search", "Vries").done()["results"].array.isEmpty)
            let shown = try await fatima.run("person", "show", henk).done()["contact"].array
            #expect(shown.map { $0["log"].string?.hasPrefix("contact/\(Space.oudeNoorden)/") } == [true])

            // Nobody else may hand it on: another's log is none of theirs.
            try await joost.run("person", "contact", henk, "--note", "Bel na zessen.").done()
            for laptop in [joost, cora] { try await laptop.sync() }
            #expect(try await cora.run("person", "contact", henk).done()["contact"].array.count == 2)

            let olga = try await space.owner("olga")
            try await olga.sync()
            try await olga.run("person", "contact", henk).refused(1, "unknown-record")
        }

        @Test
        func `whoever lowers a person's consent erases what it covered, also what a colleague noted`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            // In a conversation with one person alone, it is their consent.
            try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--person", "Henk", "--consent", "contact", "--words",
                "Bel me maar."
            ).done()
            let henk = try #require(try await fatima.run("person", "list").done()["persons"].array.first?["id"].string)
            try await fatima.run("person", "contact", henk, "--name", "Henk de Vries").done()
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await joost.run("person", "contact", henk, "--telephone", "0612345678").done()
            try await joost.sync()

            try await joost.run("person", "edit", henk, "--consent", "anonymous").done()
            #expect(try await details(joost, henk).isEmpty)
            try await joost.sync()
            #expect(try await fatima.sync()["erasedByConsent"].number == 1)
            #expect(try await details(fatima, henk).isEmpty)
            #expect(try await fatima.run("search", "Vries").done()["results"].array.isEmpty)
            for laptop in [fatima, joost, fatima, joost] { try await laptop.sync() }
            try await fatima.run("person", "contact", henk, "--name", "Henk").refused(5, "consent-lacking")
            // What he said stays under the consent of that conversation.
            #expect(try await joost.words() == ["Bel me maar."])

            // None at all: he is erased by whoever wrote him down.
            let lowered = try await joost.run("person", "edit", henk, "--consent", "none", "--yes").done()
            #expect(lowered["erased"].bool == false && lowered["conversations"].number == 1)
            try await joost.sync()
            #expect(try await fatima.sync()["erasedByConsent"].number == 1)
            try await fatima.sync()
            try await joost.sync()
            for laptop in [fatima, joost] {
                #expect(try await laptop.run("person", "list").done()["persons"].array.isEmpty)
                try await laptop.run("person", "show", henk).refused(1, "unknown-record")
            }
            try await fatima.run("person", "new", "Bea", "--consent", "none").refused(2, "consent-keeps-nothing")
        }

        @Test
        func `whoever takes back what they allowed in a conversation takes back their contact details`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            for consent in ["anonymous", "none"] {
                let talk = try await fatima.run(
                    "talk", "new", "--area", Space.oudeNoorden, "--person", consent, "--consent", "contact", "--words", "Ja."
                ).done()["id"].string
                try await fatima.run("person", "contact", consent, "--telephone", "0612345678").done()
                #expect(try await details(fatima, consent) == ["0612345678"])
                try await fatima.run("talk", "edit", try #require(talk), "--consent", consent, "--yes").done()
                #expect(try await details(fatima, consent).isEmpty)
                let person = try await fatima.run("person", "show", consent).done()["fields"]
                #expect(person["consent"].string == "anonymous", "who they are is another matter than how they are reached")
            }
        }

        @Test
        func `a conversation carries the wording that was read, and only coordinators say how it is asked`()
            async throws
        {
            let space = try await Space.serving()
            let (fatima, cora) = (try await space.volunteer("fatima"), try await space.coordinator("cora"))
            for laptop in [fatima, cora] { try await laptop.sync() }
            let wording = "Mag ik opschrijven wat u zegt?"
            try await fatima.run("consent", "add", "1", "--language", "nl", "--wording", wording).refused(
                5, "coordinators-only")
            try await cora.run("consent", "add", "1", "--language", "nl", "--wording", "-", input: wording).done()
            try await cora.run("consent", "add", "1", "--language", "en", "--wording", "May I write it down?").done()
            try await cora.run("consent", "add", "1", "--language", "nl", "--wording", "Anders.").refused(
                1, "consent-text-exists")
            for laptop in [cora, fatima] { try await laptop.sync() }
            try await space.stop()
            #expect(try await fatima.run("consent", "list").done()["consents"].array.count == 2)
            let texts = try await fatima.run("consent", "list", "--language", "nl").done()["consents"].array
            #expect(texts.map { $0["wording"].string } == [wording])

            let talk = try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--words", "Ja hoor.", "--language", "nl",
                "--consent-version", "1",
                "--consent", "contact", "--person", "Henk"
            ).done()
            let id = try #require(talk["id"].string)
            #expect(try await fatima.values(id, "consentWording") == [wording])
            #expect(try await fatima.values(id, "consentLanguage") == ["nl"])
            let henk = try await fatima.run("person", "show", "Henk").done()["fields"]
            #expect(henk["consent"].string == "contact" && henk["consentWording"].string == wording)
            #expect(henk["consentVersion"].string == "1")
            try await fatima.run("talk", "new", "--consent-version", "2", "--words", "Nee.").refused(
                1, "unknown-record")
            #expect(try await fatima.conversations().count == 1, "nothing was saved")
        }

        private func details(_ laptop: Laptop, _ person: String) async throws -> [String] {
            let contacts = try await laptop.run("person", "contact", person).done()["contact"].array
            return contacts.flatMap { contact in
                ["address", "name", "telephone"].compactMap { contact["fields"][$0].string }
            }
        }
    }
}
