import Foundation
import Testing

extension EndToEnd {
    /// What `talk new` and `talk edit` take and refuse.
    @Suite(.serialized)
    struct RecordingTests {
        @Test
        func `words can be edited only by who heard them, the observation by any volunteer of the area`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            let id = try await fatima.hears("Ik slaap slegt.", observation: "Alleen.")
            try await fatima.sync()
            try await joost.sync()
            let before = try await joost.status()
            (try await joost.run("talk", "edit", id, "--words", "Ik slaap goed.")).refused(5, "words-not-yours")
            #expect(try await joost.status()["stateHash"] == before["stateHash"])
            #expect(try await joost.status()["unsynced"].number == 0)
            try await joost.run("talk", "edit", id, "--observation", "Alleen, op het bankje.").done()
            try await fatima.run("talk", "edit", id, "--words", "Ik slaap slecht.").done()
            for laptop in [joost, fatima, joost] { try await laptop.sync() }
            for laptop in [fatima, joost] {
                let shown = try await laptop.show(id)
                #expect(shown["words"].string == "Ik slaap slecht.")
                #expect(shown["observation"].string == "Alleen, op het bankje.")
            }
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `lowering consent to none goes with no other change; to anonymous it is a change like any`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let id = try await fatima.hears("Bewaar dit nog.")
            let before = try await fatima.status()
            let lowered = try await fatima.run("talk", "edit", id, "--consent", "none", "--place", "Elders")
            lowered.refused(5, "lowering-consent")
            #expect(try await fatima.status()["stateHash"] == before["stateHash"])
            #expect(try await fatima.words() == ["Bewaar dit nog."])
            // Raising it is not an erasure.
            try await fatima.run("talk", "edit", id, "--consent", "contact").done()
            #expect(try await fatima.show(id)["fields"]["consent"]["value"] == .string("contact"))
            try await fatima.run("talk", "edit", id, "--consent", "anonymous").done()
            #expect(try await fatima.show(id)["fields"]["consent"]["value"] == .string("anonymous"))
        }

        @Test
        func `without consent no words are kept`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let refused = try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--consent", "none", "--words", "Toch iets")
            refused.refused(2, "consent-keeps-nothing")
            #expect(try await fatima.conversations().isEmpty)
            try await fatima.run("talk", "new", "--area", Space.oudeNoorden, "--consent", "none").done()
            #expect(try await fatima.conversations().count == 1)
        }

        @Test
        func `a dash reads standard input, and an @ reads a file`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let words = "Eerste regel: één gieter, “twee” handen.\n\nDerde regel 🌱"
            let observation = space.folder + "/notitie.txt"
            try "Uit een bestand\n".write(toFile: observation, atomically: false, encoding: .utf8)
            let answer = try await fatima.run(
                "talk", "new", "--area", "Oude Noorden", "--words", "-", "--observation", "@\(observation)",
                "--place", "@@home", input: words + "\n")
            let id = try #require(try answer.done()["id"].string)
            let shown = try await fatima.show(id)
            #expect(shown["words"].string == words)
            #expect(shown["observation"].string == "Uit een bestand")
            #expect(shown["fields"]["place"]["value"].string == "@home")
            (try await fatima.run("talk", "edit", id, "--words", "@/nonexistent")).refused(2, "file-unreadable")
        }

        @Test
        func `messages come in English and in Dutch`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await space.stop()
            let english = try await fatima.run("sync", environment: ["LC_ALL": "en_GB.UTF-8"])
            let dutch = try await fatima.run("sync", environment: ["LC_ALL": "nl_NL.UTF-8"])
            let asked = try await fatima.run("--lang", "nl", "sync")
            #expect(english.json["error"]["message"].string?.contains("cannot be reached") == true)
            #expect(dutch.json["error"]["message"].string?.contains("is niet te bereiken") == true)
            #expect(asked.json["error"]["message"] == dutch.json["error"]["message"])
            #expect(english.json["error"]["name"] == dutch.json["error"]["name"])
            let plain = try await space.run("stoepd", ["--data", space.data, "--lang", "nl", "members"])
            #expect(plain.code == 0 && plain.output.contains("vrijwilliger"), "\(plain.output)")
        }

        @Test
        func `what cannot be understood is exit code 2, and nothing is done`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            for arguments in [["talk", "nieuw"], ["talk", "new", "--word", "x"], ["resolve", "abcd"]] {
                let answer = try await space.run("stoep", ["--store", fatima.store, "--json"] + arguments)
                #expect(answer.code == 2, "\(arguments)")
            }
            let unknown = try await fatima.run("talk", "new", "--area", "Nergenshuizen", "--words", "Dag.")
            unknown.refused(1, "unknown-area")
            (try await fatima.run("talk", "show", "0000")).refused(1, "unknown-id")
            #expect(try await fatima.conversations().isEmpty)
        }
    }
}
