import Glibc
import StoepCrypto
import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepSQLite
@testable import StoepStore

/// Backups: that they hold everything, tell nothing, and come back.
@Suite struct BackupTests {
    private let secret = Array("een lange zin die niemand raadt".utf8)

    private func read(_ path: String) throws -> [UInt8] { try DurableFile.read(path, maximumBytes: 64 << 20) }

    /// A space with something recorded and something erased, and a backup of each of two stores.
    private func scene(_ seed: UInt64) throws -> (TestSpace, anna: Store, talk: RecordID) {
        let space = try TestSpace(seed: seed)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let talk = try anna.save([.conversation("kanariegeel", observation: "op het plein")])[0]
        let gone = try anna.save([.conversation("vergeet dit")])[0]
        try space.settle([anna])
        let entry = try space.hub.read { try space.hub.entry(toErase: gone) }
        try space.hub.write { try space.hub.erase(entry) { _ in } }
        try space.settle([anna])
        return (space, anna, talk)
    }

    private func backUp(_ store: Store, _ path: String) throws -> BackupWritten {
        try store.backUp(to: path, secret: secret, tlsSeed: store.isHub ? [UInt8](repeating: 7, count: 32) : nil, cost: 10)
    }

    private func restore(_ path: String, _ space: TestSpace, secret: [UInt8]? = nil, into directory: String? = nil) throws -> Store {
        let directory = try directory ?? space.scratch.make("restored")
        return try Store.restore(
            TestSpace.configuration(directory), space.environment, from: path, secret: secret ?? self.secret)
    }

    @Test func `what is put back is the same, is found sound, and goes on under a new actor`() throws {
        let (space, anna, talk) = try scene(1)
        _ = try anna.save([.conversation("nog niet gesynchroniseerd")])
        for store in [anna, space.hub] {
            let path = "\(space.scratch.path)/\(store.isHub).stoepbackup"
            let written = try backUp(store, path)
            let size = try read(path).count
            #expect(written.damaged == 0 && written.bytes == size)
            let back = try restore(path, space)
            #expect(try space.hashes(back) == space.hashes(store))
            let checkup = try back.checkup()
            #expect(checkup.isSound && checkup.changes == written.changes, "\(checkup.findings)")
            #expect(back.keys.publicKey == store.keys.publicKey && back.isHub == store.isHub)
            #expect(try back.status().actor != store.status().actor)
            #expect(try back.status().alert == "store-restored")
            #expect(try back.lastPosition() == store.lastPosition())
            if store.isHub { continue }
            #expect(try back.status().unsynced == anna.status().unsynced)
            // The original goes on too: nothing of either is lost, and nothing forks.
            let later = try back.save([.conversation("na het terugzetten")])[0]
            let other = try anna.save([.conversation("intussen")])[0]
            try space.settle([anna, back, anna])
            #expect(try back.seen(other).isListed && anna.seen(later).isListed && back.seen(talk).isListed)
            #expect(try space.hub.read { try space.hub.forkedActorCount() } == 0)
        }
    }

    @Test func `a backup tells nothing, is for its owner alone, and takes the place of nothing`() throws {
        let (space, anna, _) = try scene(2)
        let path = "\(space.scratch.path)/a.stoepbackup"
        _ = try backUp(anna, path)
        let bytes = try read(path)
        for word in ["kanariegeel", "plein", "Oude Noorden", "north", "device", "change"] {
            #expect(!contains(bytes, Array(word.utf8)), "\(word)")
        }
        #expect(!contains(bytes, anna.keys.signing.seed))
        var facts = stat()
        #expect(stat(path, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
        #expect(throws: StoreError.self) { try backUp(anna, path) }
        #expect(try read(path) == bytes)
        let names = try SystemDisk().names(in: space.scratch.path) ?? []
        #expect(!names.contains { $0.hasSuffix(".part") })
    }

    private func contains(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: word) }
    }

    @Test func `another secret, a cut, and a flipped bit anywhere are refused, and leave nothing behind`() throws {
        let (space, anna, _) = try scene(3)
        let path = "\(space.scratch.path)/a.stoepbackup"
        _ = try backUp(anna, path)
        let bytes = try read(path)
        #expect(throws: StoreError.self) { try restore(path, space, secret: Array("iets anders".utf8)) }
        let directory = try space.scratch.make("refused")
        let head = try BackupFile.Head(reading: SourceFile(path)).bytes.count
        for round in 0..<60 {
            var damaged = bytes
            if round >= 40 {
                // In the head, whose wrapped key says what guessing costs.
                damaged[space.random.below(head)] ^= 1 << UInt8(space.random.below(8))
            } else if round % 4 == 0 {
                damaged.removeLast(1 + space.random.below(bytes.count - 1))
            } else {
                damaged[space.random.below(bytes.count)] ^= 1 << UInt8(space.random.below(8))
            }
            let copy = "\(space.scratch.path)/damaged"
            try DurableFile.write(damaged, to: copy)
            do {
                _ = try restore(copy, space, into: directory)
                Issue.record("round \(round) was restored")
            } catch StoreError.backup {
                continue
            }
        }
        // What was cut left no store, and the whole one goes in.
        #expect(try space.hashes(restore(path, space, into: directory)) == space.hashes(anna))
        #expect(throws: StoreError.self) { try restore(path, space, into: directory) }
    }

    @Test func `what opened the store opens its backup, and the store that is made of it has the same passphrase and another key`()
        throws
    {
        let space = try TestSpace(seed: 7)
        let passphrase = Array("vier losse woorden hier".utf8)
        var sealed = TestSpace.configuration(try space.scratch.make("sealed"))
        sealed.protection = .passphrase(passphrase)
        let random = space.random
        let anna = try Store.create(
            sealed, space.environment, space: space.id, keys: try DeviceKeys(random: { random.bytes($0) }), isHub: false)
        try space.enrol(anna.keys, of: space.member("Anna", .volunteer))
        try space.settle([anna])
        let path = "\(space.scratch.path)/a.stoepbackup"
        #expect(try anna.backUp(to: path, secret: nil).damaged == 0)
        // Whoever changes the passphrase later needs the one of then.
        try Store.protect(sealed, passphrase: passphrase, by: .passphrase(secret), space.environment)
        var configuration = TestSpace.configuration(try space.scratch.make("restored"))
        configuration.protection = .besideTheStore
        #expect(throws: StoreError.self) {
            try Store.restore(configuration, space.environment, from: path, secret: secret)
        }
        let back = try Store.restore(configuration, space.environment, from: path, secret: passphrase)
        #expect(try space.hashes(back) == space.hashes(anna) && back.checkup().isSound)
        #expect(try back.checkup().protection == .passphrase && back.pageKeys != anna.pageKeys)
        back.close()
        #expect(throws: StoreError.self) { try Store.open(configuration, space.environment) }
        configuration.protection = .passphrase(passphrase)
        try Store.open(configuration, space.environment).close()
        let names = try SystemDisk().names(in: configuration.directory) ?? []
        #expect(names.contains("keys") && !names.contains("unlock.key"))
        // Without a passphrase of its own a store needs one for its backup, and is made anew with a key file.
        let other = "\(space.scratch.path)/b.stoepbackup"
        _ = try anna.backUp(to: other, secret: passphrase, cost: 10)
        configuration = TestSpace.configuration(try space.scratch.make("restored"))
        configuration.protection = .besideTheStore
        let open = try Store.restore(configuration, space.environment, from: other, secret: passphrase)
        #expect(try open.checkup().protection == .keyFile && open.pageKeys != anna.pageKeys)
        for name in try SystemDisk().names(in: configuration.directory) ?? [] {
            #expect(!contains(try read("\(configuration.directory)/\(name)"), Array("Oude Noorden".utf8)), "\(name)")
        }
    }

    @Test func `a restore that was cut while it made its keys goes on with them, and takes no other's`() throws {
        let (space, anna, _) = try scene(8)
        let path = "\(space.scratch.path)/a.stoepbackup"
        _ = try backUp(anna, path)
        var configuration = TestSpace.configuration(try space.scratch.make("restored"))
        configuration.protection = .besideTheStore
        let keys = try Store.keys(configuration, making: space.environment)
        let store = try Store.restore(configuration, space.environment, from: path, secret: secret)
        #expect(store.pageKeys == keys)
        #expect(try space.hashes(store) == space.hashes(anna))
        var locked = TestSpace.configuration(try space.scratch.make("locked"))
        locked.protection = .passphrase(Array("een ander".utf8))
        _ = try Store.keys(locked, making: space.environment)
        locked.protection = .besideTheStore
        #expect(throws: StoreError.self) {
            try Store.restore(locked, space.environment, from: path, secret: secret)
        }
    }

    @Test func `others write while a backup is made, and it holds one moment`() throws {
        let (space, anna, _) = try scene(4)
        for number in 0..<300 { _ = try anna.save([.conversation("gesprek \(number)")]) }
        let hashes = try space.hashes(anna)
        let other = try space.open(anna.configuration.directory)
        var isWritten = false
        let path = "\(space.scratch.path)/a.stoepbackup"
        _ = try anna.backUp(to: path, secret: secret, cost: 10) { _, _ in
            guard !isWritten else { return }
            isWritten = true
            _ = try? other.save([.conversation("intussen")])
        }
        #expect(isWritten)
        #expect(try space.hashes(anna) != hashes)
        #expect(try space.hashes(restore(path, space)) == hashes)
    }

    @Test func `a damaged change is told when its store is backed up`() throws {
        let (space, anna, _) = try scene(5)
        try anna.write {
            try anna.db.run("UPDATE change SET body = zeroblob(40) WHERE id = (SELECT max(id) FROM change)")
        }
        #expect(try backUp(anna, "\(space.scratch.path)/a.stoepbackup").damaged == 1)
    }

    @Test func `every table is kept in backups, or made anew`() throws {
        let (_, anna, _) = try scene(6)
        let tables = try anna.read {
            try anna.db.query("SELECT name FROM sqlite_schema WHERE type = 'table'") { $0.string(0) }
        }
        let known = Set(Store.keptTables + Store.derivedTables)
        let unknown = tables.filter { table in
            !known.contains(table) && !["f_", "s_", "search_", "sqlite_"].contains { table.hasPrefix($0) }
        }
        #expect(unknown.isEmpty, "say of each whether a backup needs it")
        #expect(known.isSubset(of: tables))
    }
}
