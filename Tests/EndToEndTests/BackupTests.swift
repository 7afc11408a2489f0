import Foundation
import Testing

extension EndToEnd {
    /// stoep backup and restore, stoepd backup and restore.
    @Suite(.serialized)
    struct BackupTests {
        private var files: FileManager { .default }
        private let passphrase = "een lange zin die niemand raadt"

        @Test
        func `a laptop's backup comes back as the same laptop under a new actor, and neither loses anything`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Voor de back-up.")
            try await fatima.sync()
            _ = try await fatima.hears("Nog niet gesynchroniseerd.")
            let file = space.folder + "/fatima.stoepbackup"
            try await fatima.run("backup", file).refused(2, "passphrase-missing")
            try await fatima.run("backup", file, "--passphrase-file", "-", input: "kort\n").refused(2, "passphrase-too-short")
            let made = try await fatima.run("backup", file, "--passphrase-file", "-", input: passphrase + "\n").done()
            #expect(made["damaged"].number == 0 && made["changes"].number ?? 0 > 3)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            #expect(bytes.range(of: Data("back-up".utf8)) == nil)
            #expect(try files.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            try await fatima.run("backup", file, "--passphrase-file", "-", input: passphrase).refused(1, "file-unusable")
            _ = try await fatima.hears("Na de back-up.")
            try await fatima.sync()

            let occupied = space.laptop("scratch")
            try await occupied.run("restore", file, "--passphrase-file", "-", input: passphrase).refused(1, "file-unusable")
            let back = space.laptop("terug")
            try await back.run("restore", file, "--passphrase-file", "-", input: "iets anders").refused(5, "backup-not-opened")
            let secret = space.folder + "/wachtwoord"
            try Data(passphrase.utf8).write(to: URL(fileURLWithPath: secret))
            let restored = try await back.run("restore", file, "--passphrase-file", secret).done()
            #expect(restored["sound"] == .bool(true))
            try await back.run("restore", file, "--passphrase-file", secret).refused(1, "already-joined")
            #expect(try await back.words() == ["Nog niet gesynchroniseerd.", "Voor de back-up."])
            #expect(try await back.status()["actor"] != fatima.status()["actor"])
            _ = try await back.hears("Na het terugzetten.")
            for laptop in [back, fatima, back] { try await laptop.sync() }
            let said = ["Na de back-up.", "Na het terugzetten.", "Nog niet gesynchroniseerd.", "Voor de back-up."]
            for laptop in [fatima, back] { #expect(try await laptop.words() == said) }
            #expect(try await space.stoepd("status").done()["forks"].number == 0)
            try await expectSame(space, fatima, back)
            #expect(try await back.run("doctor").code == 0)
        }

        @Test
        func `whoever lost a laptop needs its backup and the passphrase that they remember, and nothing else`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Voor de back-up.")
            let (secret, other) = (space.folder + "/wachtzin", space.folder + "/andere")
            try Data(passphrase.utf8).write(to: URL(fileURLWithPath: secret))
            try Data("een andere lange zin".utf8).write(to: URL(fileURLWithPath: other))
            try await fatima.run("passphrase", "--new-passphrase-file", secret).done()
            let file = space.folder + "/fatima.stoepbackup"
            try await fatima.run("backup", file).refused(1, "store-locked")
            let made = try await fatima.run("backup", file, "--passphrase-file", secret).done()
            #expect(made["storePassphrase"] == .bool(true) && made["damaged"].number == 0)
            try files.removeItem(atPath: fatima.store)
            let back = space.laptop("terug")
            try await back.run("restore", file).refused(2, "passphrase-missing")
            try await back.run("restore", file, "--passphrase-file", other).refused(5, "backup-not-opened")
            let restored = try await back.run("restore", file, "--passphrase-file", secret).done()
            #expect(restored["protection"].string == "passphrase")
            try await back.run("status").refused(1, "store-locked")
            try await back.run("restore", file, "--passphrase-file", secret).refused(1, "already-joined")
            let environment = ["STOEP_PASSPHRASE_FILE": secret]
            try await back.run("sync", environment: environment).done()
            let words = try await back.run("talk", "list", environment: environment).done()["conversations"].array
            #expect(words.compactMap(\.["words"].string) == ["Voor de back-up."])
        }

        /// A space that was backed up while it served; then something was recorded and something erased, and its data
        /// directory was lost. The ledger stands beside it.
        private func lost() async throws -> (Space, fatima: Laptop, restore: () async throws -> Answer) {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Voor de back-up.")
            let erased = try await fatima.hears("Vergeet dit.")
            try await fatima.sync()
            let (backup, key) = (space.folder + "/backup", space.folder + "/backup.key")
            try Data("kort".utf8).write(to: URL(fileURLWithPath: key))
            try await space.stoepd("backup", backup, "--key-file", key).refused(1, "not-a-key-file")
            try Data((String(repeating: "4f", count: 32) + "\n").utf8).write(to: URL(fileURLWithPath: key))
            #expect(try await space.stoepd("backup", backup, "--key-file", key).done()["damaged"].number == 0)
            try await space.stoepd("backup", backup, "--key-file", key).refused(1, "data-directory-not-empty")
            _ = try await fatima.hears("Na de back-up.")
            try await space.stoepd("erase", erased, "--yes").done()
            try await fatima.sync()
            try await space.stoepd("restore", backup, "--key-file", key).refused(1, "daemon-running")
            try await space.stop()
            try await space.stoepd("restore", backup, "--key-file", key).refused(1, "already-initialised")
            try files.removeItem(atPath: space.data)
            return (space, fatima, { try await space.stoepd("restore", backup, "--key-file", key) })
        }

        @Test
        func `a daemon's backup comes back, and what was erased since is erased before anything is served`() async throws {
            let (space, fatima, restore) = try await lost()
            #expect(try await restore().done()["sound"] == .bool(true))
            #expect(try await space.stoepd("doctor").json["protection"].string == "key-file")
            #expect(files.fileExists(atPath: space.data + "/unlock.key"))
            try await space.serve()
            // Before anybody else has brought anything.
            let noor = try await space.volunteer("noor")
            #expect(try await noor.words() == ["Voor de back-up."])
            for laptop in [fatima, noor, fatima] { try await laptop.sync() }
            #expect(try await noor.words() == ["Na de back-up.", "Voor de back-up."])
            try await expectSame(space, fatima, noor)
            #expect(try await space.stoepd("doctor").done()["sound"] == .bool(true))
        }

        @Test
        func `a daemon restored without its ledger waits for its coordinator, and doctor says so`() async throws {
            let (space, _, restore) = try await lost()
            try files.removeItem(atPath: space.data + ".ledger")
            try await restore().done()
            let waiting = try await space.stoepd("doctor")
            #expect(waiting.code == 3 && waiting.json["waiting"]["recovery"].number == 1)
            try await space.serve()
            let noor = try await space.volunteer("noor")
            #expect(try await noor.words().isEmpty)
            let laptop = space.laptop("laptop")
            let file = space.folder + "/backup/space.stoepbackup"
            try await laptop.run("restore", file, "--passphrase-file", space.folder + "/backup.key")
                .refused(1, "backup-of-other-program")
        }
    }
}
