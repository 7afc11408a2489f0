import Foundation
import StoepSQLite
import StoepTestSupport
import Testing

/// A lost laptop tells nothing: the programs themselves, and the files that they leave.
extension EndToEnd {
    @Suite struct LockedTests {
        private static let canary = "Kanarievogel"
        private static let erased = "Vergeetmijnietje"
        /// What somebody said, whom about, where, who wrote it down, and what only programs say.
        private static let secrets = [
            canary, "Lantaarnopsteker", "Zwaanshals", "Oude Noorden", Space.oudeNoorden, "Buurvrouw Petra", "0612345678",
            "Petra de Vries", "amina", "street/", "CREATE TABLE",
        ]

        /// Every file of a laptop or of a daemon, read as whoever finds it would.
        private func expectNothingTold(_ directory: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(names.contains("stoep.db") && names.contains("keys"), sourceLocation: sourceLocation)
            let told = try Canary.told(Self.secrets + [Self.erased], under: directory)
            #expect(told.isEmpty, "\(told)", sourceLocation: sourceLocation)
        }

        /// That the words stand there, for whoever has the key.
        private func expectHeld(_ directory: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            for secret in Self.secrets {
                let found = try Canary(secret).files(under: directory)
                #expect(!found.isEmpty, "\(secret) is looked for, and nowhere", sourceLocation: sourceLocation)
            }
        }

        /// A day's work: a conversation, a theme, and somebody who may be reached.
        private func work(_ laptop: Laptop) async throws -> String {
            let id = try await laptop.hears(
                "\(Self.canary) zingt", observation: "\(Self.canary) op het dak", place: "Zwaanshals")
            try await laptop.run("theme", "new", "Lantaarnopsteker").done()
            let petra = try #require(
                try await laptop.run("person", "new", "Buurvrouw Petra", "--area", Space.oudeNoorden).done()["id"].string)
            try await laptop.run("person", "edit", petra, "--consent", "contact").done()
            try await laptop.run(
                "person", "contact", petra, "--telephone", "0612345678", "--name", "Petra de Vries", "--address",
                "Zwaanshals 3"
            ).done()
            return id
        }

        /// Types into a conversation that nobody finishes, until that is kept.
        private func type(_ words: String, _ laptop: Laptop, environment: [String: String]) async throws {
            let typed = try laptop.terminal("talk", "new", "--area", Space.oudeNoorden, environment: environment)
            try await typed.shows("What was said?")
            typed.type(words)
            let deadline = ContinuousClock.now + .seconds(20)
            while !FileManager.default.fileExists(atPath: laptop.store + "/typed"), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(10))
            }
            typed.kill()
        }

        /// Does something while another program holds the store.
        private func holding(_ laptop: Laptop, _ body: () async throws -> Void) async throws {
            let done = DispatchSemaphore(value: 0)
            let path = laptop.store + "/lock"
            await withCheckedContinuation { (held: CheckedContinuation<Void, Never>) in
                Thread.detachNewThread {
                    try? SystemDisk().writeLock(path).withLock(timeoutMilliseconds: 5000, holder: "a long one") {
                        held.resume()
                        done.wait()
                    }
                }
            }
            defer { done.signal() }
            try await body()
        }

        private func bytes(_ laptop: Laptop, _ names: String...) throws -> [Data] {
            try names.map { try Data(contentsOf: URL(fileURLWithPath: "\(laptop.store)/\($0)")) }
        }

        private func write(_ passphrase: String, _ name: String, in space: Space) throws -> String {
            let path = "\(space.folder)/\(name)"
            try Data(passphrase.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }

        @Test func `after a day's work no file of a laptop or of a daemon tells a word, a name or an area`() async throws {
            let space = try await Space.serving()
            let laptop = try await space.volunteer("amina")
            let id = try await work(laptop)
            let doomed = try await laptop.hears("\(Self.erased) zei iemand")
            try await laptop.sync()
            _ = try await laptop.run("talk", "edit", id, "--observation", "\(Self.canary) is weg").done()
            let found = try await laptop.run("search", Self.canary).done()
            #expect(found["results"].array.count == 1)
            try expectNothingTold(laptop.store)
            try expectNothingTold(space.data)
            try await laptop.run("erase", "--yes", doomed).done()
            try await laptop.sync()
            #expect(try await laptop.status()["protection"].string == "key-file")
            for directory in [laptop.store, space.data] {
                try expectNothingTold(directory)
                try expectHeld(directory)
            }
            // The ledger of erasures stands in clear, and names logs: areas, and nothing else.
            func bytesOfLedger() throws -> [UInt8] {
                Array(try Data(contentsOf: URL(fileURLWithPath: space.data + ".ledger")))
            }
            let deadline = ContinuousClock.now + .seconds(20)
            while try !Canary(Space.oudeNoorden).stands(in: bytesOfLedger()), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            let ledger = try bytesOfLedger()
            for secret in Self.secrets + [Self.erased] {
                let isTold = Canary(secret).stands(in: ledger)
                #expect(isTold == (secret == Space.oudeNoorden), "\(secret)")
            }
        }

        @Test func `a passphrase opens the store, another does not, and it may change`() async throws {
            let space = try await Space.serving()
            let laptop = try await space.volunteer("amina")
            let id = try await laptop.hears("\(Self.canary) zingt")
            let (one, two) = (
                try write("vier losse woorden hier", "one", in: space), try write("heel andere woorden daar", "two", in: space)
            )
            let pages = try bytes(laptop, "stoep.db", "stoep.db-wal")
            #expect(pages.allSatisfy { !$0.isEmpty })
            _ = try await laptop.run("passphrase", "--new-passphrase-file", one).done()
            #expect(try bytes(laptop, "stoep.db", "stoep.db-wal") == pages, "no page is written again")
            #expect(!FileManager.default.fileExists(atPath: "\(laptop.store)/unlock.key"))
            (try await laptop.run("talk", "show", id)).refused(1, "store-locked")
            (try await laptop.run("doctor")).refused(1, "store-locked")
            let doctor = try await laptop.run("doctor", "--passphrase-file", one).done()
            #expect(doctor["protection"].string == "passphrase" && doctor["sound"] == .bool(true))
            (try await laptop.run("talk", "show", id, "--passphrase-file", two)).refused(5, "wrong-passphrase")
            _ = try await laptop.run("talk", "show", id, "--passphrase-file", one).done()
            let environment = ["STOEP_PASSPHRASE_FILE": one]
            let status = try await laptop.run("status", environment: environment).done()
            #expect(status["protection"].string == "passphrase")
            let later = try bytes(laptop, "stoep.db", "stoep.db-wal")
            _ = try await laptop.run("passphrase", "--new-passphrase-file", two, environment: environment).done()
            #expect(try bytes(laptop, "stoep.db", "stoep.db-wal") == later, "no page is written again")
            #expect(try await laptop.run("status", environment: environment).code == 5)
            _ = try await laptop.run("status", "--passphrase-file", two).done()
            try await space.stop()
            let offline = try await laptop.run("sync", "--passphrase-file", two)
            #expect(offline.code == 4 && offline.output.contains(space.address), "\(offline.output)")
            try expectNothingTold(laptop.store)
        }

        @Test(arguments: [false, true])
        func `another key takes drafts and what is typed along, and the old one opens nothing`(withPassphrase: Bool) async throws {
            let space = try await Space.serving()
            let laptop = try await space.volunteer("amina")
            let id = try await work(laptop)
            let (one, two) = (
                try write("vier losse woorden hier", "one", in: space), try write("heel andere woorden daar", "two", in: space)
            )
            _ = try await laptop.run("passphrase", "--new-passphrase-file", one).done()
            try await type("\(Self.canary), half gehoord", laptop, environment: ["STOEP_PASSPHRASE_FILE": one])
            try await holding(laptop) {
                _ = try await laptop.run(
                    "talk", "new", "--words", "\(Self.canary) moest wachten", "--passphrase-file", one
                ).done()
            }
            try expectNothingTold(laptop.store)
            let before = try FileManager.default.contentsOfDirectory(atPath: laptop.store)
            #expect(before.contains("typed") && before.contains { $0.hasPrefix("draft-") }, "\(before)")
            let (wrapped, old) = (try bytes(laptop, "keys"), try bytes(laptop, "stoep.db")[0].prefix(24))

            let change = ["passphrase", "--new-key", "--passphrase-file", one]
            _ = try await space.run(
                "stoep", ["--store", laptop.store, "--json"] + change + (withPassphrase ? ["--new-passphrase-file", two] : [])
            ).done()
            try expectNothingTold(laptop.store)
            let now = withPassphrase ? two : one
            for name in try FileManager.default.contentsOfDirectory(atPath: laptop.store) {
                let head = try bytes(laptop, name)[0].prefix(24)
                #expect(head.dropFirst(8) != old.dropFirst(8), "\(name) is sealed by the old key")
            }
            if withPassphrase {
                (try await laptop.run("status", "--passphrase-file", one)).refused(5, "wrong-passphrase")
            }
            // Whoever kept the old key, and what opens it, opens nothing of what stands there now.
            let thief = space.laptop("thief")
            try FileManager.default.copyItem(atPath: laptop.store, toPath: thief.store)
            try wrapped[0].write(to: URL(fileURLWithPath: thief.store + "/keys"))
            for command in ["status", "doctor"] {
                let answer = try await thief.run(command, "--passphrase-file", one)
                #expect(answer.code == 6 && !answer.output.contains(Self.canary), "\(answer.output)")
            }

            let typed = try laptop.terminal("talk", "new", environment: ["STOEP_PASSPHRASE_FILE": now])
            try await typed.shows("You did not finish this")
            #expect(typed.screen.contains(Self.canary))
            typed.kill()
            let words = try await laptop.run("talk", "list", "--passphrase-file", now).done()["conversations"].array
                .compactMap(\.["words"].string)
            #expect(words.sorted() == ["\(Self.canary) moest wachten", "\(Self.canary) zingt"])
            _ = try await laptop.run("talk", "show", id, "--passphrase-file", now).done()
            let doctor = try await laptop.run("doctor", "--passphrase-file", now).done()
            #expect(doctor["sound"] == .bool(true) && doctor["protection"].string == "passphrase")
            _ = try await laptop.run("sync", "--passphrase-file", now).done()
        }

        @Test func `a daemon whose key file stands elsewhere serves, and says what is wrong without it`() async throws {
            let space = try await Space()
            let (data, key) = (space.folder + "/elsewhere", space.folder + "/keys-of-the-daemon")
            let rest = ["--data", data, "--json"]
            _ = try await space.run(
                "stoepd", rest + ["init", "--name", "Elders", "--address", space.address, "--key-file", key]
            ).done()
            #expect(!FileManager.default.fileExists(atPath: data + "/unlock.key"))
            try await space.serve(data: data)
            _ = try await space.run("stoepd", rest + ["status"]).done()
            try await space.stop()
            let right = try Data(contentsOf: URL(fileURLWithPath: key))
            #expect(try Canary.told([String(decoding: right.dropFirst(13).prefix(64), as: UTF8.self)], under: data).isEmpty)

            try FileManager.default.removeItem(atPath: key)
            for command in [["serve", "--listen", space.address], ["status"], ["doctor"]] {
                let missing = try await space.run("stoepd", rest + command)
                missing.refused(1, "file-unusable")
                #expect(missing.output.contains(key))
            }
            let digits = String(repeating: "0f", count: 32)
            try Data("stoep-unlock \(digits)\n".utf8).write(to: URL(fileURLWithPath: key))
            for command in [["serve", "--listen", space.address], ["status"], ["doctor"]] {
                try await space.run("stoepd", rest + command).refused(6, "store-damaged")
            }
            try right.write(to: URL(fileURLWithPath: key))
            try await space.serve(data: data)
            _ = try await space.run("stoepd", rest + ["doctor"]).done()
        }

        @Test func `unlocking lasts until it is locked again`() async throws {
            let space = try await Space.serving()
            let laptop = try await space.volunteer("amina")
            let file = try write("vier losse woorden hier", "one", in: space)
            _ = try await laptop.run("passphrase", "--new-passphrase-file", file).done()
            let unlocked = try await laptop.run("unlock", "--for", "1m", "--passphrase-file", file)
            if unlocked.json["error"]["name"].string == "keyring-unavailable" {
                return print("left out: this machine gives nobody a keyring, so nothing can be unlocked for a while")
            }
            _ = try unlocked.done()
            #expect(try await laptop.status()["protection"].string == "passphrase")
            #expect(try await laptop.run("lock").done()["wasUnlocked"] == .bool(true))
            (try await laptop.run("status")).refused(1, "store-locked")
            #expect(try await laptop.run("lock").done()["wasUnlocked"] == .bool(false))
        }

        @Test func `a change of key that is killed anywhere loses nothing`() async throws {
            let space = try await Space.serving()
            let laptop = try await space.volunteer("amina")
            for number in 0..<3 { _ = try await laptop.hears("\(Self.canary) \(number)") }
            let words = try await laptop.words()
            let before = try Data(contentsOf: URL(fileURLWithPath: "\(laptop.store)/stoep.db")).prefix(24)
            for milliseconds in [2, 6, 10, 14, 18, 22, 26, 32, 40, 60] {
                let running = try laptop.start("passphrase", "--new-key")
                try await Task.sleep(for: .milliseconds(milliseconds))
                running.send(SIGKILL)
                _ = try await running.end()
                #expect(try await laptop.words() == words, "killed after \(milliseconds) ms")
            }
            _ = try await laptop.run("passphrase", "--new-key").done()
            #expect(try await laptop.words() == words)
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(laptop.store)/stoep.db")).prefix(24) != before)
            try await laptop.sync()
            try expectNothingTold(laptop.store)
        }
    }
}
