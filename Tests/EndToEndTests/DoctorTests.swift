import Foundation
import StoepSQLite
import StoepTestSupport
import Testing

extension EndToEnd {
    /// stoep doctor and stoepd doctor, on stores in which something was changed behind their back.
    @Suite(.serialized)
    struct DoctorTests {
        /// What a disk did to a store that nobody has open.
        private func damage(_ directory: String, _ sql: String) throws {
            let connection = try OpenedFiles.connect(directory)
            defer { connection.close() }
            try connection.transaction { try connection.execute(sql) }
        }

        /// Turns a bit over.
        /// - Parameter place: from the end of the file where it is less than 0.
        private func damage(_ path: String, at place: Int) throws {
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            defer { try? file.close() }
            let offset = place < 0 ? try file.seekToEnd() - UInt64(-place) : UInt64(place)
            try file.seek(toOffset: offset)
            let byte = try #require(try file.read(upToCount: 1)?.first)
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data([byte ^ 4]))
        }

        /// Two volunteers who hold the same.
        private func pair() async throws -> (Space, fatima: Laptop, joost: Laptop) {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            _ = try await fatima.hears("De bus rijdt niet meer.")
            _ = try await joost.hears("Het plein is te donker.")
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            return (space, fatima, joost)
        }

        private func kinds(_ answer: Answer) -> Set<String> {
            Set(answer.json["findings"].array.compactMap(\.["kind"].string))
        }

        @Test
        func `every kind of damage is told, and what the daemon has comes back`() async throws {
            let (space, fatima, joost) = try await pair()
            let sound = try await fatima.run("doctor").done()
            #expect(sound["sound"] == .bool(true) && sound["findings"].array.isEmpty)
            #expect(sound["checked"]["changes"].number ?? 0 > 3)
            let foreign = """
                id = (SELECT max(c.id) FROM change c JOIN actor a ON a.id = c.actor JOIN log l ON l.id = c.log
                WHERE l.name = '\(Space.street)' AND c.missing = 0 AND a.device != (SELECT device FROM authority))
                """
            let damages = [
                ("UPDATE f_conversation SET place = 'elders'", "derived"),
                ("UPDATE search_doc SET live = 0", "derived"),
                ("UPDATE change SET body = zeroblob(length(body)) WHERE \(foreign)", "body"),
                ("UPDATE change SET header = zeroblob(length(header)) WHERE \(foreign)", "change"),
                ("UPDATE change SET hash = zeroblob(32) WHERE \(foreign)", "change"),
                ("UPDATE change SET signature = zeroblob(64) WHERE \(foreign)", "signature"),
            ]
            for (sql, kind) in damages {
                // Has what was made anew in the index again.
                #expect(try await fatima.run("search", "bus").done()["results"].array.count == 1)
                try damage(fatima.store, sql)
                let found = try await fatima.run("doctor")
                #expect(found.code == 6 && kinds(found).contains(kind), "\(kind): \(found.output)")
                let before = try await fatima.run("doctor", "--rebuild")
                #expect(before.code == 0 && before.json["rebuilt"]["before"].number ?? 0 > 0, "\(kind): \(before.output)")
                try await fatima.sync()
                let after = try await fatima.run("doctor")
                #expect(after.code == 0, "\(kind): \(after.output)")
                #expect(try await fatima.words() == ["De bus rijdt niet meer.", "Het plein is te donker."])
                try await expectSame(space, fatima, joost)
            }
        }

        @Test
        func `a file that is no database any more ends with exit code 6, and a conflict with 3`() async throws {
            let (_, fatima, joost) = try await pair()
            let id = try await fatima.hears("Samen.")
            for laptop in [fatima, joost] { try await laptop.sync() }
            for (laptop, place) in [(fatima, "een"), (joost, "twee")] {
                try await laptop.run("talk", "edit", id, "--place", place).done()
            }
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            let waiting = try await fatima.run("doctor")
            #expect(waiting.code == 3 && waiting.json["waiting"]["conflicts"].number == 1)
            let said = try await fatima.space.run("stoep", ["--store", fatima.store, "--lang", "nl", "doctor"])
            #expect(said.output.contains("Alles klopt") && said.output.contains("stoep conflicts"))
            // What stands in the write-ahead log is read from there.
            let connection = try OpenedFiles.connect(fatima.store)
            _ = try connection.checkpoint(truncate: true)
            connection.close()
            let path = fatima.store + "/stoep.db"
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try file.seek(toOffset: 0)
            try file.write(contentsOf: Data(repeating: 7, count: 4096))
            try file.close()
            let damaged = try await fatima.run("doctor")
            #expect(damaged.code == 6, "\(damaged.output)\(damaged.error)")
        }

        @Test
        func `a bit that fell over under the seal is told, and turned back`() async throws {
            let (space, fatima, joost) = try await pair()
            try await space.stop()
            for directory in [fatima.store, space.data] {
                let connection = try OpenedFiles.connect(directory)
                _ = try connection.checkpoint(truncate: true)
                let changes = try connection.query("SELECT pageno FROM dbstat WHERE name = 'change'") { $0.int64(0) }
                connection.close()
                // A page of the log of changes, and the first: without that one nothing opens.
                for page in [changes.last ?? 0, 1] {
                    try damage("\(directory)/stoep.db", at: Int(page - 1) * 4096 + 3000)
                    let doctor: (String...) async throws -> Answer = { arguments in
                        directory == fatima.store
                            ? try await space.run("stoep", ["--store", directory, "--json", "doctor"] + arguments)
                            : try await space.run("stoepd", ["--data", directory, "--json", "doctor"] + arguments)
                    }
                    #expect(try await doctor().code == 6)
                    let rebuilt = try await doctor("--rebuild")
                    #expect(rebuilt.code == 0 && rebuilt.json["rebuilt"]["mended"].number == 1, "\(rebuilt.output)")
                    #expect(try await doctor().code == 0)
                }
            }
            try await space.serve()
            try await fatima.sync()
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `a bit that fell over in what was saved last is told, and turned back`() async throws {
            let (space, fatima, joost) = try await pair()
            let log = "\(fatima.store)/stoep.db-wal"
            // The page that the last command wrote last, the checksums before it, and the log's own header.
            for place in [-2000, -4100, 20] {
                // A log that has grown large is emptied at the end of a command.
                repeat {
                    _ = try await fatima.hears("Nog nergens anders.")
                } while try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int == 0
                try damage(log, at: place)
                for command in [["doctor"], ["talk", "list"]] {
                    let refused = try await space.run("stoep", ["--store", fatima.store, "--json"] + command)
                    #expect(refused.code == 6, "\(place): \(refused.output)")
                }
                let told = try await space.run("stoep", ["--store", fatima.store, "talk", "list"])
                #expect(told.error.contains("doctor --rebuild"), "\(told.error)")
                let rebuilt = try await fatima.run("doctor", "--rebuild")
                #expect(
                    rebuilt.code == 0 && rebuilt.json["rebuilt"]["mended"].number == 1, "\(place): \(rebuilt.output)")
                #expect(try await fatima.words().contains("Nog nergens anders."))
            }
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `a daemon is looked through while it serves, and rebuilt while it does not`() async throws {
            let (space, fatima, joost) = try await pair()
            #expect(try await space.stoepd("doctor").done()["sound"] == .bool(true))
            try await space.stoepd("doctor", "--rebuild").refused(1, "daemon-running")
            try await space.stop()
            try damage(space.data, "UPDATE arrival SET chain = zeroblob(32) WHERE position = 5")
            try damage(space.data, "UPDATE log SET state_sum = zeroblob(32)")
            try damage(
                space.data,
                """
                UPDATE change SET body = zeroblob(9) WHERE id = (SELECT max(c.id) FROM change c JOIN log l ON l.id = c.log
                WHERE l.name = '\(Space.street)')
                """)
            let found = try await space.stoepd("doctor")
            #expect(found.code == 6 && kinds(found) == ["arrival", "derived", "body"], "\(found.output)")
            let rebuilt = try await space.stoepd("doctor", "--rebuild")
            #expect(rebuilt.code == 0 && rebuilt.json["rebuilt"]["setAside"].number == 1, "\(rebuilt.output)")
            try await space.serve()
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            try await expectSame(space, fatima, joost)
            #expect(try await space.stoepd("doctor").done()["sound"] == .bool(true))
        }
    }
}
