import Foundation
import Testing

extension EndToEnd {
    /// Stores and data directories that come back older than they were, or twice.
    @Suite(.serialized)
    struct RestoredTests {
        private var files: FileManager { .default }

        /// A copy written over what stands there, so that every file keeps its place on the disk.
        private func restoreInPlace(_ copy: String, over store: String) throws {
            for name in try files.contentsOfDirectory(atPath: store) where !files.fileExists(atPath: "\(copy)/\(name)") {
                try files.removeItem(atPath: "\(store)/\(name)")
            }
            for name in try files.contentsOfDirectory(atPath: copy) {
                var isFolder: ObjCBool = false
                _ = files.fileExists(atPath: "\(copy)/\(name)", isDirectory: &isFolder)
                if isFolder.boolValue { continue }
                try Data(contentsOf: URL(fileURLWithPath: "\(copy)/\(name)"))
                    .write(to: URL(fileURLWithPath: "\(store)/\(name)"))
            }
        }

        @Test
        func `a number used twice keeps both, is folded, and is told to laptop and coordinator`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let id = try await fatima.hears("Eerst.", place: "een")
            try await fatima.sync()
            let actor = try await fatima.status()["actor"]
            let copy = space.folder + "/copy"
            try files.copyItem(atPath: fatima.store, toPath: copy)
            try await fatima.run("talk", "edit", id, "--place", "twee").done()
            try await fatima.sync()
            // Not even the anchor beside the store knows better.
            try restoreInPlace(copy, over: fatima.store)
            try await fatima.run("talk", "edit", id, "--place", "drie").done()
            #expect(try await fatima.status()["actor"] == actor)
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }

            let status = try await fatima.status()
            #expect(status["actor"] != actor)
            #expect(status["alert"].string == "branches")
            let log = try #require(space.daemon?.error)
            #expect(log.contains("level=warning event=fork device="))
            #expect(log.contains("log=street"))
            #expect(!log.contains(Space.oudeNoorden) && !log.contains("fatima"))
            #expect(try await space.stoepd("status").done()["forks"].number == 1)
            _ = try await fatima.hears("Daarna.")
            for laptop in [fatima, joost] { try await laptop.sync() }
            #expect(try await space.stoepd("status").done()["forks"].number == 1)
            for laptop in [fatima, joost] {
                #expect(try await laptop.values(id, "place").sorted() == ["drie", "twee"])
            }
            try await expectSame(space, fatima, joost, conflicts: 1)
        }

        @Test
        func `a laptop that gets back what it wrote itself goes on under a new actor`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Voor de kopie.")
            try await fatima.sync()
            let actor = try await fatima.status()["actor"]
            let copy = space.folder + "/copy"
            try files.copyItem(atPath: fatima.store, toPath: copy)
            _ = try await fatima.hears("Na de kopie.")
            try await fatima.sync()
            try restoreInPlace(copy, over: fatima.store)
            #expect(try await fatima.status()["alert"] == .null)
            try await fatima.sync()
            let status = try await fatima.status()
            #expect(status["actor"] != actor)
            #expect(status["alert"].string == "store-restored")
            _ = try await fatima.hears("Daarna.")
            try await fatima.sync()
            #expect(try await fatima.words() == ["Daarna.", "Na de kopie.", "Voor de kopie."])
            #expect(try await space.stoepd("status").done()["forks"].number == 0)
            try await expectSame(space, fatima)
        }

        @Test
        func `a cloned laptop and its original both go on, each as its own`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            _ = try await fatima.hears("Samen.")
            try await fatima.sync()
            let clone = space.laptop("kloon")
            try files.copyItem(atPath: fatima.store, toPath: clone.store)
            for number in 1...3 {
                _ = try await fatima.hears("Origineel \(number)")
                _ = try await clone.hears("Kloon \(number)")
            }
            for laptop in [fatima, clone, joost, fatima] { try await laptop.sync() }
            let said = ["Samen."] + (1...3).flatMap { ["Origineel \($0)", "Kloon \($0)"] }
            for laptop in [fatima, clone, joost] { #expect(try await laptop.words() == said.sorted()) }
            #expect(try await clone.status()["alert"].string == "store-copied")
            #expect(try await fatima.status()["alert"] == .null)
            #expect(try await clone.status()["actor"] != fatima.status()["actor"])
            #expect(try await space.stoepd("status").done()["forks"].number == 0)
            try await expectSame(space, fatima, clone, joost)
        }

        /// A space in which something was recorded, and something erased, after the backup of its data directory, which
        /// is put back.
        private func restored(ledger: Bool) async throws -> (Space, fatima: Laptop, joost: Laptop) {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            _ = try await fatima.hears("Voor de back-up.")
            let erased = try await joost.hears("Vergeet dit.")
            for laptop in [fatima, joost, fatima] { try await laptop.sync() }
            try await space.stop()
            let backup = space.folder + "/backup"
            try files.copyItem(atPath: space.data, toPath: backup)
            try await space.serve()
            _ = try await fatima.hears("Na de back-up.")
            try await space.stoepd("erase", erased, "--yes").done()
            for laptop in [fatima, joost] { try await laptop.sync() }
            #expect(try await joost.words() == ["Na de back-up.", "Voor de back-up."])
            try await space.stop()
            try files.removeItem(atPath: space.data)
            try files.moveItem(atPath: backup, toPath: space.data)
            if !ledger { try files.removeItem(atPath: space.data + ".ledger") }
            try await space.serve()
            return (space, fatima, joost)
        }

        @Test
        func `a daemon restored from a backup gets back what it lost, and serves nothing that was erased`() async throws {
            let (space, fatima, joost) = try await restored(ledger: true)
            // Before anybody else has brought anything.
            let noor = try await space.volunteer("noor")
            #expect(try await noor.words() == ["Voor de back-up."])
            for laptop in [fatima, joost, noor, fatima, joost] { try await laptop.sync() }
            for laptop in [fatima, joost, noor] {
                #expect(try await laptop.words() == ["Na de back-up.", "Voor de back-up."])
            }
            try await expectSame(space, fatima, joost, noor)
            #expect(try await space.stoepd("status").done()["quarantined"].number == 0)
        }

        @Test
        func `without its ledger it serves only the roster, until a coordinator lifts that`() async throws {
            let (space, fatima, joost) = try await restored(ledger: false)
            #expect(space.daemon?.error.contains("event=recovery-mode reason=ledger-missing") == true)
            let noor = try await space.volunteer("noor")
            #expect(try await noor.words().isEmpty)
            for laptop in [fatima, joost, noor] { try await laptop.sync() }
            #expect(try await noor.words().isEmpty)
            #expect(try await fatima.words() == ["Na de back-up.", "Voor de back-up."], "nobody loses anything by it")
            try await space.stoepd("recovery", "lift").done()
            for laptop in [noor, fatima, joost, noor] { try await laptop.sync() }
            for laptop in [fatima, joost, noor] {
                #expect(try await laptop.words() == ["Na de back-up.", "Voor de back-up."])
            }
            try await expectSame(space, fatima, joost, noor)
        }
    }
}
