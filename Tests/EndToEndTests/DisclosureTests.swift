import Foundation
import Testing

extension EndToEnd {
    /// What is held of one person, for themselves.
    @Suite(.serialized)
    struct DisclosureTests {
        @Test
        func `somebody gets what is held of them, and that they got it stays on record without what it said`()
            async throws
        {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await space.stop()
            let talk = try #require(
                try await fatima.run(
                    "talk", "new", "--area", Space.oudeNoorden, "--person", "Henk", "--words", "Ik slaap slecht.",
                    "--consent",
                    "contact", "--question", "Waarom?", "--answer", "De tram."
                ).done()["id"].string)
            try await fatima.run("agreement", "new", "bellen met de RET", "--talk", talk).done()
            try await fatima.run("talk", "new", "--person", "Bea", "--words", "Over iemand anders.").done()
            try await fatima.run("person", "contact", "Henk", "--telephone", "0612345678").done()
            let file = space.folder + "/henk"
            try await fatima.run("person", "export", "Henk", "--to", file, "--reason", " ").refused(2, "field-empty")
            let made = try await fatima.run(
                "person", "export", "henk", "--to", file, "--reason", "-", input: "hij vroeg erom"
            ).done()
            #expect(made["files"].array.map(\.string) == [file + ".json", file + ".txt"])
            let text = try String(contentsOfFile: file + ".txt", encoding: .utf8)
            for held in ["Henk", "Ik slaap slecht.", "De tram.", "bellen met de RET", "0612345678", "fatima"] {
                #expect(text.contains(held), "\(held): \(text)")
            }
            #expect(!text.contains("iemand anders") && !text.contains("Bea"))
            let json = try JSONDecoder().decode(JSON.self, from: Data(contentsOf: URL(fileURLWithPath: file + ".json")))
            #expect(json["conversations"].array.map { $0["words"].string } == ["Ik slaap slecht."])
            #expect(json["contact"].array.map { $0["fields"]["telephone"].string } == ["0612345678"])
            #expect(json["records"].array.map { $0["fields"]["what"].string } == ["bellen met de RET"])
            let mode = try FileManager.default.attributesOfItem(atPath: file + ".txt")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try await fatima.run("person", "export", "Henk", "--to", file, "--reason", "nog eens").refused(
                1, "export-in-the-way")

            // Who, when, for whom and why: known to whoever may read about him, and no word more.
            try await space.serve()
            for laptop in [fatima, joost] { try await laptop.sync() }
            let noted = try await joost.run("person", "show", "Henk").done()["links"]["disclosure.person"].array
            #expect(noted.map { $0["by"].string } == ["fatima"])
            #expect(noted.map { $0["fields"]["reason"].string } == ["hij vroeg erom"])
            #expect(noted.map { $0["log"].string } == [Space.street])
            #expect((noted.first?["createdAt"].number ?? 0) > 0 && noted.first?["fields"].members.count == 2)

            // A colleague gives what they hold themselves: not how he is reached.
            try await joost.run("person", "export", "Henk", "--to", file + "-2.txt", "--reason", "hij vroeg erom")
                .done()
            let other = try String(contentsOfFile: file + "-2.txt", encoding: .utf8)
            #expect(other.contains("Ik slaap slecht.") && !other.contains("0612345678"))

            let olga = try await space.owner("olga")
            try await olga.sync()
            try await olga.run("person", "export", "Henk", "--to", file + "-3", "--reason", "nieuwsgierig").refused(
                1, "unknown-record")
        }
    }
}
