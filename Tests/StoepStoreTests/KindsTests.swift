import StoepMerge
import StoepModel
import StoepSQLite
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepStore

/// Counters, lists, deletes and erasures as a store writes and keeps them.
@Suite struct KindsTests {
    private let north = LogID.street("north")!

    private func tally(_ fields: [FieldEdit]) -> RecordEdit {
        RecordEdit(log: north, target: .natural(.tally, key: "north/2026-11-21"), fields: fields)
    }

    private func meeting(_ record: RecordID, _ fields: [FieldEdit]) -> RecordEdit {
        RecordEdit(log: .square, target: .existing(record), fields: fields)
    }

    private func agenda(_ store: Store, _ record: RecordID) throws -> [String] {
        try store.seen(record).items(Field.Meeting.agenda).map { item in
            item.distinctValues.map { if case .text(let text) = $0.value { text } else { "?" } }.joined(separator: "|")
        }
    }

    @Test func `two laptops count on the same day, and the column has the sum`() throws {
        let space = try TestSpace(seed: 1)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let day: [FieldEdit] = [.set(Field.Tally.area, .text("north")), .set(Field.Tally.day, .text("2026-11-21"))]
        let first: [FieldEdit] = [.count(Field.Tally.approached, 7), .count(Field.Tally.declined, 2)]
        let record = try anna.save([tally(day + first)])[0]
        try bram.save([tally(day + [.count(Field.Tally.approached, 5), .count(Field.Tally.declined, 0)])])
        try space.settle([anna, bram])
        try bram.save([tally([.count(Field.Tally.approached, -1)])])
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            #expect(try store.seen(record).count(Field.Tally.approached) == 11)
            #expect(try store.integers("SELECT approached FROM f_tally") == [11])
            #expect(try store.integers("SELECT declined FROM f_tally") == [2])
            #expect(try store.status().quarantined == 0)
        }
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        try bram.save([tally([.count(Field.Tally.approached, .max), .count(Field.Tally.approached, .max)])])
        #expect(try bram.integers("SELECT approached FROM f_tally") == [.max])
    }

    @Test func `an agenda is written, moved about, edited and cleared by index`() throws {
        let space = try TestSpace(seed: 2)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let field = Field.Meeting.agenda
        let record = try anna.save([
            RecordEdit(
                log: .square, target: .new(.meeting),
                fields: [
                    .set(Field.Meeting.title, .text("Buurtoverleg")), .placeItem(field, .text("opening"), at: 0),
                    .placeItem(field, .text("sluiting"), at: 1), .placeItem(field, .text("groen"), at: 1),
                    .text(Field.Meeting.minutes, "verslag"), .placeItem(field, .text("zorg"), at: 99),
                ])
        ])[0]
        #expect(try agenda(anna, record) == ["opening", "groen", "sluiting", "zorg"])
        try space.settle([anna, bram])
        let items = try bram.seen(record).items(field).map(\.id)
        try anna.save([
            meeting(record, [.moveItem(field, items[3], to: 1), .assignItem(field, items[3], .text("zorg en welzijn"))])
        ])
        #expect(try agenda(anna, record) == ["opening", "zorg en welzijn", "groen", "sluiting"])
        // Meanwhile: another move of the same item, an item gone, one new.
        try bram.save([
            meeting(
                record,
                [
                    .moveItem(field, items[3], to: 0), .removeItem(field, items[1]),
                    .placeItem(field, .text("rondvraag"), at: 2), .assignItem(field, items[0], .text("welkom")),
                ])
        ])
        #expect(try agenda(bram, record) == ["zorg", "welkom", "rondvraag", "sluiting"])
        try space.settle([anna, bram])
        let both = try agenda(anna, record)
        #expect(Set(both) == ["zorg en welzijn", "welkom", "rondvraag", "sluiting"])
        #expect(both.count == 4)
        #expect(try agenda(bram, record) == both)
        #expect(try space.hashes(anna) == space.hashes(bram))
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        // Nothing to do is no change.
        let head = try anna.heads(.square)
        try anna.save([
            meeting(record, [.moveItem(field, try anna.seen(record).items(field)[0].id, to: 0), .count(field, 0)])
        ])
        #expect(try anna.heads(.square) == head)
        let all = try anna.seen(record).items(field).map { FieldEdit.removeItem(field, $0.id) }
        try anna.save([meeting(record, all)])
        try space.settle([anna, bram])
        #expect(try agenda(bram, record) == [])
        #expect(try bram.status().quarantined == 0)
    }

    @Test func `a deleted record is listed nowhere, and an edit brings all of it back`() throws {
        let space = try TestSpace(seed: 3)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let theme = try anna.save([.theme("groen")])[0]
        let talk = try anna.save([.conversation("woorden", themes: [theme])])[0]
        try space.settle([anna, bram])
        try anna.save([RecordEdit(log: north, target: .existing(talk), fields: [], ending: .delete)])
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            #expect(try store.seen(talk).presence == .deleted)
            #expect(try store.read { try store.conversations() } == [])
            #expect(try store.integers("SELECT count(*) FROM s_conversation_themes") == [0])
            #expect(try store.read { try store.records(from: talk, through: talk, limit: 9) } == [])
        }
        // Deleting it once more says nothing.
        let heads = try anna.heads(north)
        try anna.save([RecordEdit(log: north, target: .existing(talk), fields: [], ending: .delete)])
        #expect(try anna.heads(north) == heads)
        try bram.save([.edit(talk, [.set(Field.Conversation.place, .text("hier"))])])
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            let state = try store.seen(talk)
            guard case .revived(let changes) = state.presence else {
                Issue.record("\(state.presence)")
                return
            }
            #expect(changes.count == 1)
            #expect(state.text(Field.Conversation.words) == "woorden")
            #expect(try store.read { try store.conversations() } == [talk])
            #expect(try store.integers("SELECT count(*) FROM s_conversation_themes") == [1])
        }
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        #expect(throws: StoreError.self) {
            try bram.save([RecordEdit(log: north, target: .existing(talk), fields: [], ending: .delete)])
        }
        try anna.save([RecordEdit(log: north, target: .existing(talk), fields: [], ending: .delete)])
        #expect(try anna.seen(talk).presence == .deleted)
    }

    @Test func `an erasure hides, is countersigned, and absorbs what comes later`() throws {
        let space = try TestSpace(seed: 4)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let talk = try anna.save([.conversation("woorden")])[0]
        let kept = try anna.save([.conversation("zonder naam")])[0]
        try space.settle([anna, bram])
        #expect(throws: StoreError.self) {
            try bram.save([RecordEdit(log: north, target: .existing(talk), fields: [], ending: .erase(successor: nil))])
        }
        try anna.save([RecordEdit(log: north, target: .existing(talk), fields: [], ending: .erase(successor: kept))])
        #expect(try anna.seen(talk).presence == .hidden)
        #expect(try anna.read { try anna.conversations() } == [kept])
        try bram.save([.edit(talk, [.set(Field.Conversation.place, .text("hier"))])])
        try space.settle([anna, bram])
        #expect(try bram.seen(talk).presence == .hidden)
        try space.hub.save([
            RecordEdit(log: north, target: .existing(talk), fields: [], ending: .erase(successor: kept))
        ])
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            let state = try store.seen(talk)
            #expect(state.presence == .erased(successor: kept))
            #expect(state.fields.isEmpty && state.collection == nil)
            #expect(try store.read { try store.conversations() } == [kept])
            #expect(throws: StoreError.self) {
                try store.save([.edit(talk, [.set(Field.Conversation.place, .text("x"))])])
            }
        }
        #expect(try space.hashes(anna) == space.hashes(bram))
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        // Who names it in another log does not make it forgotten in its own.
        var author = RawAuthor(space, log: .square, key: bram.keys.signing)
        try author.append([.about(talk, .conversation, [.write(Field.Conversation.place, .text("x"), overwrites: [])])])
        _ = try space.hub.take([[author.segment().packed()]])
        while try space.hub.foldSome() {}
        #expect(try space.hub.seen(talk).presence == .erased(successor: kept))
        #expect(try space.hub.read { try space.hub.log(of: talk) } == north)
    }

    @Test func `a device whose record the authority deleted is known no more`() throws {
        let space = try TestSpace(seed: 5)
        let anna = try space.laptop("Anna")
        try anna.save([.conversation("woorden")])
        try space.settle([anna])
        #expect(try space.hub.status().quarantined == 0)
        let device = space.hub.deviceRecord(anna.keys.publicKey)
        try space.hub.save([RecordEdit(log: .roster, target: .existing(device), fields: [], ending: .delete)])
        while try space.hub.foldSome() {}
        #expect(try space.hub.owner(of: anna.keys.publicKey) == nil)
        #expect(try space.hub.status().quarantined == 1)
        #expect(try space.hub.read { try space.hub.conversations() } == [])
    }
}

extension Store {
    /// A column of numbers, read past everything that the store offers.
    func integers(_ sql: String) throws -> [Int64] {
        try read { try db.query(sql) { $0.int64(0) } }
    }
}
