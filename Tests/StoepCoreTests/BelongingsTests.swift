import StoepMerge
import StoepModel
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepCore
@testable import StoepStore

/// What belongs to a record is erased with it, whoever wrote it and whenever it comes.
@Suite struct BelongingsTests {
    private let north = LogID.street("north")!

    private func reply(_ words: String, to conversation: RecordID) -> RecordEdit {
        RecordEdit(
            log: north, target: .new(.reply),
            fields: [.set(Field.Reply.conversation, .record(conversation)), .text(Field.Reply.words, words)])
    }

    /// Anna has a conversation, to which Ben has replied.
    private func founded(_ seed: UInt64) throws -> (TestSpace, anna: Store, ben: Store, talk: RecordID, reply: RecordID) {
        let space = try TestSpace(seed: seed)
        let (anna, ben) = (try space.laptop("Anna"), try space.laptop("Ben"))
        try space.settle([anna, ben])
        let talk = try anna.save([.conversation("Wim slaapt slecht")])[0]
        try space.settle([anna, ben])
        let answer = try ben.save([reply("dat zei hij ook tegen mij", to: talk)])[0]
        try space.settle([anna, ben])
        return (space, anna, ben, talk, answer)
    }

    private func replica(_ store: Store) throws -> Replica {
        Replica(store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
    }

    @Test func `what others said to a conversation goes with it, also deleted, also where it comes later`() throws {
        let (space, anna, ben, talk, first) = try founded(1)
        let deleted = try ben.save([reply("of toch niet", to: talk)])[0]
        try ben.save([RecordEdit(log: north, target: .existing(deleted), fields: [], ending: .delete)])
        try space.settle([anna, ben])
        let late = try ben.save([reply("nog iets", to: talk)])[0]
        try replica(anna).erase(talk)
        try space.settle([anna])
        var ledger: [LedgerEntry] = []
        #expect(try space.hub.countersign { ledger += $0 }.countersigned == 1)
        #expect(ledger.map(\.record) == [talk, first])
        try space.settle([anna, ben])
        #expect(try space.hub.seen(late).isListed)
        #expect(try space.hub.eraseDue { ledger += $0 } == 2)
        #expect(try space.hub.eraseDue { ledger += $0 } == 0)
        try space.settle([anna, ben])
        for store in [space.hub, anna, ben] {
            for record in [talk, first, deleted, late] {
                #expect(try store.seen(record).presence == .erased(successor: nil))
            }
        }
    }

    @Test func `what is redacted keeps what others said to it, and takes it along in the end`() throws {
        let (space, anna, ben, talk, first) = try founded(2)
        var redaction = Redaction()
        redaction.words = "slaapt slecht"
        let kept = try replica(anna).redact(talk, redaction)
        #expect(try replica(anna).belongings(ofTalk: kept).replies.map(\.id) == [first])
        try space.settle([anna, ben])
        _ = try space.hub.countersign { _ in }
        try space.settle([anna, ben])
        let again = try replica(anna).redact(kept, redaction)
        try space.settle([anna, ben])
        _ = try space.hub.countersign { _ in }
        #expect(try space.hub.eraseDue { _ in } == 0)
        try space.settle([anna, ben])
        for store in [anna, ben] {
            #expect(try replica(store).belongings(ofTalk: again).replies.map(\.id) == [first])
        }
        try replica(anna).erase(again)
        try space.settle([anna, ben])
        _ = try space.hub.countersign { _ in }
        #expect(try space.hub.eraseDue { _ in } == 1)
        try space.settle([anna, ben])
        #expect(try ben.seen(first).presence == .erased(successor: nil))
    }

    @Test func `who takes their consent back takes it back for what others said too`() throws {
        let (space, anna, ben, talk, first) = try founded(3)
        let bare = try replica(anna).lowerConsent(talk)
        try space.settle([anna, ben])
        _ = try space.hub.countersign { _ in }
        _ = try space.hub.eraseDue { _ in }
        try space.settle([anna, ben])
        #expect(try ben.seen(first).presence == .erased(successor: nil))
        #expect(try ben.seen(bare).isListed)
    }

    @Test func `nobody has another's words erased by saying that they belong to what is`() throws {
        let (space, anna, ben, talk, first) = try founded(4)
        let bait = try anna.save([.conversation("weg ermee")])[0]
        #expect(throws: StoreError.self) {
            try anna.save([.edit(first, [.set(Field.Reply.conversation, .record(bait))])])
        }
        // A laptop that does not hold itself to the rules.
        var author = RawAuthor(space, log: north, key: anna.keys.signing)
        try author.append([
            .about(first, .reply, [.write(Field.Reply.conversation, .record(bait), overwrites: [])])
        ])
        _ = try space.hub.take([[author.segment().packed()]])
        try replica(anna).erase(bait)
        try space.settle([anna, ben])
        _ = try space.hub.countersign { _ in }
        _ = try space.hub.eraseDue { _ in }
        try space.settle([anna, ben])
        #expect(try space.hub.seen(bait).presence == .erased(successor: nil))
        #expect(try space.hub.seen(first).value(Field.Reply.conversation) == .record(talk))
        #expect(try space.hub.read { try space.hub.folded(first, in: north) }.quarantined.map(\.reason) == [.notCreator])
    }
}
