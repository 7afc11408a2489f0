import StoepMerge
import StoepModel
import StoepSync
@testable import StoepStore
import StoepTestSupport
import Testing

@testable import StoepCore

/// What a client sees of lists, counters and deleted records: conflicts, history and undo.
@Suite struct KindsThroughReplicaTests {
    private let agenda = Field.Meeting.agenda

    private func replica(_ store: Store) throws -> Replica {
        let member = try #require(try store.owner(of: store.keys.publicKey))
        return Replica(store.configuration.directory, store, member)
    }

    private func meeting(_ record: RecordID, _ fields: [FieldEdit]) -> RecordEdit {
        RecordEdit(log: .square, target: .existing(record), fields: fields)
    }

    private func items(_ store: Store, _ record: RecordID) throws -> [String] {
        try store.seen(record).items(agenda).map { "\($0.values[0].value.text)" }
    }

    private func founded(_ seed: UInt64) throws -> (space: TestSpace, anna: Store, bram: Store, record: RecordID) {
        let space = try TestSpace(seed: seed)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let places = ["opening", "groen", "sluiting"].enumerated().map {
            FieldEdit.placeItem(agenda, .text($0.element), at: $0.offset)
        }
        let record = try anna.save([
            RecordEdit(log: .square, target: .new(.meeting), fields: [.set(Field.Meeting.title, .text("overleg"))] + places)
        ])[0]
        try space.settle([anna, bram])
        return (space, anna, bram, record)
    }

    @Test func `an agenda item edited by two at once is a conflict by its number, and settled for everybody`() throws {
        let (space, anna, bram, record) = try founded(1)
        let item = try anna.seen(record).items(agenda)[1].id
        try anna.save([meeting(record, [.assignItem(agenda, item, .text("groen en water"))])])
        try bram.save([meeting(record, [.assignItem(agenda, item, .text("bomen"))])])
        try space.settle([anna, bram])
        let replica = try replica(anna)
        let conflicts = try replica.conflicts()
        #expect(conflicts.map(\.field) == ["agenda[2]"])
        #expect(Set(conflicts[0].values.map(\.text)) == ["groen en water", "bomen"])
        #expect(try anna.status().conflicts == 1)
        #expect(throws: ReplicaError.self) { try replica.resolve(record, field: "agenda[1]", .keep(1)) }
        #expect(throws: ReplicaError.self) { try replica.resolve(record, field: "minutes", .keep(1)) }
        for wrong in ["agenda[", "agenda[]", "agenda[0]", "agenda[-1]", "agenda[2", "agenda[2]x", "[2]", ""] {
            #expect(throws: ReplicaError.self) { try replica.resolve(record, field: wrong, .keep(1)) }
        }
        let kept = try replica.resolve(record, field: "agenda[2]", .value("bomen en water"))
        #expect(kept.text == "bomen en water")
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            #expect(try items(store, record) == ["opening", "bomen en water", "sluiting"])
            #expect(try store.status().conflicts == 0)
        }
    }

    @Test func `of a text both may be kept, behind each other, and of nothing else`() throws {
        let (space, anna, bram, record) = try founded(5)
        func write(_ store: Store, _ place: String, _ area: String) throws {
            try store.save([
                meeting(record, [.set(Field.Meeting.place, .text(place)), .set(Field.Meeting.area, .text(area))])
            ])
        }
        try write(anna, "buurthuis", "BU1")
        try write(bram, "bibliotheek", "BU2")
        try space.settle([anna, bram])
        let replica = try replica(anna)
        let shown = try #require(try replica.conflicts().first { $0.field == "place" }).values.map(\.text)
        #expect(Set(shown) == ["buurthuis", "bibliotheek"])
        #expect(throws: ReplicaError.self) { try replica.resolve(record, field: "area", .keepAll) }
        #expect(try replica.resolve(record, field: "place", .keepAll).text == shown.joined(separator: "; "))
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            #expect(try store.seen(record).string(Field.Meeting.place) == shown.joined(separator: "; "))
            #expect(try store.status().conflicts == 1, "the area is still to be settled")
        }
    }

    @Test func `the history tells what was placed, moved, rewritten and taken, and each can be taken back`() throws {
        let (space, anna, bram, record) = try founded(2)
        let replica = try replica(anna)
        let ids = try anna.seen(record).items(agenda).map(\.id)
        let before = ["opening", "groen", "sluiting"]
        let edits: [(FieldEdit, [String])] = [
            (.moveItem(agenda, ids[2], to: 0), ["sluiting", "opening", "groen"]),
            (.assignItem(agenda, ids[1], .text("bomen")), ["opening", "bomen", "sluiting"]),
            (.removeItem(agenda, ids[0]), ["groen", "sluiting"]),
            (.placeItem(agenda, .text("rondvraag"), at: 2), ["opening", "groen", "rondvraag", "sluiting"]),
        ]
        for (edit, after) in edits {
            try anna.save([meeting(record, [edit])])
            #expect(try items(anna, record) == after)
            _ = try replica.undo(record)
            #expect(try items(anna, record) == before)
        }
        let told = try replica.history(of: record).flatMap { $0.items.map { "\($0.content)" } }
        for word in ["placed(", "moved(", "value(", "removed("] {
            #expect(told.contains { $0.hasPrefix(word) }, "\(told)")
        }
        #expect(told.contains { $0.hasPrefix("moved(") && $0.contains("sluiting") })
        #expect(told.contains { $0.hasPrefix("placed(") && $0.contains("rondvraag") && $0.contains("groen") })
        try space.settle([anna, bram])
        #expect(try items(bram, record) == before)
    }

    @Test func `counting and deleting are told, and taken back`() throws {
        let (space, anna, bram, record) = try founded(3)
        let replica = try replica(anna)
        let north = LogID.street("north")!
        func tally(_ fields: [FieldEdit]) -> RecordEdit {
            RecordEdit(log: north, target: .natural(.tally, key: "north/2026-11-21"), fields: fields)
        }
        let day = try anna.save([tally([.set(Field.Tally.area, .text("north")), .count(Field.Tally.approached, 7)])])[0]
        try anna.save([tally([.count(Field.Tally.approached, .min), .count(Field.Tally.declined, 3)])])
        try space.settle([anna, bram])
        try bram.save([tally([.count(Field.Tally.approached, 2)])])
        try space.settle([anna, bram])
        _ = try replica.undo(day)
        #expect(try anna.seen(day).count(Field.Tally.approached) == 9)
        #expect(try anna.seen(day).count(Field.Tally.declined) == 0)
        let told = try replica.history(of: day).flatMap { $0.items.map { "\($0.content)" } }
        #expect(told.contains { $0.hasPrefix("counted(") && $0.contains("\(Int64.min)") })

        try anna.save([RecordEdit(log: .square, target: .existing(record), fields: [], ending: .delete)])
        #expect(try !anna.seen(record).isListed)
        _ = try replica.undo(record)
        #expect(try anna.seen(record).isListed)
        #expect(try items(anna, record) == ["opening", "groen", "sluiting"])
        let last = try replica.history(of: record).flatMap { $0.items.map { "\($0.content)" } }
        #expect(last.contains("deleted"))
        try space.settle([anna, bram])
        #expect(try bram.seen(record).isListed)
    }

    @Test func `somebody who has become an observer hands in what they have, and then keeps nothing`() throws {
        let space = try TestSpace(seed: 4)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let member = try #require(try anna.owner(of: anna.keys.publicKey))
        let talk = try anna.save([.conversation("woorden")])[0]
        try space.setRole(member, .observer)
        let run = try space.sync(anna)
        #expect(run.talk.count < 20, "\(run.talk)")
        #expect(run.summary?.wasOrdered == true)
        #expect(try space.hub.read { try space.hub.blockCount(of: talk) } == 1)
        #expect(try anna.read { try anna.blockCount(of: talk) } == 0)
        #expect(try anna.read { try anna.purgedLogs() } == [])
        #expect(try space.hub.read { try space.hub.holdings(anna.keys.publicKey) } == [])
        #expect(try space.sync(anna).talk.count < 20)
    }
}

extension Store {
    /// How many blocks about a record are held, whether they count or not.
    fileprivate func blockCount(of record: RecordID) throws -> Int {
        try logID(.street("north")!).map { try blocks(of: record, log: $0).count } ?? 0
    }
}

extension Value {
    fileprivate var text: String { if case .text(let text) = self { text } else { "\(self)" } }
}
