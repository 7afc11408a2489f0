import StoepMerge
import StoepSQLite
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepModel
@testable import StoepStore

/// A replica of an older version: what it does not know it keeps and passes on, and folds after the upgrade.
@Suite struct SchemaUpgradeTests {
    private let north = LogID.street("north")!

    /// What this version was before counters, lists, deletes and erasures.
    private var older: Schema {
        let known = Schema.current.collections.filter { $0.number != .tally && $0.number != .meeting }
        return Schema(version: 1, operationKinds: 5, collections: known.map { $0.without([Field.Conversation.place]) })
    }

    private func oldLaptop(_ space: TestSpace, _ name: String) throws -> Store {
        let laptop = try space.laptop(name)
        laptop.close()
        // Made anew as the older version makes it, with the same keys.
        var configuration = TestSpace.configuration(try space.scratch.make(name))
        configuration.schema = older
        return try Store.create(configuration, space.environment, space: space.id, keys: laptop.keys, isHub: false)
    }

    private func upgraded(_ store: Store, _ space: TestSpace) throws -> Store {
        store.close()
        return try Store.open(TestSpace.configuration(store.configuration.directory), space.environment)
    }

    @Test func `collections, fields and operations unknown to it are passed on byte for byte, and fold later`() throws {
        let space = try TestSpace(seed: 1)
        let (anna, old) = (try space.laptop("Anna"), try oldLaptop(space, "Olga"))
        try space.settle([anna])
        let talk = try anna.save([.conversation("woorden", extra: [.set(Field.Conversation.place, .text("hier"))])])[0]
        let gone = try anna.save([.conversation("weg")])[0]
        try anna.save([RecordEdit(log: north, target: .existing(gone), fields: [], ending: .delete)])
        let meeting = try anna.save([
            RecordEdit(
                log: .square, target: .new(.meeting),
                fields: [
                    .placeItem(Field.Meeting.agenda, .text("opening"), at: 0),
                    .placeItem(Field.Meeting.agenda, .text("groen"), at: 1),
                ])
        ])[0]
        let tally = try anna.save([
            RecordEdit(
                log: north, target: .natural(.tally, key: "north/2026-11-21"),
                fields: [.count(Field.Tally.approached, 12)])
        ])[0]
        try space.settle([anna])

        // Only from the older one does anybody else hear of it.
        try space.sync(old)
        #expect(try old.heads(north) == anna.heads(north))
        #expect(try old.seen(talk).value(Field.Conversation.place) == nil)
        #expect(try old.seen(gone).presence == .present)
        #expect(try old.seen(meeting).fields.isEmpty)
        #expect(try old.seen(tally).fields.isEmpty)
        #expect(try old.status().quarantined == 0)
        #expect(try old.read { try old.conversations() }.count == 2)
        // Only from the older one does Bram hear of it.
        let bram = try space.laptop("Bram")
        try space.sync(bram, scope: [.roster])
        for log in [north, .square] {
            let (sent, first) = (try old.everySegment(of: log), try anna.everySegment(of: log))
            #expect(sent == first)
            for segment in sent {
                let verified = try bram.verify(segment)
                try bram.write { _ = try bram.append(verified) }
            }
        }
        while try bram.foldSome() {}
        #expect(try bram.seen(meeting) == anna.seen(meeting))
        #expect(try bram.seen(gone).presence == .deleted)
        #expect(try bram.seen(tally).count(Field.Tally.approached) == 12)

        // Its own writing goes on meanwhile; then it is upgraded.
        try old.save([.edit(talk, [.text(Field.Conversation.observation, "van een oudere versie")])])
        let new = try upgraded(old, space)
        #expect(try new.seen(talk).value(Field.Conversation.place) == .text("hier"))
        #expect(try new.seen(gone).presence == .deleted)
        #expect(try new.seen(meeting) == anna.seen(meeting))
        #expect(try new.integers("SELECT approached FROM f_tally") == [12])
        #expect(try new.read { try new.conversations() } == [talk])
        #expect(try new.integers("SELECT count(*) FROM f_meeting") == [1])
        #expect(try new.integers("SELECT count(*) FROM record WHERE unknown > 0") == [0])
        try space.settle([new, anna])
        #expect(try space.hashes(new) == space.hashes(anna))
        #expect(try space.hashes(new) == space.hashes(space.hub))
    }

    @Test func `only what it did not know is folded anew, and nothing where the schema is the same`() throws {
        let space = try TestSpace(seed: 2)
        let old = try oldLaptop(space, "Olga")
        try space.sync(old)
        for number in 0..<20 { try old.save([.conversation("gesprek \(number)")]) }
        #expect(try old.integers("SELECT count(*) FROM record WHERE unknown > 0") == [0])
        let before = try space.hashes(old)
        let new = try upgraded(old, space)
        #expect(try space.hashes(new) == before)
        #expect(try new.integers("SELECT count(*) FROM f_tally") == [0])
        // To open it again needs no lock: nothing is written.
        try new.write {
            let other = try Store.open(TestSpace.configuration(new.configuration.directory), space.environment)
            other.close()
        }
    }

    @Test func `a store from before schemas were kept is brought up to this one, and all of it folded anew`() throws {
        let space = try TestSpace(seed: 4)
        let old = try oldLaptop(space, "Olga")
        try space.sync(old)
        let talk = try old.save([.conversation("woorden")])[0]
        try space.sync(old)
        let directory = old.configuration.directory
        old.close()
        try OlderStore.make(of: directory, version: 1)
        let connection = try OpenedFiles.connect(directory)
        try connection.execute("UPDATE record SET content = x'' WHERE collection = 32")
        connection.close()
        let new = try upgraded(old, space)
        #expect(try new.seen(talk).text(Field.Conversation.words) == "woorden")
        #expect(try new.read { try new.conversations() } == [talk])
        #expect(try new.read { try new.records(from: talk, through: talk, limit: 2) } == [talk])
    }

    @Test func `an older version does not open what a newer one has folded`() throws {
        let space = try TestSpace(seed: 3)
        let anna = try space.laptop("Anna")
        let directory = anna.configuration.directory
        anna.close()
        var configuration = TestSpace.configuration(directory)
        configuration.schema = older
        #expect {
            _ = try Store.open(configuration, space.environment)
        } throws: { error in
            guard case StoreError.newerVersion(Schema.current.version) = error else { return false }
            return true
        }
    }
}

extension Store {
    /// All of a log as it is sent to somebody who holds nothing.
    fileprivate func everySegment(of log: LogID) throws -> [PackedSegment] {
        try read {
            try segments(beyond: .empty, in: .all, of: [log])
                .segments.map(\.packed)
        }
    }
}

extension CollectionDefinition {
    fileprivate func without(_ fields: [FieldNumber]) -> CollectionDefinition {
        guard number == .conversation else { return self }
        return with(fields: self.fields.filter { !fields.contains($0.number) })
    }
}
