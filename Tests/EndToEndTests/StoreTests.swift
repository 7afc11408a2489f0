import Foundation
import StoepTestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized)
    struct StoreTests {
        @Test
        func `many commands at once on one store all save, and none is lost`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let count = 16
            let programs = try (1...count).map { number in
                try fatima.start("talk", "new", "--area", Space.oudeNoorden, "--words", "Tegelijk \(number)")
            }
            for program in programs {
                #expect(try await program.end() == 0, "\(program.output)\(program.error)")
            }
            #expect(try await fatima.words() == (1...count).map { "Tegelijk \($0)" }.sorted())
            // One chain, without a gap or a branch.
            let status = try await fatima.status()
            let heads = status["frontier"][Space.street].array
            #expect(heads.count == 1)
            #expect(heads.first?["seq"].number == count)
            #expect(status["alert"] == .null)
            try await fatima.sync()
            try await expectSame(space, fatima)
        }

        @Test
        func `recording goes on while a sync runs`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            for number in 1...5 { _ = try await fatima.hears("Eerst \(number)") }
            let sync = try fatima.start("sync")
            for number in 1...5 { _ = try await fatima.hears("Tijdens \(number)") }
            #expect(try await sync.end() == 0, "\(sync.output)\(sync.error)")
            try await fatima.sync()
            #expect(try await fatima.words().count == 10)
            try await expectSame(space, fatima)
        }

        /// How an older copy comes back decides by what it is betrayed: by its own place, or only by the daemon.
        @Test(arguments: [true, false])
        func `a store restored from an older copy goes on under a new actor and loses nothing`(
            inPlace: Bool
        ) async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            _ = try await fatima.hears("Voor de kopie")
            try await fatima.sync()
            let actor = try await fatima.status()["actor"]
            let copy = space.folder + "/copy"
            try FileManager.default.copyItem(atPath: fatima.store, toPath: copy)

            _ = try await fatima.hears("Na de kopie")
            try await fatima.sync()
            try restore(copy, to: fatima.store, inPlace: inPlace)

            _ = try await fatima.hears("Na het terugzetten")
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            let said = ["Na de kopie", "Na het terugzetten", "Voor de kopie"]
            #expect(try await fatima.words() == said)
            #expect(try await joost.words() == said)
            #expect(try await fatima.status()["actor"] != actor)
            #expect(try await fatima.status()["alert"] != .null)
            try await expectSame(space, fatima, joost)
        }

        private func restore(_ copy: String, to store: String, inPlace: Bool) throws {
            let files = FileManager.default
            guard inPlace else {
                try files.removeItem(atPath: store)
                try files.moveItem(atPath: copy, toPath: store)
                return
            }
            for name in try files.contentsOfDirectory(atPath: store) where !files.fileExists(atPath: "\(copy)/\(name)")
            {
                try files.removeItem(atPath: "\(store)/\(name)")
            }
            for name in try files.contentsOfDirectory(atPath: copy) {
                var isFolder: ObjCBool = false
                _ = files.fileExists(atPath: "\(copy)/\(name)", isDirectory: &isFolder)
                if isFolder.boolValue { continue }
                // Written over, so that the file keeps its place on the disk.
                try Data(contentsOf: URL(fileURLWithPath: "\(copy)/\(name)"))
                    .write(to: URL(fileURLWithPath: "\(store)/\(name)"))
            }
        }

        @Test
        func `a store of a later version is refused by name, and stays as it is`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Uit de toekomst")
            try OlderStore.makeNewer(fatima.store)
            let before = try Data(contentsOf: URL(fileURLWithPath: fatima.store + "/stoep.db"))
            for command in ["status", "sync", "doctor"] {
                (try await fatima.run(command)).refused(1, "store-too-new")
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: fatima.store + "/stoep.db")) == before)
        }

        @Test
        func `a daemon's store of a later version is refused by name, and stays as it is`() async throws {
            let space = try await Space()
            try OlderStore.makeNewer(space.data)
            func files() throws -> [String: Data] {
                let names = ["stoep.db", "stoep.db-wal", "keys", "device.key", "anchor"]
                return try Dictionary(
                    uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(space.data)/\($0)"))) })
            }
            let before = try files()
            for command in [["serve", "--listen", space.address], ["status"], ["doctor"], ["doctor", "--rebuild"]] {
                try await space.run("stoepd", ["--data", space.data, "--json"] + command).refused(1, "store-too-new")
            }
            #expect(try files() == before)
        }

        @Test(arguments: ["en", "nl"])
        func `a disk that refuses to write is told, with what to do, and the store is sound afterwards`(
            language: String
        ) async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Eerder.")
            let status = try await fatima.status()
            // EFBIG where a file would grow beyond some kilobytes: to a store a disk that fails.
            let script = "trap '' XFSZ; ulimit -f 8; exec \"$@\""
            func refused(_ options: String...) async throws -> Answer {
                let command = [RunningProgram.path("stoep"), "--store", fatima.store, "--lang", language] + options
                return try await space.run(
                    "/bin/sh",
                    ["-c", script, "sh"] + command + ["talk", "new", "--area", Space.oudeNoorden, "--words", "Te veel."])
            }
            let answer = try await refused("--json")
            answer.refused(1, "disk-error")
            let advice = try #require(answer.json["error"]["advice"].string)
            #expect(advice == (language == "nl" ? Self.diskAdvice.nl : Self.diskAdvice.en))
            let told = try await refused()
            #expect(told.code == 1 && told.output.isEmpty && told.error.contains(advice), "\(told.error)")

            #expect(try await fatima.run("doctor").done()["sound"] == .bool(true))
            #expect(try await fatima.words() == ["Eerder."])
            #expect(try await fatima.status()["frontier"] == status["frontier"])
            _ = try await fatima.hears("Later.")
            try await fatima.sync()
            #expect(try await fatima.words() == ["Eerder.", "Later."])
            try await expectSame(space, fatima)
        }

        private static let diskAdvice = (
            en: "What was saved before is kept; this was not saved. See whether the disk has room and is well, and try again.",
            nl: "Wat eerder is opgeslagen blijft bewaard; dit is niet opgeslagen. Kijk of de schijf ruimte heeft en in orde is, en probeer het opnieuw."
        )

        @Test
        func `a command without a store says how to get one`() async throws {
            let space = try await Space()
            (try await space.laptop("nobody").run("talk", "new", "--words", "Hallo")).refused(1, "store-not-found")
        }
    }
}
