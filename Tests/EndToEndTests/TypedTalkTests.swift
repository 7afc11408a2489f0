import Foundation
import Testing

extension EndToEnd {
    /// `stoep talk new` at a terminal.
    @Suite(.serialized)
    struct TypedTalkTests {
        @Test
        func `three lines are a conversation: what, where, who, with the last place offered`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            try await space.stop()
            _ = try await fatima.hears("Eerder.")
            let question = try await fatima.run("question", "add", "Wie kent u hier?").done()["id"].string
            try await fatima.run("question", "ask", try #require(question)).done()
            let typed = try fatima.terminal("--lang", "nl", "talk", "new", "--theme", "groen")
            try await typed.shows("Wat werd er gezegd?")
            #expect(typed.screen.contains("fatima was hier"), "who was here of late stands above the first question")
            #expect(typed.screen.contains("Vraag mee: Wie kent u hier?"), "\(typed.screen)")
            typed.type("Het is hier donkr\u{7F}\u{7F}ker.\n")
            try await typed.shows("Waar? [Noordplein, Oude Noorden]")
            typed.type("\n")
            try await typed.shows("Wie?")
            typed.type("de man met de rode jas, Bea\n")
            #expect(try await typed.end() == 0, "\(typed.screen)")
            #expect(typed.screen.contains("Opgeslagen als"))
            let talk = try #require(try await fatima.conversations().first)
            #expect(talk["words"].string == "Het is hier donker.")
            #expect(talk["place"].string == "Noordplein" && talk["area"].string == Space.oudeNoorden)
            #expect(talk["themes"].array.map(\.string) == ["groen"])
            let persons = try await fatima.run("person", "list").done()["persons"].array
            #expect(persons.compactMap { $0["fields"]["alias"].string } == ["Bea", "de man met de rode jas"])

            // Another place and another area, in the words of people.
            let other = try fatima.terminal("talk", "new")
            try await other.shows("What was said?")
            other.type("\n")
            try await other.shows("Where?")
            other.type("Speeltuin, oude noorden\n")
            try await other.shows("Who?")
            other.type("\u{4}")
            #expect(try await other.end() == 0)
            let latest = try #require(try await fatima.conversations().first)
            #expect(latest["place"].string == "Speeltuin" && latest["words"].string == "")
            #expect(try await fatima.conversations().count == 3)
        }

        @Test
        func `what is typed survives Ctrl-C and kill -9, in the middle of a line, and is saved once`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            let words = "Mijn buurvrouw komt de deur niet meer uit, en niemand die het ziet"
            let first = try fatima.terminal("talk", "new", "--area", Space.oudeNoorden)
            try await first.shows("What was said?")
            first.type(words)
            // Nobody pressed Enter.
            let kept = fatima.store + "/typed"
            let deadline = ContinuousClock.now + .seconds(20)
            while !FileManager.default.fileExists(atPath: kept), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            try await Task.sleep(for: .milliseconds(1500))
            first.kill()
            #expect(try await fatima.conversations().isEmpty)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: kept))
            #expect(bytes.range(of: Data("buurvrouw".utf8)) == nil, "sealed like everything else")

            let second = try fatima.terminal("talk", "new")
            try await second.shows("You did not finish this")
            #expect(second.screen.contains("Mijn buurvrouw komt de deur"))
            second.type("\n")
            try await second.shows("What was said? \(words)")
            second.type(".\n")
            try await second.shows("Where?")
            second.type("Zaagmolen\u{3}")
            #expect(try await second.end() == 1)
            #expect(second.screen.contains("stoep talk new goes on with it"), "\(second.screen)")

            let third = try fatima.terminal("talk", "new")
            try await third.shows("You did not finish this")
            third.type("\n")
            try await third.shows("What was said?")
            third.type("\n")
            try await third.shows("Where?")
            third.type("straat\n")
            try await third.shows("Who?")
            let whole = try Data(contentsOf: URL(fileURLWithPath: kept))
            third.type("\n")
            #expect(try await third.end() == 0, "\(third.screen)")
            let talks = try await fatima.conversations()
            #expect(talks.map { $0["words"].string } == [words + "."])
            #expect(talks.map { $0["place"].string } == ["Zaagmolenstraat"])
            #expect(!FileManager.default.fileExists(atPath: kept))

            // Saved, and killed before that could be noted: it is not offered again.
            try whole.write(to: URL(fileURLWithPath: kept))
            let fourth = try fatima.terminal("talk", "new")
            try await fourth.shows("What was said?")
            fourth.type("\u{3}")
            #expect(try await fourth.end() == 1)
        }

        @Test
        func `thrown away is thrown away, and without a terminal nobody is asked`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            let first = try fatima.terminal(
                "talk", "new", "--area", Space.oudeNoorden, columns: 40, environment: ["NO_COLOR": "1"])
            try await first.shows("What was said?")
            first.type(String(repeating: "lang ", count: 20))
            first.type("\u{17}\u{3}")
            #expect(try await first.end() == 1)
            let colours = first.screen.components(separatedBy: "\u{1B}[3")
            #expect(colours.count == 1, "no colour was asked for")
            let second = try fatima.terminal("talk", "new", "--area", Space.oudeNoorden)
            try await second.shows("You did not finish this")
            second.type("n\n")
            try await second.shows("What was said?")
            second.type("\u{3}")
            #expect(try await second.end() == 1)
            #expect(second.screen.contains("Nothing had been typed."))
            let third = try fatima.terminal("talk", "new", "--area", Space.oudeNoorden)
            try await third.shows("What was said?")
            third.kill()
            #expect(!third.screen.contains("You did not finish this"))
            try await fatima.run("talk", "new", "--area", Space.oudeNoorden).done()
            #expect(try await fatima.conversations().count == 1)
        }
    }
}
