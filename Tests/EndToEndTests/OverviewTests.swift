import Foundation
import Testing

extension EndToEnd {
    /// Figures, and what the program says of itself.
    @Suite(.serialized)
    struct OverviewTests {
        private func plain(
            _ laptop: Laptop, _ arguments: [String], environment: [String: String] = [:]
        ) async throws -> String {
            let answer = try await laptop.space.run("stoep", ["--store", laptop.store] + arguments, environment: environment)
            try #require(answer.code == 0, "\(arguments): \(answer.error)")
            return answer.output
        }

        @Test
        func `the overview counts what two brought together, offline, and fits the terminal`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let olga = try await space.owner("olga")
            for laptop in [fatima, joost, olga] { try await laptop.sync() }
            try await space.stop()
            let talk = ["--area", Space.oudeNoorden, "--words", "x", "--theme", "groen", "--question", "Waarom is het donker?"]
            for (laptop, at) in [(fatima, "2026-10-01"), (joost, "2026-11-02"), (joost, "2026-11-20")] {
                try await space.run("stoep", ["--store", laptop.store, "--json", "talk", "new", "--at", at] + talk).done()
            }
            for laptop in [fatima, joost] {
                try await laptop.run("tally", "add", "--area", Space.oudeNoorden, "--approached", "5", "--declined", "2", "--on", "2026-11-02").done()
            }
            let lamp = try await fatima.run("agreement", "new", "lamp", "--due", "2026-11-05").done()["id"].string ?? ""
            try await fatima.run("agreement", "kept", lamp).done()
            try await fatima.run("agreement", "new", "bank", "--due", "2026-11-06").done()
            try await joost.run("meeting", "new", "bomen", "--at", "2026-11-10T19:00", "--chaired-by", "resident").done()
            try await joost.run("offer", "new", "wandelen", "--area", Space.oudeNoorden, "--theme", "zorg").done()
            try await joost.run("need", "new", "gezelschap", "--area", Space.oudeNoorden).done()
            try await space.serve()
            for laptop in [fatima, joost, fatima, olga] { try await laptop.sync() }
            try await space.stop()

            let all = try await fatima.run("overview").done()
            #expect(all["conversations"].number == 3 && all["approached"].number == 10 && all["declined"].number == 4)
            #expect(all["areas"].array[0]["code"].string == Space.oudeNoorden && all["themes"].array[0]["name"].string == "groen")
            #expect(all["themes"].array[0]["conversations"].number == 3)
            // Both wrote the question in the same words, before they knew of each other's.
            #expect(all["questions"].array.map { $0["wording"].string } == ["Waarom is het donker?", "Waarom is het donker?"])
            #expect(all["agreements"]["kept"].number == 1 && all["agreements"]["overdue"].number == 1)
            #expect(all["meetings"].array[0]["chairedBy"].string == "resident")
            #expect(all["balance"].array[0]["offers"].number == 1 && all["balance"].array[0]["needs"].number == 1)
            let november = try await fatima.run("overview", "--since", "2026-11-01", "--until", "2026-11-05").done()
            #expect(november["conversations"].number == 1 && november["agreements"]["overdue"].number == 0)
            #expect(november["agreements"]["kept"].number == 1 && november["meetings"].array.isEmpty)
            let elsewhere = try await fatima.run("overview", "--area", Space.agniesebuurt).done()
            #expect(elsewhere["conversations"].number == 0 && elsewhere["balance"].array.isEmpty)
            let (later, earlier) = ("2026-11-05", "2026-11-01")
            try await fatima.run("overview", "--since", later, "--until", earlier).refused(2, "period-backwards")
            try await fatima.run("talk", "list", "--since", later, "--until", earlier).refused(2, "period-backwards")
            try await fatima.run("tally", "list", "--since", later, "--until", earlier).refused(2, "period-backwards")
            let owners = try await olga.run("overview").done()
            #expect(owners["conversations"].number == 0 && owners["agreements"]["kept"].number == 1, "no street")

            for columns in [40, 80] {
                let text = try await plain(fatima, ["overview"], environment: ["COLUMNS": String(columns)])
                #expect(text.contains("Oude Noorden") && text.contains("3  █") && !text.contains("\u{1B}"))
                let chart = text.split(separator: "\n").filter { $0.hasPrefix("  ") }
                #expect(!chart.isEmpty && chart.allSatisfy { $0.count <= columns }, "\(text)")
            }
            let dutch = try await plain(fatima, ["overview", "--lang", "nl"])
            #expect(dutch.contains("3 gesprekken, per gebied") && dutch.contains("over tijd"))
        }

        @Test
        func `the grid shows who is missing, and neighbours with a theme in common are introduced`() async throws {
            let space = try await Space.serving()
            let (fatima, olga) = (try await space.volunteer("fatima"), try await space.owner("olga"))
            for laptop in [fatima, olga] { try await laptop.sync() }
            try await space.stop()
            try await fatima.run("initiative", "new", "koor", "--theme", "zang", "--area", Space.oudeNoorden, "--partner", "neighbourhood").done()
            try await olga.run("initiative", "new", "muziekschool", "--theme", "zang", "--area", Space.oudeNoorden, "--partner", "education").done()
            try await olga.run("initiative", "new", "bakker", "--theme", "eten", "--area", Space.oudeNoorden, "--partner", "business").done()
            try await olga.run("initiative", "new", "koor zuid", "--theme", "zang", "--area", Space.agniesebuurt).done()
            try await space.serve()
            for laptop in [fatima, olga, fatima] { try await laptop.sync() }
            let grid = try await fatima.run("initiative", "grid").done()["grid"].array
            #expect(grid.map { $0["theme"]["name"].string } == ["zang", "eten"])
            #expect(grid[0]["partners"]["education"].number == 1 && grid[0]["unsaid"].number == 1)
            #expect(grid[0]["missing"].array.map(\.string) == ["business", "research", "government"])
            let suggested = try await fatima.run("initiative", "suggest").done()["suggestions"].array
            #expect(suggested.map { Set([$0["one"]["fields"]["name"].string, $0["other"]["fields"]["name"].string]) } == [["koor", "muziekschool"]])
            #expect(suggested[0]["themes"].array.map(\.string) == ["zang"])
            try await fatima.run("initiative", "link", "koor", "muziekschool").done()
            #expect(try await fatima.run("initiative", "suggest").done()["suggestions"].array.isEmpty)
        }
    }

    /// What the program says of itself to shells and to people.
    @Suite struct ProgramTests {
        private func scratch() throws -> String {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stoep-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return folder
        }

        private func run(
            _ program: String, _ arguments: [String], in scratch: String, input: String = ""
        ) async throws -> RunningProgram {
            let running = try RunningProgram(program, arguments, input: input, scratch: scratch)
            let code = try await running.end()
            #expect(code == 0, "\(program) \(arguments): \(running.error)")
            return running
        }

        private func installed(_ name: String) -> String? {
            ["/usr/bin/\(name)", "/bin/\(name)"].first { FileManager.default.isExecutableFile(atPath: $0) }
        }

        @Test
        func `bash completes commands, options and choices`() async throws {
            let scratch = try scratch()
            defer { try? FileManager.default.removeItem(atPath: scratch) }
            let bash = try #require(installed("bash"))
            let script = try await run("stoep", ["completion", "bash"], in: scratch).output
            let probe = """

                try() { COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _stoep; echo "${COMPREPLY[*]}"; }
                try stoep tal; try stoep talk ed; try stoep talk new --con; try stoep talk new --consent a
                try stoep talk new --words ''; try stoep --lang ''; try stoep help conf; try stoep import u
                try stoep --store x talk new --mi; try stoep export --format geo

                """
            let lines = try await run(bash, [], in: scratch, input: script + probe).output
                .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(
                lines == [
                    "talk tally", "edit", "--consent --consent-version --consent-language --consent-wording", "anonymous", "",
                    "nl en", "conflicts", "undo", "--minutes", "geojson", "",
                ] || lines[5] == "en nl", "\(lines)")
        }

        @Test(arguments: ["zsh", "fish"])
        func `other shells read their scripts, where they are installed`(_ shell: String) async throws {
            let scratch = try scratch()
            defer { try? FileManager.default.removeItem(atPath: scratch) }
            for language in ["en", "nl"] {
                let script = try await run("stoep", ["completion", shell, "--lang", language], in: scratch).output
                #expect(script.contains("talk") && script.contains("consent"))
                guard let path = installed(shell) else { continue }
                try script.write(toFile: scratch + "/script", atomically: false, encoding: .utf8)
                _ = try await run(path, ["-n", scratch + "/script"], in: scratch)
            }
        }

        @Test(arguments: ["en", "nl"])
        func `the manual is set without a warning, and has every command`(_ language: String) async throws {
            let scratch = try scratch()
            defer { try? FileManager.default.removeItem(atPath: scratch) }
            let page = try await run("stoep", ["man", "--lang", language], in: scratch).output
            guard let groff = installed("groff") else { return }
            let set = try await run(groff, ["-man", "-Kutf8", "-Tutf8", "-ww", "-rLL=100n", "-P-cbu"], in: scratch, input: page)
            #expect(set.error.isEmpty, "\(set.error.prefix(500))")
            for words in ["stoep talk new", "--contact-details", "stoep completion SHELL", "stoep initiative grid"] {
                #expect(set.output.contains(words), "\(words)")
            }
            let one = try await run("stoep", ["man", "talk", "new", "--lang", language], in: scratch).output
            #expect(one.contains("stoep\\-talk\\-new") && !one.contains("geojson"))
            let none = try RunningProgram("stoep", ["man", "talk", "nieuw", "--json"], scratch: scratch)
            #expect(try await none.end() == 2 && none.output.contains("unknown-command"))
        }

        @Test
        func `what several commands are about is explained in either language`() async throws {
            let scratch = try scratch()
            defer { try? FileManager.default.removeItem(atPath: scratch) }
            for (english, dutch) in [("syncing", "synchroniseren"), ("conflicts", "conflicten"), ("consent", "toestemming"), ("erasing", "wissen")] {
                let en = try await run("stoep", ["help", english], in: scratch).output
                let nl = try await run("stoep", ["help", dutch, "--lang", "nl"], in: scratch).output
                #expect(en.contains("\(english):") && nl.contains("\(dutch):") && en != nl)
            }
            #expect(try await run("stoep", ["help", "conflicts"], in: scratch).output.contains("--check"), "the command as well")
            #expect(try await run("stoep", ["help"], in: scratch).output.contains("help erasing"))
        }
    }
}
