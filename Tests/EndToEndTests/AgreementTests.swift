import Testing

extension EndToEnd {
    /// What people agree on, and where they meet.
    @Suite(.serialized)
    struct AgreementTests {
        private func due(_ laptop: Laptop, _ options: String...) async throws -> [JSON] {
            try await laptop.space.run("stoep", ["--store", laptop.store, "--json", "due"] + options).done()["due"].array
        }

        private func what(_ items: [JSON]) -> [String] {
            items.compactMap { item in
                let fields = item["record"]["fields"]
                return fields["what"].string ?? fields["place"].string
            }
        }

        @Test
        func `an agreement is due until somebody says what became of it, whoever promised it`() async throws {
            let space = try await Space.serving()
            let (fatima, olga) = (try await space.volunteer("fatima"), try await space.owner("olga"))
            for laptop in [fatima, olga] { try await laptop.sync() }
            try await space.stop()
            let lamp = try await fatima.run(
                "agreement", "new", "lamp maken", "--who", "wijkbeheer", "--promised-by", "municipality", "--due", "yesterday",
                "--area", "Oude Noorden", "--theme", "veiligheid"
            ).done()
            let bench = try await olga.run("agreement", "new", "bankje verven", "--who", "Henk", "--due", "today").done()
            try await olga.run("agreement", "new", "feest", "--due", "+5", "--member", "me").done()
            try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--place", "Zwaanshals", "--follow-up", "today").done()
            try await space.serve()
            for laptop in [fatima, olga, fatima] { try await laptop.sync() }

            let ours = what(try await due(fatima))
            #expect(ours.first == "lamp maken", "the longest overdue first")
            #expect(ours.sorted() == ["Zwaanshals", "bankje verven", "lamp maken"])
            #expect(what(try await due(olga)) == ["lamp maken", "bankje verven"], "no conversation, for an owner")
            #expect(what(try await due(olga, "--mine")) == ["bankje verven"])
            #expect(what(try await due(olga, "--overdue")) == ["lamp maken"])
            #expect(what(try await due(olga, "--through", "+7")) == ["lamp maken", "bankje verven", "feest"])
            #expect(what(try await due(olga, "--all", "--area", "Oude Noorden")) == ["lamp maken"])

            let reminders = try await olga.run("due", "--all", "--ics").output
            #expect(reminders.contains("SUMMARY:") && reminders.contains("lamp maken\r\n"), "\(reminders)")
            let visits = try await fatima.run("due", "--ics").output
            #expect(visits.contains("Zwaanshals") && visits.contains("BEGIN:VCALENDAR\r\n"), "\(visits)")

            // Each says so on their own laptop.
            try await olga.run("agreement", "broken", try #require(lamp["id"].string)).done()
            try await fatima.run("agreement", "kept", try #require(bench["id"].string), "--on", "yesterday").done()
            for laptop in [olga, fatima, olga] { try await laptop.sync() }
            for laptop in [fatima, olga] {
                let all = try await laptop.run("agreement", "list").done()["agreements"].array
                #expect(all.map { $0["fields"]["outcome"].string } == ["broken", "kept", nil])
                #expect(all.map { $0["fields"]["promisedBy"].string } == ["municipality", nil, nil])
            }
            #expect(what(try await due(fatima)) == ["Zwaanshals"])
            let visit = try #require(try await due(fatima).first?["record"]["id"].string)
            try await fatima.run("talk", "edit", visit, "--followed-up", "today").done()
            #expect(try await due(fatima).isEmpty)
            try await fatima.run("agreement", "new", " ").refused(2, "field-empty")
            try await fatima.run("agreement", "new", "x", "--due", "ooit").refused(2, "not-a-day")
            try await fatima.run("agreement", "new", "x", "--member", "niemand").refused(1, "unknown-record")
        }

        @Test
        func `a meeting is prepared by two at once, and its minutes are written together`() async throws {
            let space = try await Space.serving()
            let (olga, fatima) = (try await space.owner("olga"), try await space.volunteer("fatima"))
            let meeting = try await olga.run(
                "meeting", "new", "buurtgroen", "--at", "2026-12-03T19:30", "--agenda", "opening", "--agenda", "bomen",
                "--theme", "groen"
            ).done()
            let id = try #require(meeting["id"].string)
            for laptop in [olga, fatima] { try await laptop.sync() }
            try await space.stop()
            try await olga.run("meeting", "agenda", id, "--add", "rondvraag").done()
            try await olga.run("meeting", "agenda", id, "--move", "2", "--to", "1").done()
            try await olga.run(
                "meeting", "edit", id, "--chair", "Olga", "--chaired-by", "resident", "--residents", "12", "--present", "me").done()
            try await olga.run("meeting", "edit", id, "--minutes", "Wij zijn begonnen.").done()
            try await fatima.run("meeting", "agenda", id, "--add", "water").done()
            try await fatima.run("meeting", "edit", id, "--present", "me", "--professionals", "2", "--chaired-by", "professional").done()
            try await fatima.run("meeting", "agenda", id, "--remove", "9").refused(2, "no-such-item")
            try await fatima.run("meeting", "agenda", id, "--move", "1").refused(2, "move-needs-place")
            try await fatima.run("agreement", "new", "water halen", "--meeting", "buurtgroen", "--due", "2026-12-10").done()
            try await space.serve()
            for laptop in [olga, fatima, olga] { try await laptop.sync() }
            // Who led it was said in two ways: people settle it, by the names that they typed.
            let conflicts = try await fatima.run("conflicts").done()["conflicts"].array
            #expect(conflicts.map { $0["field"].string } == ["chairedBy"] && conflicts[0]["collection"].string == "meeting")
            #expect(conflicts[0]["values"].array.compactMap { $0["value"].string }.sorted() == ["professional", "resident"])
            try await fatima.run("resolve", id, "--field", "chairedBy", "--value", "iemand").refused(2, "value-does-not-fit")
            try await fatima.run("resolve", id, "--field", "chairedBy", "--value", "resident").done()
            for laptop in [fatima, olga] { try await laptop.sync() }
            for laptop in [olga, fatima] {
                let shown = try await laptop.run("meeting", "show", id).done()
                let fields = shown["fields"]
                #expect(Set(fields["agenda"].array.compactMap(\.string)) == ["bomen", "opening", "water", "rondvraag"])
                #expect(fields["agenda"].array.compactMap(\.string).prefix(2) == ["bomen", "opening"])
                #expect(fields["chairedBy"].string == "resident" && fields["minutes"].string == "Wij zijn begonnen.")
                #expect(fields["residents"].number == 12 && fields["professionals"].number == 2)
                #expect(fields["attendance"].array.compactMap { $0["name"].string } == ["fatima", "olga"])
                #expect(shown["links"]["agreement.meeting"].array.map { $0["fields"]["what"].string } == ["water halen"])
            }
            try await fatima.run("meeting", "history", id).done()
            try await fatima.run("meeting", "delete", id).done()
            try await fatima.sync()
            try await olga.sync()
            #expect(try await olga.run("meeting", "list").done()["meetings"].array.isEmpty)
        }
    }
}
