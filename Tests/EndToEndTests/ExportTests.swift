import Foundation
import Testing

extension EndToEnd {
    /// Files out and in.
    @Suite(.serialized)
    struct ExportTests {
        /// The rows of a file that an export wrote, without what another space would have otherwise.
        private func rows(_ folder: String, _ name: String) throws -> [String] {
            let text = try String(contentsOfFile: "\(folder)/\(name).csv", encoding: .utf8)
            return text.split(separator: "\r\n").map { row in
                row.split(separator: ",", maxSplits: 4, omittingEmptySubsequences: false).dropFirst(4).joined()
            }.sorted()
        }

        private func text(_ laptop: Laptop, _ arguments: String...) async throws -> Answer {
            try await laptop.space.run("stoep", ["--store", laptop.store] + arguments)
        }

        @Test
        func `what an export wrote is imported in another space without loss, and in its own changes nothing`()
            async throws
        {
            let (here, there) = (try await Space.serving(), try await Space.serving())
            let (fatima, greet) = (try await here.volunteer("fatima"), try await there.volunteer("greet"))
            for laptop in [fatima, greet] { try await laptop.sync() }
            try await here.stop()
            try await there.stop()
            try await fatima.run(
                "talk", "new", "--area", Space.oudeNoorden, "--words", "=HYPERLINK(\"x\") zei hij,\nen 'tja'", "--observation",
                "+31 6 staat op het raam", "--theme", "groen", "--theme", "-zorg-", "--question", "Waarom \\ dan?", "--at",
                "2026-11-21T14:05:06Z", "--follow-up", "2026-12-01", "--minutes", "12"
            ).done()
            try await fatima.run("question", "add", "@@wie?", "--theme", "groen", "--description", "'s avonds").done()
            try await fatima.run(
                "initiative", "new", "koor", "--partner", "neighbourhood", "--theme", "zang", "--area", Space.oudeNoorden,
                "--description", "Elke dinsdag.\r\nOf woensdag.\n").done()
            try await fatima.run(
                "meeting", "new", "bomen", "--at", "2026-12-03T19:30:00Z", "--agenda", "opening", "--agenda", "a\nb \\ c",
                "--chaired-by", "resident", "--minutes", "=niets").done()
            try await fatima.run("agreement", "new", "lamp", "--who", "wijkbeheer", "--promised-by", "municipality", "--due", "2026-12-01").done()
            try await fatima.run("offer", "new", "wandelen", "--capacity", "3", "--condition", "een; hond", "--until", "2027-01-01").done()
            try await fatima.run("tally", "add", "--area", Space.oudeNoorden, "--approached", "7", "--declined", "2", "--on", "2026-11-21").done()
            let names = ["theme", "question", "initiative", "meeting", "agreement", "offer", "conversation", "tally"]

            let folder = here.folder + "/export"
            let exported = try await fatima.run("export", "--to", folder, "--format", "csv").done()
            #expect((exported["records"].number ?? 0) >= 10 && exported["contactDetails"] == .bool(false))
            #expect(!FileManager.default.fileExists(atPath: folder + "/contact.csv"))
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/conversation.csv")[.posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { $0.hasSuffix(".csv") })
            let words = try String(contentsOfFile: folder + "/conversation.csv", encoding: .utf8)
            #expect(words.contains("\"'=HYPERLINK(\"\"x\"\")") && words.contains(",'+31 6"), "no formula")

            for name in names {
                let file = "\(folder)/\(name).csv"
                let own = try await fatima.run("import", file, "--as", name).done()
                #expect(own["made"].number == 0 && own["changed"].number == 0, "\(name)")
                let other = try await greet.run("import", file, "--as", name).done()
                #expect((other["made"].number ?? 0) + (other["unchanged"].number ?? 0) > 0, "\(name)")
            }
            let again = there.folder + "/export"
            try await greet.run("export", "--to", again, "--format", "csv").done()
            for name in names { #expect(try rows(again, name) == rows(folder, name), "\(name)") }
        }

        @Test
        func `rows that cannot be imported are named by their lines, and an import is taken back as a whole`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            for laptop in [fatima, joost] { try await laptop.sync() }
            let file = space.folder + "/clubs.csv"
            let table = "club,waar,soort,opmerking\r\nkoor,Oude Noorden,neighbourhood,x\r\n,Oude Noorden,,y\r\ntuin,Nergens,,\r\nclub,,partij,\r\n"
            try table.write(toFile: file, atomically: false, encoding: .utf8)
            let arguments = [
                "--store", fatima.store, "--json", "import", file, "--as", "initiative", "--map", "club=name", "--map", "waar=area",
                "--map", "soort=partner",
            ]
            try await space.run("stoep", arguments).refused(2, "column-unknown")
            let bad = try await space.run("stoep", arguments + ["--map", "opmerking="])
            bad.refused(1, "rows-unusable")
            #expect(bad.json["error"]["details"]["rows"].array.map { $0["line"].number } == [3, 4, 5])
            #expect(try await fatima.run("initiative", "list").done()["initiatives"].array.isEmpty)
            let dutch = try await space.run("stoep", Array(arguments.dropFirst(3)) + ["--store", fatima.store, "--map", "opmerking=", "--lang", "nl"])
            #expect(dutch.error.contains("regel 3: hier moet iets staan: naam"), "\(dutch.error)")
            let good = try await space.run("stoep", arguments + ["--map", "opmerking=", "--skip-bad"]).done()
            #expect(good["made"].number == 1 && good["skipped"].array.count == 3)
            #expect(try await fatima.run("initiative", "list").done()["initiatives"].array.count == 1)
            for laptop in [fatima, joost] { try await laptop.sync() }
            #expect(try await joost.run("initiative", "list", "--area", "Oude Noorden").done()["initiatives"].array.count == 1)
            try await joost.run("import", "undo").refused(2, "nothing-imported")
            #expect(try await fatima.run("import", "undo").done()["deleted"].number == 1)
            #expect(try await fatima.run("initiative", "list").done()["initiatives"].array.isEmpty)
            for (content, name) in [("a,b\n\"x", "not-a-table"), ("", "not-a-table"), ("name\n\u{0}", "content-not-text")] {
                try content.write(toFile: file, atomically: false, encoding: .utf8)
                try await fatima.run("import", file, "--as", "initiative").refused(2, name)
            }
            try await fatima.run("import", space.folder + "/none.csv", "--as", "theme").refused(2, "file-unreadable")
        }

        @Test
        func `a map has outlines that turn as they should, and nobody's words; a calendar has meetings and what is due`()
            async throws
        {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            // The first turns the wrong way, the second is no more than a point.
            let areas = """
                {"type":"FeatureCollection","features":[
                {"type":"Feature","properties":{"code":"\(Space.oudeNoorden)","name":"Oude Noorden"},"geometry":
                {"type":"Polygon","coordinates":[[[4.4,51.9],[4.4,52],[4.5,52.0],[4.5,51.9],[4.4,51.9]]]}},
                {"type":"Feature","id":"BU1","properties":{"name":"Punt"},"geometry":
                {"type":"Polygon","coordinates":[[[4.4,51.9],[4.4,51.9]]]}}]}
                """
            let file = space.folder + "/areas.geojson"
            try areas.write(toFile: file, atomically: false, encoding: .utf8)
            let imported = try await fatima.run("area", "import", file).done()
            #expect(imported["made"].number == 1 && imported["changed"].number == 1)
            #expect(try await fatima.run("area", "import", file).done()["unchanged"].number == 2)
            _ = try await fatima.hears("Dit leest niemand op de kaart.")
            try await fatima.run("meeting", "new", "bomen", "--at", "2026-12-03T19:30:00Z").done()
            try await fatima.run("agreement", "new", "lamp maken", "--due", "2026-12-01").done()

            let map = space.folder + "/map.geojson"
            try await fatima.run("export", "--to", map, "--format", "geojson").done()
            let text = try String(contentsOfFile: map, encoding: .utf8)
            #expect(!text.contains("niemand") && !text.contains("fatima"))
            #expect(text.contains("[[[4.4,51.9],[4.5,51.9],[4.5,52],[4.4,52],[4.4,51.9]]]"), "against the clock")
            let features = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))["features"].array
            #expect(features.map { $0["properties"]["collection"].string } == ["area", "area", "area", "conversation"])
            #expect(features[3]["properties"]["located"].string == "area")
            #expect(features[3]["geometry"]["type"].string == "Point")

            let calendar = space.folder + "/all.ics"
            try await fatima.run("export", "--to", calendar, "--format", "ics").done()
            let lines = try String(contentsOfFile: calendar, encoding: .utf8).components(separatedBy: "\r\n")
            for line in ["DTSTART:20261203T193000Z", "SUMMARY:bomen", "DTSTART;VALUE=DATE:20261201"] {
                #expect(lines.contains(line), "\(line)")
            }
            try "{\"type\":\"FeatureCollection\",\"features\":[{}]}".write(toFile: file, atomically: false, encoding: .utf8)
            try await fatima.run("area", "import", file).refused(2, "feature-unusable")
            try "{".write(toFile: file, atomically: false, encoding: .utf8)
            try await fatima.run("area", "import", file).refused(2, "not-geojson")
        }

        @Test
        func `contact details leave only with a reason, and a file is whole or as it was`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            let folder = space.folder + "/out"
            for arguments in [["--contact-details"], ["--reason", "zomaar"], ["--only", "contact"]] {
                let all = ["--store", fatima.store, "--json", "export", "--to", folder, "--format", "csv"] + arguments
                try await space.run("stoep", all).refused(2, "contacts-need-reason")
            }
            #expect(!FileManager.default.fileExists(atPath: folder))
            let given = try await fatima.run(
                "export", "--to", folder, "--format", "csv", "--contact-details", "--reason", "-", input: "brand in de straat"
            ).done()
            #expect(given["reason"].string == "brand in de straat" && given["contactDetails"] == .bool(true))
            #expect(FileManager.default.fileExists(atPath: folder + "/contact.csv"))
            let lines = space.folder + "/all.jsonl"
            try "van gisteren".write(toFile: lines, atomically: false, encoding: .utf8)
            try await fatima.run("export", "--to", space.folder + "/geen/all.jsonl", "--format", "jsonl").refused(1, "export-failed")
            #expect(try String(contentsOfFile: lines, encoding: .utf8) == "van gisteren")
            try await fatima.run("export", "--to", lines, "--format", "jsonl", "--only", "area").done()
            let records = try String(contentsOfFile: lines, encoding: .utf8).split(separator: "\n").map {
                try JSONDecoder().decode(JSON.self, from: Data($0.utf8))
            }
            #expect(records.count == 2 && records.allSatisfy { $0["collection"].string == "area" })
        }
    }
}
