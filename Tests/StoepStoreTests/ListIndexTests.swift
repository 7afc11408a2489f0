import StoepMerge
import StoepModel
import StoepSQLite
import StoepTestSupport
import Testing

@testable import StoepStore

/// The order in which records are gone through, and the indexes by which they are found.
@Suite struct ListIndexTests {
    private let street = LogID.street("north")!

    @Test func `records are gone through in the same order whether it is made or followed`() throws {
        let space = try TestSpace(seed: 87, partitions: ["north", "south"])
        let store = try space.laptop("Anna", .coordinator)
        try space.settle([store])
        for number in 0..<30 {
            try store.save([.conversation("gesprek \(number)", in: number % 2 == 0 ? "north" : "south")])
        }
        let gone = try store.save([.conversation("weg")])[0]
        try store.save([RecordEdit(log: street, target: .existing(gone), fields: [], ending: .delete)])
        for (number, partition) in ["south", "north", "south"].enumerated() {
            try store.save([
                RecordEdit(
                    log: LogID.street(partition)!, target: .natural(.tally, key: "north/2026-11-2\(number / 2)"),
                    fields: [.count(Field.Tally.approached, Int64(number + 1))])
            ])
        }
        for (collection, count) in [(CollectionNumber.conversation, 30), (.tally, 3), (.theme, 0)] {
            func passed(_ most: Int) throws -> [String] {
                var found: [String] = []
                try store.read {
                    try store.forEachRecord(of: collection, sortingUpTo: most) { state, log in
                        let isSame = try store.stored(state.id, in: log) == state
                        found.append("\(state.id) \(log) \(isSame)")
                    }
                }
                return found
            }
            let sorted = try passed(.max)
            #expect(sorted.count == count && sorted == sorted.sorted() && sorted.allSatisfy { $0.hasSuffix("true") })
            #expect(try passed(0) == sorted)
        }
    }

    @Test func `a store that an earlier program made gets the indexes of a new one`() throws {
        let space = try TestSpace(seed: 88)
        let store = try space.laptop("Anna")
        try space.settle([store])
        try store.save([.conversation("woorden", extra: [.set(Field.Conversation.place, .text("Noordplein"))])])
        let indexes = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
        let expected = try store.db.query(indexes) { $0.string(0) }
        let directory = store.configuration.directory
        store.close()
        let connection = try OpenedFiles.connect(directory)
        for name in ["areaTime", "placeTime", "point", "followUp"] {
            try connection.execute("DROP INDEX i_conversation_\(name)")
        }
        try connection.execute(
            """
            CREATE INDEX i_conversation_area ON f_conversation(area);
            CREATE INDEX l_conversation_followUpOn ON f_conversation(followUpOn) WHERE followUpOn IS NOT NULL;
            """)
        // As a program that knew no revision of these signed for what it made.
        let stamp = try #require(try connection.first("SELECT value FROM meta WHERE key = 'schema'") { $0.blob(0) })
        try connection.run(
            "UPDATE meta SET value = ? WHERE key = 'schema'",
            [.blob(stamp.dropLast(32) + [UInt8](repeating: 0, count: 32))])
        connection.close()
        let opened = try space.open(directory)
        #expect(try opened.db.query(indexes) { $0.string(0) } == expected)
        #expect(expected.contains { $0.contains("i_conversation_placeTime") })
        let near = RecordSelection([.reads(Field.Conversation.place, "NOORDPLEIN")])
        #expect(try opened.read { try opened.records(of: .conversation, near) }.count == 1)
    }

    /// That nothing is gone through that grows with the store: what SQLite says that it does.
    @Test(arguments: [
        ("f.startedAt >= 1 AND f.place = 'x' COLLATE NOCASE ORDER BY f.startedAt DESC", "i_conversation_placeTime"),
        (
            "f.startedAt >= 1 AND f.latitude >= 1 AND f.latitude <= 2 AND f.latitude <> '' ORDER BY f.startedAt DESC",
            "i_conversation_point"
        ),
        (
            "(f.followedUpOn IS NULL OR f.followedUpOn IN ('', 0)) AND f.followUpOn <= 'x' AND f.followUpOn <> ''",
            "i_conversation_followUp"
        ),
        ("f.area = 'x' ORDER BY f.startedAt DESC", "i_conversation_areaTime"),
    ])
    func `what is near, due or of an area is found through its index`(_ condition: String, _ index: String) throws {
        let store = try TestSpace(seed: 89).laptop("Anna")
        let plan = try store.db.query(
            "EXPLAIN QUERY PLAN SELECT f.record FROM f_conversation f WHERE \(condition)"
        ) { $0.string(3) }
        #expect(plan.contains { $0.hasPrefix("SEARCH f") && $0.contains(index) }, "\(plan)")
    }
}
