import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepStore

/// A space that keeps conversations for so long, and what is looked at by hand after an erasure.
@Suite struct RetentionTests {
    private let day: UInt64 = 24 * 60 * 60 * 1000

    /// The space's own record, as a daemon makes it.
    private func founded(_ seed: UInt64) throws -> (TestSpace, Store) {
        let space = try TestSpace(seed: seed)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        return (space, anna)
    }

    @Test func `what is older than the term is erased, counted from its arrival, a week after everybody heard of it`() throws {
        let (space, anna) = try founded(1)
        // A laptop whose clock stands in 1970: its claim does not matter.
        let old = try anna.save([.conversation("van lang geleden")])[0]
        try space.settle([anna])
        space.clock.advance(40 * day)
        let young = try anna.save([.conversation("van gisteren")])[0]
        try space.settle([anna])
        try space.hub.write { try space.hub.setRetention(days: 30) }
        var ledger: [LedgerEntry] = []
        #expect(try space.hub.read { try space.hub.due(at: space.clock.now).map(\.record) } == [old])
        #expect(try space.hub.eraseDue { ledger += $0 } == 0)
        space.clock.advance(7 * day + 1000)
        #expect(try space.hub.eraseDue { ledger += $0 } == 1)
        #expect(ledger.map(\.record) == [old])
        try space.settle([anna])
        #expect(try anna.seen(old).presence == .erased(successor: nil))
        #expect(try anna.seen(young).isListed)
        #expect(try anna.read { try anna.retention() }?.days == 30)
        // An edit keeps nothing alive.
        try anna.save([.edit(young, [.text(Field.Conversation.observation, "later aangevuld")])])
        try space.settle([anna])
        space.clock.advance(24 * day)
        #expect(try space.hub.eraseDue { ledger += $0 } == 1)
        try space.hub.write { try space.hub.setRetention(days: nil) }
        #expect(try space.hub.read { try space.hub.retention() } == nil)
    }

    @Test func `what is deleted, or kept aside, is kept no longer than what is listed`() throws {
        let (space, anna) = try founded(3)
        let north = LogID.street("north")!
        let deleted = try anna.save([.conversation("per ongeluk")])[0]
        try anna.save([RecordEdit(log: north, target: .existing(deleted), fields: [], ending: .delete)])
        try space.settle([anna])
        let member = try #require(try space.hub.owner(of: anna.keys.publicKey))
        try space.cut(try anna.status().actor, in: north, at: try space.hub.heads(north).map(\.point))
        try space.setRole(member, .revoked)
        let person = RecordEdit(log: north, target: .new(.person), fields: [.set(Field.Person.alias, .text("Piet"))])
        let aside = try anna.save([.conversation("na de intrekking"), person])
        try space.sync(anna)
        while try space.hub.foldSome() {}
        for record in [deleted, aside[0]] { #expect(try !space.hub.seen(record).isListed) }
        #expect(try space.hub.log(of: aside[0]) == north)
        try space.hub.write { try space.hub.setRetention(days: 30) }
        space.clock.advance(40 * day)
        #expect(try space.hub.eraseDue(atMost: 1) { _ in } == 1)
        #expect(try space.hub.eraseDue { _ in } == 1)
        #expect(try space.hub.eraseDue { _ in } == 0)
        for record in [deleted, aside[0]] {
            #expect(try space.hub.read { try space.hub.isErased(record, in: north) })
        }
        #expect(try space.hub.read { try space.hub.isErased(aside[1], in: north) } == false, "no conversation")
    }

    @Test func `what was joined with an erased record is shown to a coordinator, and stays`() throws {
        let (space, anna) = try founded(2)
        let north = LogID.street("north")!
        func person(_ alias: String) -> RecordEdit {
            RecordEdit(log: north, target: .new(.person), fields: [.set(Field.Person.alias, .text(alias))])
        }
        let people = try anna.save([person("de man met de rode jas"), person("Piet")])
        try anna.join(people[0], people[1])
        try space.settle([anna])
        while try space.hub.foldSome() {}
        try space.hub.write { try space.hub.erase(space.hub.entry(toErase: people[0], in: north)) { _ in } }
        let flagged = try space.hub.read { try space.hub.siblings() }
        #expect(flagged.map(\.record) == [people[1]] && flagged.map(\.erased) == [people[0]])
        #expect(try space.hub.seen(people[1]).isListed)
        try space.hub.write { try space.hub.erase(space.hub.entry(toErase: people[1], in: north)) { _ in } }
        #expect(try space.hub.read { try space.hub.siblings() }.isEmpty)
    }
}
