import Testing

extension EndToEnd {
    /// What a space says for everybody in it.
    @Suite(.serialized)
    struct SettingsTests {
        @Test
        func
            `a resident is called as the space says, after a sync and without a network, and programs read what they did`()
            async throws
        {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let talk = try await fatima.hears("Ik slaap slecht.")
            for laptop in [fatima, joost] { try await laptop.sync() }
            let usual = try await space.stoepd("settings").done()
            #expect(usual["resident"] == .null && usual["residents"] == .null && usual["coolDownDays"].number == 7)
            let said = try await space.stoepd(
                "settings", "--resident", "buur", "--residents", "buren", "--cool-down", "14"
            ).done()
            #expect(said["resident"].string == "buur" && said["coolDownDays"].number == 14)
            try await space.stoepd("settings", "--resident", "twee\nregels").refused(2, "name-unusable")
            #expect(try await dutch(fatima, "talk", "new", "--words", "Nog iets.").contains("de naam van de bewoner"))

            for laptop in [fatima, joost] { try await laptop.sync() }
            try await space.stop()
            #expect(try await dutch(fatima, "talk", "new", "--words", "En nog iets.").contains("de naam van de buur"))
            let refused = try await joost.run("--lang", "nl", "talk", "edit", talk, "--words", "Ik slaap goed.")
            refused.refused(5, "words-not-yours")
            #expect(refused.json["error"]["message"].string?.contains("de woorden van een buur") == true)
            let meeting = try await joost.run("meeting", "new", "bomen", "--chaired-by", "resident").done()["id"].string
            let id = try #require(meeting)
            #expect(try await joost.run("meeting", "show", id).done()["fields"]["chairedBy"].string == "resident")
            let shown = try await dutch(joost, "meeting", "show", id)
            #expect(shown.contains("buur") && !shown.contains("bewoner\n"), "\(shown)")
            try await joost.run("tally", "add", "--approached", "12", "--area", Space.oudeNoorden).done()
            #expect(try await dutch(joost, "overview").contains("12 buren aangesproken"))
            #expect(try await joost.run("near", "--place", "Noordplein").done()["coolDownDays"].number == 14)

            // Taken back while the daemon does not run.
            let back = try await space.stoepd("settings", "--resident", "").done()
            #expect(back["resident"] == .null && back["residents"].string == "buren")
            try await space.serve()
            try await fatima.sync()
            #expect(try await dutch(fatima, "talk", "new", "--words", "Dag.").contains("de naam van de bewoner"))
        }

        private func dutch(_ laptop: Laptop, _ arguments: String...) async throws -> String {
            let answer = try await laptop.space.run("stoep", ["--store", laptop.store, "--lang", "nl"] + arguments)
            try answer.done()
            return answer.output
        }
    }
}
