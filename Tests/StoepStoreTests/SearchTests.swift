import StoepMerge
import StoepModel
import StoepSQLite
import StoepSync
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepStore

/// What is found is what stands in the records, at every moment, and of what was erased nothing stands in the index.
@Suite struct SearchTests {
    private let north = LogID.street("north")!

    /// A laptop whose shards are so small that there are many.
    private func laptop(_ space: TestSpace, _ name: String, shard: Int = 5) throws -> Store {
        let laptop = try space.laptop(name)
        try space.settle([laptop])
        return try reopened(laptop, space, shard: shard)
    }

    private func reopened(_ store: Store, _ space: TestSpace, shard: Int = 5) throws -> Store {
        store.close()
        var configuration = TestSpace.configuration(store.configuration.directory)
        configuration.shardDocuments = shard
        return try Store.open(configuration, space.environment)
    }

    private func indexAll(_ store: Store) throws { while try store.indexSome(atMost: 3) {} }

    private func found(
        _ store: Store, _ words: [String], _ scope: SearchScope? = nil
    ) throws -> [RecordID] {
        let query = try #require(try store.searchQuery(words))
        let all = SearchScope(logs: [.roster, .square, north], limit: 1000)
        return try store.read { try store.search(query, in: scope ?? all).found.map(\.state.id) }
    }

    // MARK: Against a search without an index

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `whatever was written, changed and deleted, and however far the index is, the same is found as without one`(
        seed: UInt64
    ) throws {
        let space = try TestSpace(seed: seed)
        let store = try laptop(space, "Anna")
        let random = SeededRandom(seed: seed &+ 77)
        let vocabulary = (0..<12).map { _ in
            (0..<1 + random.below(4)).map { _ in random.pick(NaiveSearch.alphabet).letter }.joined()
        }
        func text() -> String {
            (0..<random.below(6)).map { _ in random.pick(vocabulary) + random.pick([" ", " ", ", ", "-", "\n", "/"]) }.joined()
        }
        var records: [RecordID] = []
        for round in 0..<60 {
            switch random.below(10) {
            case 0..<4:
                records += try store.save([.conversation(text(), observation: text())])
            case 4:
                records += try store.save([.theme(random.pick(vocabulary), description: text())])
            case 5..<8:
                guard let one = records.isEmpty ? nil : random.pick(records) else { continue }
                guard try store.seen(one).collection == .conversation else { continue }
                try store.save([
                    .edit(one, [
                        .text(Field.Conversation.observation, text()), .set(Field.Conversation.place, .text(text())),
                    ])
                ])
            case 8:
                guard !records.isEmpty else { continue }
                let one = records.remove(at: random.below(records.count))
                guard try store.seen(one).collection == .conversation else { continue }
                let ending: RecordEdit.Ending = random.chance(2) ? .delete : .erase(successor: nil)
                try store.save([RecordEdit(log: north, target: .existing(one), fields: [], ending: ending)])
            default: _ = try store.indexSome(atMost: 1 + random.below(6))
            }
            if round % 10 == 9 { try compare(store, vocabulary, random, "\(seed) \(round)") }
        }
        try indexAll(store)
        try compare(store, vocabulary, random, "\(seed) all")
        #expect(try store.searchDifference() == nil)
        #expect(try store.integers("SELECT count(*) FROM search_shard")[0] > 2)
    }

    private func compare(_ store: Store, _ vocabulary: [String], _ random: SeededRandom, _ what: String) throws {
        let ids = try store.read { try store.db.query("SELECT rid FROM record WHERE listed = 1") { $0.blob(0) } }
        let states = try ids.compactMap { RecordID(bytes: $0) }.map { try store.seen($0) }
        for _ in 0..<15 {
            var typed: [String] = []
            var phrases: [(words: [String], isPrefix: Bool)] = []
            for _ in 0..<1 + random.below(2) {
                let words = (0..<1 + random.below(2)).map { _ in random.pick(vocabulary) }
                let isPrefix = random.chance(3)
                let phrase = words.joined(separator: " ")
                typed.append((words.count > 1 && random.chance(2) ? "\"\(phrase)\"" : phrase) + (isPrefix ? "*" : ""))
                phrases.append((words.flatMap { NaiveSearch.words(of: $0) }, isPrefix))
            }
            let expected = states.filter { state in
                phrases.allSatisfy { phrase in
                    NaiveSearch.texts(of: state).contains {
                        NaiveSearch.holds($0, phrase.words, isPrefix: phrase.isPrefix)
                    }
                }
            }
            #expect(try Set(found(store, typed)) == Set(expected.map(\.id)), "\(what): \(typed)")
        }
    }

    // MARK: What may be typed

    @Test func `nothing that is typed is an order to the index`() throws {
        let space = try TestSpace(seed: 1)
        let store = try laptop(space, "Anna")
        let talk = try store.save([.conversation("and or not near a b text c dit is een zin, DROP TABLE record")])[0]
        let scope = SearchScope(logs: [north], limit: 9)
        let hostile = [
            "AND", "OR", "NOT", "NEAR", "near(a b)", "a OR b", "text:a", "^a", "a + b", "(", ")", "\"", "\"\"", "*", "a*b",
            "{a b}:c", "'", "''; DROP TABLE record", "-a", "a\"b\"c", "“a b”", "„dit is”*", "\u{E000}", "a\u{E000}b", "\0", "%",
            "_", "٪", "\u{301}", "a\0b", "\u{1F600}", "***", "\" * \"",
        ]
        func results() throws -> [[RecordID]?] {
            try hostile.map { typed in
                guard let query = try store.searchQuery([typed]) else { return nil }
                return try store.read { try store.search(query, in: scope).found.map(\.state.id) }
            }
        }
        // Looked through, then from the index.
        let scanned = try results()
        try indexAll(store)
        #expect(try !store.isSearchBehind())
        let indexed = try results()
        #expect(indexed == scanned)
        for (typed, result) in zip(hostile, indexed) where result == nil {
            #expect(NaiveSearch.words(of: typed).isEmpty, "\(typed)")
        }
        #expect(indexed[0] == [talk] && indexed[4] == [talk] && indexed[5] == [] && indexed[20] == [talk])
        #expect(try store.searchQuery(["*", "a"])?.phrases.count == 1)
    }

    @Test func `a phrase ends with the text it stands in`() throws {
        let space = try TestSpace(seed: 2)
        let store = try laptop(space, "Anna")
        let talk = try store.save([.conversation("het bankje", observation: "bij de speeltuin")])[0]
        for _ in 0..<2 {
            #expect(try found(store, ["bankje bij"]) == [])
            #expect(try found(store, ["bankje", "bij"]) == [talk])
            #expect(try found(store, ["BIJ DE speel*"]) == [talk])
            try indexAll(store)
        }
    }

    // MARK: Where, when, and in which order

    @Test func `area, period, logs and limit bound what is found, the newest first`() throws {
        let space = try TestSpace(seed: 3, partitions: ["north", "south"])
        let made = try space.laptop("Anna", in: ["north", "south"])
        try space.settle([made])
        let store = try reopened(made, space)
        var talks: [RecordID] = []
        for number in 0..<9 {
            talks += try store.save([
                .conversation(
                    "fiets", in: number % 3 == 0 ? "south" : "north",
                    extra: [.set(Field.Conversation.startedAt, .integer(Int64(1000 + 10 * number)))])
            ])
        }
        let south = LogID.street("south")!
        let both = [LogID.roster, .square, north, south]
        for _ in 0..<2 {
            #expect(try found(store, ["fiets"], SearchScope(logs: both, limit: 4)) == Array(talks.reversed().prefix(4)))
            #expect(try found(store, ["fiets"], SearchScope(logs: [south], limit: 9)) == [talks[6], talks[3], talks[0]])
            #expect(
                try found(store, ["fiets"], SearchScope(logs: both, area: "south", period: 1000..<1060, limit: 9))
                    == [talks[3], talks[0]])
            #expect(try found(store, ["fiets"], SearchScope(logs: both, area: "west", limit: 9)) == [])
            #expect(try found(store, ["fiets"], SearchScope(logs: both, period: 1070..<Int64.max, limit: 9)) == [talks[8], talks[7]])
            try indexAll(store)
        }
    }

    // MARK: Erasing

    /// A word as only the index has it: in lower case, without the capitals in which it was written.
    private func lowered(_ number: Int, _ random: SeededRandom) -> Canary {
        Canary("qz\(number)x" + (0..<14).map { _ in String(UnicodeScalar(UInt8(97 + random.below(26)))) }.joined())
    }

    /// How it ends: an index leaves out what a word has in common with the one before.
    private func ending(_ canary: Canary) -> Canary { Canary(String(canary.text.suffix(10))) }

    @Test(arguments: 0..<2 as Range<UInt64>)
    func `of what is erased no word stays in the index, of the others all`(seed: UInt64) throws {
        let space = try TestSpace(seed: seed)
        let store = try laptop(space, "Anna", shard: 8)
        let random = SeededRandom(seed: seed)
        var talks: [(id: RecordID, canary: Canary)] = []
        for number in 0..<20 {
            let canary = lowered(number, random)
            let id = try store.save([.conversation("zij zei \(canary.text.uppercased()) en liep door")])[0]
            talks.append((id, canary))
            // Some words are changed away: of these too nothing may stay once the record is erased.
            if random.chance(4) {
                try indexAll(store)
                try store.save([.edit(id, [.text(Field.Conversation.words, "niets")])])
            }
        }
        try indexAll(store)
        let directory = store.configuration.directory
        for talk in talks { #expect(try ending(talk.canary).files(under: directory) != [], "the index has its words") }
        for _ in 0..<6 {
            let gone = talks.remove(at: random.below(talks.count))
            try store.save([RecordEdit(log: north, target: .existing(gone.id), fields: [], ending: .erase(successor: nil))])
            #expect(try ending(gone.canary).files(under: directory) == [])
            #expect(try Canary(gone.canary.text.uppercased()).files(under: directory) == [])
            if random.chance(2) { try indexAll(store) }
        }
        for talk in talks where try store.seen(talk.id).text(Field.Conversation.words) != "niets" {
            #expect(try found(store, [talk.canary.text]) == [talk.id])
        }
        try indexAll(store)
        #expect(try store.searchDifference() == nil)
    }

    @Test func `a log that may be read no longer leaves no word in the index`() throws {
        let space = try TestSpace(seed: 4)
        let store = try laptop(space, "Anna", shard: 100)
        let canary = lowered(0, SeededRandom(seed: 4))
        try store.save([.conversation(canary.text.uppercased()), .theme("groen", description: "blijft")])
        try indexAll(store)
        #expect(try ending(canary).files(under: store.configuration.directory) != [])
        try store.write { try store.purge(log: north) }
        #expect(try ending(canary).files(under: store.configuration.directory) == [])
        #expect(try found(store, ["blijft"]).count == 1)
        try indexAll(store)
        #expect(try store.searchDifference() == nil)
    }

    // MARK: Following

    @Test func `what was saved is found though nobody came to index it, and while another writes`() throws {
        let space = try TestSpace(seed: 5)
        let store = try laptop(space, "Anna")
        let talk = try store.save([.conversation("een lantaarn die knippert")])[0]
        // The process ended here: another one opens the store.
        let next = try reopened(store, space)
        #expect(try next.isSearchBehind())
        #expect(try found(next, ["lantaarn", "knip*"]) == [talk])
        let other = try reopened(try space.open(next.configuration.directory), space)
        try other.write {
            #expect(throws: StoreError.self) { _ = try next.indexSome() }
            let seen = try found(next, ["lantaarn"])
            #expect(seen == [talk])
        }
        try indexAll(next)
        #expect(try !next.isSearchBehind())
        #expect(try found(next, ["lantaarn", "knip*"]) == [talk])
        // Indexing that fails halfway leaves everything behind as it was.
        try next.save([.edit(talk, [.text(Field.Conversation.words, "een lantaarn die brandt")])])
        struct Cut: Error {}
        #expect(throws: Cut.self) {
            try next.write {
                try next.indexInTransaction(atMost: 10)
                throw Cut()
            }
        }
        #expect(try found(next, ["knippert"]) == [] && found(next, ["brandt"]) == [talk])
        try indexAll(next)
        #expect(try next.searchDifference() == nil)
    }

    @Test func `records that change often leave no shard of which most counts no longer`() throws {
        let space = try TestSpace(seed: 6)
        let store = try laptop(space, "Anna", shard: 4)
        let talks = try (0..<6).map { try store.save([.conversation("gesprek \($0)")])[0] }
        for round in 0..<20 {
            try store.save(talks.map { .edit($0, [.text(Field.Conversation.observation, "ronde \(round)")]) })
            try indexAll(store)
        }
        #expect(try store.integers("SELECT count(*) FROM search_shard")[0] <= 6)
        #expect(try found(store, ["ronde 19"]).count == 6 && found(store, ["ronde 18"]).isEmpty)
        #expect(try store.searchDifference() == nil)
    }

    @Test func `a store from before there was an index is indexed whole, and an index that is wrong is told and made anew`() throws {
        let space = try TestSpace(seed: 7)
        let store = try laptop(space, "Anna")
        let talk = try store.save([.conversation("de fontein")])[0]
        store.close()
        try OlderStore.make(of: store.configuration.directory, version: 7)
        let indexed = try reopened(store, space)
        #expect(try indexed.isSearchBehind() && indexed.searchDifference() == nil)
        try indexAll(indexed)
        #expect(try found(indexed, ["fontein"]) == [talk])
        #expect(try indexed.searchDifference() == nil)
        indexed.close()
        // Of a version that had one, with shards of its own.
        try OlderStore.make(of: store.configuration.directory, version: OlderStore.versions.upperBound - 1)
        let new = try reopened(store, space)
        #expect(try new.isSearchBehind())
        try indexAll(new)
        #expect(try found(new, ["fontein"]) == [talk])
        #expect(try new.searchDifference() == nil)
        let wrongs = [
            "INSERT INTO search_0(search_0) VALUES('delete-all')", "DELETE FROM search_doc",
            "UPDATE search_doc SET live = 0", "INSERT INTO search_0(rowid, text) VALUES(3, 'de fontein')",
            "UPDATE search_shard SET stale = stale + 1", "INSERT INTO search_behind SELECT record FROM search_doc",
            "INSERT INTO search_0(search_0, rowid, text) VALUES('delete', 0, 'fontein')",
        ]
        for wrong in wrongs {
            try new.write { try new.db.execute(wrong) }
            #expect(try new.searchDifference() != nil, "\(wrong)")
            let checkup = try new.checkup()
            #expect(checkup.counts == [.derived: 1], "\(wrong): \(checkup.findings)")
            #expect(checkup.findings.allSatisfy { $0.what.hasPrefix("search: ") }, "\(wrong): \(checkup.findings)")
            // As doctor --rebuild does, which leaves the words to the next command.
            _ = try new.rebuild()
            try indexAll(new)
            #expect(try new.checkup().isSound, "\(wrong)")
            #expect(try new.searchDifference() == nil && found(new, ["fontein"]) == [talk], "\(wrong)")
            try new.write { try new.db.execute(wrong) }
            try new.rebuildSearch()
            #expect(try new.searchDifference() == nil, "\(wrong)")
            #expect(try found(new, ["fontein"]) == [talk])
        }
    }

    @Test func `a daemon keeps no index`() throws {
        let space = try TestSpace(seed: 8)
        let store = try laptop(space, "Anna")
        try store.save([.conversation("woorden")])
        try space.settle([store])
        while try space.hub.foldSome() {}
        #expect(try !space.hub.isSearchBehind() && !space.hub.indexSome())
    }
}
