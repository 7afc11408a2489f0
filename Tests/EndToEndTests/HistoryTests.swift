import Foundation
import Testing

extension EndToEnd {
    /// History, undo, and the editor, as somebody types them.
    @Suite(.serialized)
    struct HistoryTests {
        @Test
        func `the history shows who changed what, and one's own last change can be undone and redone`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            let id = try await fatima.hears("Ik slaap slecht.", observation: "Alleen op het bankje.")
            try await fatima.sync()
            try await joost.sync()
            try await fatima.run(
                "talk", "edit", id, "--place", "Zwart Janplein", "--observation", "Alleen op het natte bankje."
            ).done()
            try await joost.run("talk", "edit", id, "--observation", "Alleen op het bankje, met een hond.").done()
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }

            let changes = try await fatima.run("talk", "history", id).done()["changes"].array
            #expect(changes.map { $0["n"].number } == [1, 2, 3])
            #expect(changes[0]["recorded"] == .bool(true))
            let own = try #require(changes.dropFirst().first { $0["own"] == .bool(true) })
            #expect(
                own["items"].array.contains {
                    $0["field"].string == "place" && $0["from"].array.first?.string == "Noordplein"
                        && $0["to"].string == "Zwart Janplein"
                })
            #expect(own["items"].array.contains { $0["changes"].array.first?["inserted"].string == "natte " })

            try await fatima.run("talk", "undo", id).done()
            var shown = try await fatima.show(id)
            #expect(shown["observation"].string == "Alleen op het bankje, met een hond.")
            #expect(shown["fields"]["place"]["value"].string == "Noordplein")
            try await fatima.run("talk", "undo", id).done()
            shown = try await fatima.show(id)
            #expect(shown["observation"].string == "Alleen op het natte bankje, met een hond.")
            #expect(shown["fields"]["place"]["value"].string == "Zwart Janplein")

            let others = try #require(changes.first { $0["own"] == .bool(false) })
            (try await fatima.run("talk", "undo", id, "--change", "\(others["n"].number ?? 0)")).refused(
                5, "not-your-change")
            (try await fatima.run("talk", "undo", id, "--change", "1")).refused(5, "cannot-undo-recording")
            (try await fatima.run("talk", "undo", id, "--change", "99")).refused(1, "unknown-change")
            let dutch = try await space.run("stoep", ["--store", fatima.store, "--lang", "nl", "talk", "history", id])
            #expect(
                dutch.code == 0 && dutch.output.contains("vastgelegd") && dutch.output.contains("[+natte ]"),
                "\(dutch.output)")
            try await fatima.sync()
            try await joost.sync()
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `an edit is compared with the version that was read`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            let id = try await fatima.hears("Dag.", observation: "De fontein is stuk. Geen bankje.")
            try await fatima.sync()
            try await joost.sync()
            let version = try #require(try await fatima.show(id)["version"].string)
            #expect(try await joost.show(id)["version"].string == version)
            try await joost.run("talk", "edit", id, "--observation", "De fontein is al weken stuk. Geen bankje.").done()
            try await joost.sync()
            try await fatima.sync()
            let text = "De fontein is stuk. Geen bankje in de schaduw."
            try await fatima.run("talk", "edit", id, "--read", version, "--observation", "-", input: text).done()
            #expect(
                try await fatima.show(id)["observation"].string
                    == "De fontein is al weken stuk. Geen bankje in de schaduw.")
            (try await fatima.run("talk", "edit", id, "--read", "abc", "--observation", "x")).refused(
                1, "unknown-version")
            (try await fatima.run("talk", "edit", id)).refused(2, "nothing-to-change")
        }

        @Test(.enabled(if: Terminal.isHere))
        func `the editor opens what may be edited, and what came in meanwhile is kept`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            let id = try await fatima.hears("Ik slaap slecht.", observation: "Alleen op het bankje.")
            try await fatima.sync()
            try await joost.sync()
            // While his editor is open, her edit arrives.
            try await fatima.run("talk", "edit", id, "--observation", "Alleen op het natte bankje.").done()
            try await fatima.sync()
            let stoep = RunningProgram.path("stoep")
            let editor = try space.script(
                "edit.sh",
                """
                stat -c %a "$1" "$(dirname "$1")" > "\(space.folder)/modes"
                cat "$1" > "\(space.folder)/seen"
                "\(stoep)" --store "\(joost.store)" --quiet sync
                sed -i 's/bankje\\./bankje, met een hond./' "$1"
                echo swap > "$(dirname "$1")/.swap"
                """)
            let edited = try await Terminal.run(space, joost, editor, "talk", "edit", id)
            #expect(edited.code == 0, "\(edited.output)")
            #expect(try await joost.show(id)["observation"].string == "Alleen op het natte bankje, met een hond.")
            #expect(try String(contentsOfFile: space.folder + "/modes", encoding: .utf8) == "600\n700\n")
            let seen = try String(contentsOfFile: space.folder + "/seen", encoding: .utf8)
            #expect(
                seen.contains("Alleen op het bankje.") && !seen.contains("slecht"),
                "only who heard the words edits them: \(seen)")
            #expect(Terminal.leftovers(joost) == [])
            // Unchanged says so, and writes nothing.
            let before = try await joost.status()
            let unchanged = try await Terminal.run(space, joost, "true", "talk", "edit", id)
            #expect(unchanged.code == 0 && unchanged.output.contains("Nothing changed"), "\(unchanged.output)")
            #expect(try await joost.status()["stateHash"] == before["stateHash"])
        }

        @Test(.enabled(if: Terminal.isHere))
        func `an editor that fails loses nothing, and one that is interrupted leaves nothing`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let id = try await fatima.hears("Dag.", observation: "Regen.")
            let missing = try await Terminal.run(space, fatima, "/nonexistent/editor", "talk", "edit", id)
            #expect(missing.code == 1 && missing.output.contains("failed with status 127"), "\(missing.output)")
            #expect(Terminal.leftovers(fatima) == [])
            let failing = try space.script("fail.sh", "echo 'veel werk' >> \"$1\"; exit 3")
            let failed = try await Terminal.run(space, fatima, failing, "talk", "edit", id)
            #expect(failed.code == 1 && failed.output.contains("status 3"), "\(failed.output)")
            let kept = try #require(Terminal.leftovers(fatima).first)
            #expect(failed.output.contains(kept), "\(failed.output)")
            // What was kept goes with the record, and nothing else does.
            let other = try await fatima.hears("Iets anders.")
            try await fatima.run("erase", other).done()
            #expect(Terminal.leftovers(fatima) == [kept])
            let gone = try await fatima.hears("Weg.", observation: "Ook weg.")
            _ = try await Terminal.run(space, fatima, failing, "talk", "edit", gone)
            #expect(Terminal.leftovers(fatima).count == 2)
            try await fatima.run("erase", gone).done()
            #expect(Terminal.leftovers(fatima) == [kept])
            try FileManager.default.removeItem(atPath: fatima.store + "/" + kept)
            let headless = try space.script("headless.sh", "echo niets > \"$1\"")
            let unreadable = try await Terminal.run(space, fatima, headless, "talk", "edit", id)
            #expect(unreadable.code == 1 && unreadable.output.contains("heading"), "\(unreadable.output)")
            for name in Terminal.leftovers(fatima) {
                try FileManager.default.removeItem(atPath: fatima.store + "/" + name)
            }
            // The editor asks stoep, whose child it is, to end.
            let slow = try space.script(
                "slow.sh",
                """
                echo iets >> "$1"
                p=$$
                while [ "$(cat /proc/$p/comm)" != stoep ]; do p=$(cut -d' ' -f4 /proc/$p/stat); done
                kill -TERM $p
                sleep 30
                """)
            let interrupted = try await Terminal.run(space, fatima, slow, "talk", "edit", id)
            #expect(interrupted.code == 1 && interrupted.output.contains("interrupted"), "\(interrupted.output)")
            #expect(Terminal.leftovers(fatima) == [])
            #expect(try await fatima.show(id)["observation"].string == "Regen.")
        }
    }
}

/// A terminal to type in, for what a program only does on one.
private enum Terminal {
    static var isHere: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/script") }

    static func run(_ space: Space, _ laptop: Laptop, _ editor: String, _ arguments: String...) async throws -> Answer {
        let command = ([RunningProgram.path("stoep"), "--store", laptop.store, "--lang", "en"] + arguments).joined(
            separator: " ")
        let running = try RunningProgram(
            "/usr/bin/script", ["-qec", command, "/dev/null"], input: "", scratch: space.folder + "/scratch",
            environment: ["EDITOR": editor, "VISUAL": "", "XDG_RUNTIME_DIR": "", "TERM": "dumb"])
        return Answer(code: try await running.end(), of: running, arguments)
    }

    /// What editing left in the store's directory.
    static func leftovers(_ laptop: Laptop) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: laptop.store)) ?? []).filter {
            $0.hasPrefix("stoep-edit")
        }
    }
}

extension Space {
    /// A program of a few lines.
    fileprivate func script(_ name: String, _ lines: String) throws -> String {
        let path = "\(folder)/\(name)"
        try ("#!/bin/sh\n" + lines + "\n").write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        return path
    }
}
