import CSQLite
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepSQLite
@testable import StoepStore

/// What a command does costs the same however much is here. A scan is not seen in what is answered, nor in a store of three
/// records: it is seen in the steps that SQLite takes, and in the pages that it reads.
@Suite struct CostTests {
    /// What a deed took in a store that was just opened.
    private struct Cost {
        var steps = 0
        var pages = 0
    }

    private typealias Deed = (name: String, does: (Replica) throws -> Void)

    private struct Laptop {
        let space: TestSpace
        let directory: String
        let talks: [RecordID]
    }

    /// A laptop that holds so many conversations, all indexed and synced, in a space of its own.
    private func laptop(_ count: Int) throws -> Laptop {
        let space = try TestSpace(seed: 81)
        let store = try space.laptop("Anna")
        let street = try #require(LogID.street("north"))
        let area: [FieldEdit] = [.set(Field.Area.code, .text("north")), .set(Field.Area.name, .text("Noord"))]
        try store.save([RecordEdit(log: .square, target: .natural(.area, key: "north"), fields: area)])
        let long = Int64(clamping: space.clock.now.milliseconds) - 400 * 86_400_000
        var talks: [RecordID] = []
        for first in stride(from: 0, to: count, by: 50) {
            talks += try store.save(
                (first..<first + 50).map { number in
                    // Two of them are in the street of late.
                    let isLate = number < 2
                    let time = isLate ? Int64(clamping: space.clock.now.milliseconds) : long + Int64(number) * 60_000
                    let words = isLate ? "zeldzame woorden" : "gewone woorden van nummer \(number)"
                    return RecordEdit(
                        log: street, target: .new(.conversation),
                        fields: [
                            .set(Field.Conversation.startedAt, .integer(time)),
                            .set(Field.Conversation.area, .text("north")), .set(Field.Conversation.consent, .integer(1)),
                            .set(Field.Conversation.place, .text(isLate ? "Noordplein" : "Straat \(number % 90)")),
                            .text(Field.Conversation.words, words),
                        ])
                })
        }
        // Until the roster is here, nothing counts.
        try space.sync(store)
        while try store.indexSome() {}
        try store.write {
            try store.setMeta(Replica.Meta.daemonKey, space.hub.keys.publicKey.bytes)
            try store.setMeta(Replica.Meta.daemonAddress, Array("127.0.0.1:7410".utf8))
        }
        try store.checkpoint()
        let directory = store.configuration.directory
        store.close()
        return Laptop(space: space, directory: directory, talks: talks)
    }

    private func cost(_ laptop: Laptop, _ deed: (Replica) throws -> Void) throws -> Cost {
        let store = try laptop.space.open(laptop.directory)
        defer { store.close() }
        let member = try #require(try store.owner(of: store.keys.publicKey))
        let replica = Replica(laptop.directory, store, member)
        return try cost(of: store) { try deed(replica) }
    }

    private func cost(of store: Store, _ deed: () throws -> Void) throws -> Cost {
        let database = try #require(store.db.state.database)
        let steps = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        steps.initialize(to: 0)
        defer { steps.deallocate() }
        sqlite3_progress_handler(
            database, 1,
            { context in
                context?.assumingMemoryBound(to: Int.self).pointee += 1
                return 0
            }, steps)
        defer { sqlite3_progress_handler(database, 0, nil, nil) }
        let before = pagesRead(database)
        try deed()
        return Cost(steps: steps.pointee, pages: pagesRead(database) - before)
    }

    private func pagesRead(_ database: OpaquePointer) -> Int {
        var now: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(database, SQLITE_DBSTATUS_CACHE_MISS, &now, &highest, 0)
        return Int(now)
    }

    private func deeds(_ laptop: Laptop) -> [Deed] {
        let (space, talks) = (laptop.space, laptop.talks)
        var here = Whereabouts()
        here.place = "Noordplein"
        var draft = ConversationDraft()
        (draft.area, draft.place, draft.words) = ("north", "Noordplein", "een nieuw gesprek")
        var edit = ConversationEdit()
        edit.words = "andere woorden"
        var wanted = ConversationRequest()
        wanted.limit = 20
        var inArea = wanted
        inArea.area = "north"
        return [
            ("status", { _ = try $0.status() }),
            ("what every command does at its end", { $0.tidyUp() }),
            ("near", { _ = try $0.near(here) }),
            ("the latest", { _ = try $0.conversations(wanted) }),
            ("the latest of an area", { _ = try $0.forEachConversation(inArea) { _ in } }),
            ("show", { _ = try $0.conversation(id: talks[7]) }),
            ("history", { _ = try $0.history(of: talks[7]) }),
            ("search", { _ = try $0.search(SearchRequest(words: ["zeldzame"])) }),
            ("conflicts", { _ = try $0.conflicts() }),
            ("due", { _ = try $0.due(through: "2030-01-01") }),
            ("a sync that brings nothing", { try space.sync($0.store) }),
            ("record", { _ = try $0.record(draft) }),
            ("edit", { _ = try $0.edit(talks[9], edit) }),
            ("delete", { try $0.delete(talks[11]) }),
            ("a sync that brings three", { try space.sync($0.store) }),
        ]
    }

    @Test func `what a command does costs the same however much is here`() throws {
        let (few, many) = (try laptop(100), try laptop(2000))
        for (small, large) in zip(deeds(few), deeds(many)) {
            expectSame(small.name, try cost(few, small.does), try cost(many, large.does))
        }
    }

    @Test func `what a daemon does for a sync costs the same however much is there`() throws {
        let (few, many) = (try laptop(100), try laptop(2000))
        let deeds: [(name: String, does: (TestSpace, Store, Store) throws -> Void)] = [
            ("a sync that brings nothing", { space, anna, _ in try space.sync(anna) }),
            ("a sync that brings one", { space, anna, _ in
                try anna.save([.conversation("nieuw")])
                try space.sync(anna)
            }),
            ("a sync that takes one", { space, _, bram in try space.sync(bram) }),
        ]
        let spaces = try [few, many].map { laptop in
            let (space, anna) = (laptop.space, try laptop.space.open(laptop.directory))
            let bram = try space.laptop("Bram")
            for store in [bram, anna] { try space.sync(store) }
            return (space: space, anna: anna, bram: bram)
        }
        for deed in deeds {
            let costs = try spaces.map { one in
                try one.space.restartHub()
                return try cost(of: one.space.hub) { try deed.does(one.space, one.anna, one.bram) }
            }
            expectSame(deed.name, costs[0], costs[1])
        }
    }

    /// Trees are deeper by a level, and what stood on one page stands on several. A scan takes three steps a record, or
    /// reads a page for some.
    private func expectSame(_ name: String, _ less: Cost, _ more: Cost) {
        #expect(more.steps < less.steps + 100 && more.pages < less.pages + 20, "\(name): \(less), \(more)")
    }
}
