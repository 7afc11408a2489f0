import Foundation
import StoepMerge
import StoepModel
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepSQLite
@testable import StoepStore

/// What doctor finds, and what it can put right.
@Suite struct CheckupTests {
    private let north = LogID.street("north")!

    private struct Scene {
        let space: TestSpace
        let anna: Store
        let bram: Store
        let talk: RecordID
    }

    /// Two laptops that hold the same, with a conflict, an erasure and what was joined.
    private func scene(_ seed: UInt64) throws -> Scene {
        let space = try TestSpace(seed: seed)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let talk = try anna.save([.conversation("de huur is te hoog", observation: "op het plein")])[0]
        let gone = try anna.save([.conversation("vergeet dit")])[0]
        for number in 1...3 { _ = try bram.save([.conversation("gesprek \(number)")]) }
        let people = try anna.save(
            ["Piet", "Pieter"].map {
                RecordEdit(log: north, target: .new(.person), fields: [.set(Field.Person.alias, .text($0))])
            })
        try anna.join(people[0], people[1])
        try space.settle([anna, bram])
        try anna.save([.edit(talk, [.set(Field.Conversation.place, .text("een"))])])
        try bram.save([.edit(talk, [.set(Field.Conversation.place, .text("twee"))])])
        try space.settle([anna, bram])
        let entry = try space.hub.read { try space.hub.entry(toErase: gone) }
        try space.hub.write { try space.hub.erase(entry) { _ in } }
        try space.settle([anna, bram])
        while try space.hub.foldSome() {}
        return Scene(space: space, anna: anna, bram: bram, talk: talk)
    }

    private func change(_ store: Store, by other: Store, having condition: String = "1") throws -> Int64 {
        try #require(
            try store.read {
                try store.db.first(
                    """
                    SELECT c.id FROM change c JOIN actor a ON a.id = c.actor JOIN log l ON l.id = c.log
                    WHERE a.device = ? AND l.name = ? AND \(condition) ORDER BY c.seq LIMIT 1
                    """, [.blob(other.keys.publicKey.bytes), .text(north.description)]
                ) { $0.int64(0) }
            })
    }

    /// Flips bits of one column of one change.
    private func flip(_ store: Store, _ column: String, of change: Int64, bits: [Int]) throws {
        try store.write {
            var bytes = try #require(
                try store.db.first("SELECT \(column) FROM change WHERE id = ?", [.integer(change)]) { $0.blob(0) })
            for bit in bits { bytes[bit / 8 % bytes.count] ^= 1 << UInt8(bit % 8) }
            try store.db.run("UPDATE change SET \(column) = ? WHERE id = ?", [.blob(bytes), .integer(change)])
        }
    }

    @Test func `a store in which everything holds is found so, and made anew it is the same`() throws {
        let scene = try scene(1)
        for store in [scene.space.hub, scene.anna, scene.bram] {
            let before = try scene.space.hashes(store)
            let checkup = try store.checkup()
            #expect(checkup.isSound, "\(checkup.findings)")
            #expect(checkup.changes > 10 && checkup.bodies > 10 && checkup.signatures > 3 && checkup.records > 10)
            let wanted = try store.status().wanted
            let rebuilt = try store.rebuild()
            #expect(rebuilt.mended == 0 && rebuilt.setAside == 0 && rebuilt.dropped == 0 && rebuilt.left == 0)
            #expect(try store.checkup().isSound)
            #expect(try scene.space.hashes(store) == before)
            #expect(try store.status().wanted == wanted && store.status().alert == nil)
        }
        try scene.anna.save([.edit(scene.talk, [.set(Field.Conversation.place, .text("drie"))])])
        try scene.space.settle([scene.anna, scene.bram])
        #expect(try scene.bram.seen(scene.talk).conflicts.isEmpty)
    }

    @Test(arguments: 0..<5)
    func `seeded histories are found sound on every replica, and made anew they are the same`(_ seed: UInt64) throws {
        let history = try StoreHistory(seed: seed)
        try history.settle()
        for store in [history.space.hub] + history.laptops {
            let checkup = try store.checkup()
            #expect(checkup.isSound, "\(checkup.findings)")
            let before = try history.space.hashes(store)
            _ = try store.rebuild()
            let after = try store.checkup()
            #expect(after.isSound, "\(after.findings)")
            #expect(try history.space.hashes(store) == before)
        }
    }

    @Test(arguments: ["header", "hash", "signature", "body"])
    func `one flipped bit of a change is found wherever it falls, and turned back`(_ column: String) throws {
        let scene = try scene(2)
        let (space, anna) = (scene.space, scene.anna)
        let before = try space.hashes(anna)
        let row = try change(anna, by: scene.bram, having: "c.signature IS NOT NULL")
        let length = try #require(
            try anna.read { try anna.db.first("SELECT 8 * length(\(column)) FROM change WHERE id = ?", [.integer(row)]) { Int($0.int64(0)) } })
        for _ in 0..<5 {
            try flip(anna, column, of: row, bits: [space.random.below(length)])
            let found = try anna.checkup()
            let kind: Finding.Kind = column == "body" ? .body : column == "signature" ? .signature : .change
            #expect(found.counts[kind] ?? 0 > 0, "\(found.findings)")
            let rebuilt = try anna.rebuild()
            #expect(rebuilt.mended == 1 && rebuilt.setAside == 0 && rebuilt.dropped == 0)
            #expect(try anna.checkup().isSound)
            #expect(try space.hashes(anna) == before)
        }
    }

    @Test func `no single bit of any change can flip and go unnoticed`() throws {
        let scene = try scene(10)
        let (hub, random) = (scene.space.hub, scene.space.random)
        let changes = try hub.read { try hub.db.query("SELECT id FROM change") { $0.int64(0) } }
        let blobs = ["header", "hash", "signature", "body"]
        let numbers = ["seq", "lamport", "time", "parent", "missing", "log", "actor"]
        for round in 0..<40 {
            let row = SQLValue.integer(random.pick(changes))
            let column = round % 3 == 0 ? random.pick(numbers) : random.pick(blobs)
            let held = try hub.read {
                try #require(try hub.db.first("SELECT \(column) FROM change WHERE id = ?", [row]) { $0.value(0) })
            }
            let damaged: SQLValue
            switch held {
            case .integer(let number): damaged = .integer(number ^ 1 << Int64(random.below(40)))
            case .blob(var bytes):
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
                damaged = .blob(bytes)
            case .null, .text: continue
            }
            try hub.write { try hub.db.run("UPDATE change SET \(column) = ? WHERE id = ?", [damaged, row]) }
            let isSound = try hub.checkup(isQuick: true).isSound
            #expect(!isSound, "round \(round), \(column) of \(row)")
            try hub.write { try hub.db.run("UPDATE change SET \(column) = ? WHERE id = ?", [held, row]) }
        }
        #expect(try hub.checkup().isSound)
    }

    @Test func `a body that cannot be mended is set aside, and the daemon brings it again`() throws {
        let scene = try scene(3)
        let (space, anna) = (scene.space, scene.anna)
        let before = try space.hashes(anna)
        let row = try change(anna, by: scene.bram)
        try flip(anna, "body", of: row, bits: [200, 333])
        let found = try anna.checkup()
        #expect(found.counts[.body] == 1 && found.findings.contains { $0.kind == .body && $0.log == north })
        let rebuilt = try anna.rebuild()
        #expect(rebuilt.setAside == 1 && rebuilt.mended == 0)
        #expect(try anna.checkup().isSound && anna.status().wanted == 1)
        try space.sync(anna)
        #expect(try anna.status().wanted == 0)
        #expect(try space.hashes(anna) == before)
        #expect(try anna.checkup().isSound)
    }

    @Test(arguments: [false, true])
    func `a chain that cannot be mended is fetched again from the daemon that has it`(isOwn: Bool) throws {
        let scene = try scene(4)
        let (space, anna) = (scene.space, scene.anna)
        let before = try space.hashes(anna)
        let actor = try anna.status().actor
        let row = try change(anna, by: isOwn ? anna : scene.bram, having: "c.seq = 2")
        try flip(anna, "header", of: row, bits: [80, 150, 301])
        #expect(try anna.checkup().counts[.change] != nil)
        let rebuilt = try anna.rebuild()
        #expect(rebuilt.dropped > 0 && rebuilt.left == 0)
        #expect(try anna.checkup().isSound)
        #expect(try space.hashes(anna) != before)
        try space.settle([anna])
        #expect(try space.hashes(anna) == before)
        #expect(try anna.checkup().isSound)
        #expect(try (anna.status().actor != actor) == isOwn)
        // It goes on, and everybody takes it.
        let later = try anna.save([.conversation("daarna")])[0]
        try space.settle([anna, scene.bram])
        #expect(try scene.bram.seen(later).isListed)
    }

    @Test func `what nobody else has is kept, told, and counts for nothing`() throws {
        let scene = try scene(5)
        let anna = scene.anna
        let own = try anna.save([.conversation("nog niet gesynchroniseerd")])[0]
        let row = try change(anna, by: anna, having: "c.id = (SELECT max(id) FROM change)")
        try flip(anna, "header", of: row, bits: [80, 150, 301])
        let rebuilt = try anna.rebuild()
        #expect(rebuilt.dropped == 0 && rebuilt.left == 1)
        #expect(try anna.checkup().counts[.change] != nil)
        #expect(try !anna.seen(own).isListed)
        // The daemon, which nobody is above, says so too.
        let hub = scene.space.hub
        try flip(hub, "header", of: try change(hub, by: scene.bram, having: "c.seq = 2"), bits: [80, 150, 301])
        #expect(try hub.rebuild().left == 1)
        #expect(try hub.checkup().counts[.change] != nil)
    }

    @Test(arguments: [
        ("fold", "UPDATE record SET content = zeroblob(3) WHERE listed = 1 AND collection = 1"),
        ("fold", "UPDATE record SET conflicts = conflicts + 1 WHERE id = (SELECT max(id) FROM record)"),
        ("fold", "DELETE FROM record WHERE id = (SELECT max(id) FROM record)"),
        ("columns", "UPDATE f_conversation SET place = 'elders'"),
        ("columns", "DELETE FROM f_member"),
        ("f_theme", "INSERT INTO f_theme(record) VALUES(999999)"),
        ("columns", "INSERT INTO s_partition_areas SELECT record, 'BU00' FROM f_partition"),
        ("edges", "DELETE FROM edge"),
        ("index", "DELETE FROM touch WHERE change = (SELECT max(id) FROM change)"),
        ("heads", "UPDATE head SET change = change - 1 WHERE change = (SELECT max(id) FROM change)"),
        ("heads", "UPDATE log SET lamport = 0"),
        ("wanted", "UPDATE change SET missing = 1 WHERE id = (SELECT max(id) FROM change)"),
        ("state-hash", "UPDATE log SET state_sum = zeroblob(32)"),
    ])
    func `what does not follow from the log is found, and made anew`(_ what: String, _ sql: String) throws {
        let scene = try scene(6)
        let anna = scene.anna
        let before = try scene.space.hashes(anna)
        try anna.write { try anna.db.execute(sql) }
        let found = try anna.checkup()
        #expect(found.findings.contains { $0.kind == .derived && $0.what == what }, "\(found.findings)")
        #expect(Set(found.counts.keys) == [.derived])
        _ = try anna.rebuild()
        #expect(try anna.checkup().isSound)
        #expect(try scene.space.hashes(anna) == before)
    }

    @Test func `a daemon's order of arrival, and a statement of the root, are held against themselves`() throws {
        let scene = try scene(7)
        let (space, hub) = (scene.space, scene.space.hub)
        try hub.write { try hub.db.run("UPDATE arrival SET chain = zeroblob(32) WHERE position = 4") }
        #expect(try hub.checkup().counts[.arrival] != nil)
        try hub.write { try hub.db.run("DELETE FROM arrival WHERE position = 5") }
        _ = try hub.rebuild()
        #expect(try hub.checkup().isSound)
        // Whose cursor does not fit any more compares, and all have the same again.
        let later = try scene.bram.save([.conversation("daarna")])[0]
        try space.settle([scene.anna, scene.bram])
        #expect(try scene.anna.seen(later).isListed)
        try scene.anna.write { try scene.anna.db.run("UPDATE authority SET statement = zeroblob(80)") }
        #expect(try scene.anna.checkup().counts[.statement] == 1)
        _ = try scene.anna.rebuild()
        #expect(try scene.anna.checkup().isSound)
        #expect(try scene.anna.seen(later).isListed)
    }

    @Test func `an anchor that names what is gone is a finding, one that is not there says only that it goes on otherwise`() throws {
        let scene = try scene(8)
        let path = scene.anna.configuration.directory + "/anchor"
        try scene.anna.configuration.disk.remove(path)
        let copied = try scene.anna.checkup()
        #expect(copied.isSound && copied.anchorDoubt == "anchor-missing")
        try scene.anna.configuration.disk.write([1, 2, 3], to: path)
        #expect(try scene.anna.checkup().findings.map(\.what) == ["anchor-damaged"])
    }

    @Test func `a checkup writes nothing, waits for nobody who writes, and leaves what the anchor tells`() throws {
        let space = try TestSpace(seed: 11)
        let anna = try space.laptop("Anna")
        try anna.save([.conversation("een")])
        try space.settle([anna])
        while try anna.indexSome() {}
        try anna.checkpoint()
        let directory = anna.configuration.directory
        let earlier = try space.scratch.copy(directory)
        try anna.save([.conversation("twee")])
        try space.settle([anna])
        try anna.checkpoint()
        anna.close()
        for name in ["stoep.db", "stoep.db-wal", "stoep.db-shm"] {
            try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
            try? FileManager.default.copyItem(atPath: "\(earlier)/\(name)", toPath: "\(directory)/\(name)")
        }
        let anchor = try anna.configuration.disk.read(directory + "/anchor", maximumBytes: 4096)
        let fresh = try space.open(directory)
        let lock = try anna.configuration.disk.writeLock(Store.lockPath(directory))
        try lock.withLock(timeoutMilliseconds: 1000, holder: "test") {
            // The same however often it is asked: nothing was written.
            for _ in 0..<2 {
                let findings = try fresh.checkup().findings
                #expect(findings == [Finding(.anchor, "store-restored")])
            }
        }
        #expect(try anna.configuration.disk.read(directory + "/anchor", maximumBytes: 4096) == anchor)
    }

    @Test func `while a record's fold waits for its turn nothing is said of it`() throws {
        let scene = try scene(9)
        let hub = scene.space.hub
        try hub.write {
            try hub.db.run("UPDATE record SET content = x'00' WHERE rid = ?", [.blob(scene.talk.bytes)])
            try hub.db.run("INSERT INTO behind(row, log, record) SELECT id, log, rid FROM record WHERE rid = ?", [.blob(scene.talk.bytes)])
        }
        let checkup = try hub.checkup()
        #expect(checkup.behind == 1 && !checkup.findings.contains { $0.what == "fold" })
    }
}
