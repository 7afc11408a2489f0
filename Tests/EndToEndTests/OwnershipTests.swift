import Testing

extension EndToEnd {
    /// Themes are owned by residents.
    @Suite(.serialized)
    struct OwnershipTests {
        /// Syncs until the daemon has answered what was asked for.
        private func sync(_ laptop: Laptop, until owners: [String], of theme: String) async throws {
            for _ in 0..<100 {
                try await laptop.sync()
                if try await self.owners(laptop, theme) == owners { return }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record("the owners of \(theme) never became \(owners)")
        }

        private func owners(_ laptop: Laptop, _ theme: String) async throws -> [String] {
            try await laptop.run("theme", "show", theme).done()["owners"].array.compactMap(\.string)
        }

        @Test
        func `who asked for a theme owns it after a sync, and only owners say what is done next`() async throws {
            let space = try await Space.serving()
            let (olga, fatima) = (try await space.owner("olga"), try await space.volunteer("fatima"))
            _ = try await fatima.hears("Meer bomen.")
            try await fatima.run("theme", "new", "groen").done()
            for laptop in [fatima, olga] { try await laptop.sync() }
            try await olga.run("theme", "edit", "groen", "--next-step", "bomen planten").refused(5, "not-owner")
            let asked = try await olga.run("theme", "own", "groen", "--reason", "-", input: "Ik woon hier.").done()
            #expect(asked["ownership"].string == "asked")
            try await sync(olga, until: ["olga"], of: "groen")
            #expect(try await olga.run("theme", "own", "groen").done()["ownership"].string == "owner")

            try await space.stop()
            try await olga.run("theme", "edit", "groen", "--next-step", "bomen planten", "--aim", "Schaduw.").done()
            try await fatima.run("theme", "edit", "groen", "--next-step", "niets").refused(5, "not-owner")
            try await fatima.run("theme", "edit", "groen", "--description", "Alles wat groeit.").done()
            try await fatima.run("theme", "split", "groen", "bomen").done()
            try await space.serve()
            for laptop in [olga, fatima, olga] { try await laptop.sync() }
            for laptop in [olga, fatima] {
                let fields = try await laptop.run("theme", "show", "groen").done()["fields"]
                #expect(fields["nextStep"].string == "bomen planten" && fields["aim"].string == "Schaduw.")
                #expect(fields["description"].string == "Alles wat groeit.")
                let split = try await laptop.run("theme", "show", "bomen").done()["fields"]["splitFrom"]
                #expect(split["name"].string == "groen")
            }
            try await fatima.run("theme", "delete", "groen").refused(5, "not-owner")

            // A coordinator may, and everybody sees that it was them.
            let chief = space.laptop("chief")
            try await chief.run("join", "-", input: try await space.invite("coordinator", "chief")).done()
            try await chief.sync()
            try await chief.run("theme", "edit", "groen", "--state", "resting").done()
            try await chief.sync()

            // Given up: what was said goes on counting.
            #expect(try await olga.run("theme", "own", "groen", "--stop").done()["ownership"].string == "givenUp")
            try await sync(olga, until: [], of: "groen")
            try await olga.run("theme", "edit", "groen", "--next-step", "toch").refused(5, "not-owner")
            #expect(try await olga.run("theme", "own", "groen").done()["ownership"].string == "withdrawn")
            try await fatima.sync()
            let kept = try await fatima.run("theme", "show", "groen").done()["fields"]
            #expect(kept["nextStep"].string == "bomen planten" && kept["state"].string == "resting")

            // A coordinator at the daemon gives it back, and takes it.
            let given = try await space.stoepd("theme", "grant", "groen", "olga").done()
            #expect(given["owns"].bool == true && given["changed"].bool == true)
            #expect(try await space.stoepd("theme", "grant", "Groen", "olga").done()["changed"].bool == false)
            try await space.stoepd("theme", "grant", "water", "olga").refused(1, "unknown-theme")
            try await space.stoepd("theme", "grant", "groen", "piet").refused(1, "unknown-member")
            try await sync(olga, until: ["olga"], of: "groen")
            try await olga.run("theme", "edit", "groen", "--next-step", "water geven").done()
            try await olga.sync()
            #expect(try await space.stoepd("theme", "withdraw", "groen", "olga").done()["changed"].bool == true)
            try await sync(olga, until: [], of: "groen")
            try await olga.run("theme", "edit", "groen", "--next-step", "toch").refused(5, "not-owner")
            #expect(
                try await olga.run("theme", "show", "groen").done()["fields"]["nextStep"].string == "water geven")

            try await fatima.run("theme", "merge", "bomen", "groen").done()
            try await fatima.run("theme", "merge", "groen", "groen").refused(5, "not-joinable")
            try await fatima.sync()
            try await olga.sync()
            #expect(try await olga.run("theme", "show", "bomen").done()["fields"]["mergedInto"]["name"].string == "groen")
            try await expectSame(space, fatima)
        }
    }
}
