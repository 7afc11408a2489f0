import Foundation
import Testing

/// A lost laptop tells nothing: the programs themselves, and the files that they leave.
extension EndToEnd {
    @Suite struct LockedTests {
        private static let canary = "Kanarievogel"

        /// Every file of a laptop, read as whoever finds it would.
        private func expectNothingTold(_ laptop: Laptop, sourceLocation: SourceLocation = #_sourceLocation) throws {
            // The search index has them without capitals.
            let words = [Self.canary, Self.canary.lowercased(), "Noordplein", "Oude Noorden", Space.oudeNoorden, "amina", "street/", "CREATE TABLE"]
            var patterns: [Data] = words.flatMap { word in
                [
                    Data(word.utf8), Data(word.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }),
                    Data(word.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }),
                ]
            }
            for shift in 0..<3 {
                // In base64 only what lies whole within groups of three bytes is the same whatever stands around it.
                let bytes = Data(Self.canary.utf8).dropFirst(shift)
                patterns.append(Data(Data(bytes.prefix(bytes.count / 3 * 3)).base64EncodedString().utf8))
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: laptop.store)
            #expect(names.contains("stoep.db") && names.contains("keys"), sourceLocation: sourceLocation)
            for name in names {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(laptop.store)/\(name)"))
                for pattern in patterns {
                    #expect(bytes.range(of: pattern) == nil, "\(name)", sourceLocation: sourceLocation)
                }
            }
        }

        private func write(_ passphrase: String, _ name: String, in space: Space) throws -> String {
            let path = "\(space.folder)/\(name)"
            try Data(passphrase.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }

        @Test func `after a day's work no file of a laptop tells a word, a name or an area`() async throws {
            let space = try await Space.serving()
            let laptop = try await space.volunteer("amina")
            let id = try await laptop.hears("\(Self.canary) zingt", observation: "\(Self.canary) op het dak")
            try await laptop.sync()
            _ = try await laptop.run("talk", "edit", id, "--observation", "\(Self.canary) is weg").done()
            let found = try await laptop.run("search", Self.canary).done()
            #expect(found["results"].array.count == 1)
            try expectNothingTold(laptop)
            try await laptop.sync()
            #expect(try await laptop.status()["protection"].string == "key-file")
            try expectNothingTold(laptop)
        }

        @Test func `a passphrase opens the store, another does not, and it may change`() async throws {
            let space = try await Space.serving()
            let laptop = try await space.volunteer("amina")
            let id = try await laptop.hears("\(Self.canary) zingt")
            let (one, two) = (
                try write("vier losse woorden hier", "one", in: space), try write("heel andere woorden daar", "two", in: space)
            )
            _ = try await laptop.run("passphrase", "--new-passphrase-file", one).done()
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
            _ = try await laptop.run("passphrase", "--new-passphrase-file", two, environment: environment).done()
            #expect(try await laptop.run("status", environment: environment).code == 5)
            _ = try await laptop.run("status", "--passphrase-file", two).done()
            try await space.stop()
            let offline = try await laptop.run("sync", "--passphrase-file", two)
            #expect(offline.code == 4 && offline.output.contains(space.address), "\(offline.output)")
            try expectNothingTold(laptop)
        }

        @Test func `unlocking lasts until it is locked again`() async throws {
            let space = try await Space.serving()
            let laptop = try await space.volunteer("amina")
            let file = try write("vier losse woorden hier", "one", in: space)
            _ = try await laptop.run("passphrase", "--new-passphrase-file", file).done()
            let unlocked = try await laptop.run("unlock", "--for", "1m", "--passphrase-file", file)
            // Where the machine gives nobody a keyring, that is said.
            if unlocked.json["error"]["name"].string == "keyring-unavailable" { return }
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
            try expectNothingTold(laptop)
        }
    }
}
