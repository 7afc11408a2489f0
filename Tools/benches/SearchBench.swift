import Foundation
import StoepModel
import StoepSQLite
import StoepStore
import StoepTestSupport

/// What the full-text index costs and gives in a store of many conversations, beside plain SQLite with FTS5 in one piece on
/// the same texts. Both follow what is in the database already, in transactions of as many records.
struct SearchBench {
    private static let window = 10_000
    private let round: StreetRound
    private let count: Int
    private let runs: Int
    private let space: TestSpace
    private let store: Store
    private let plain: Connection

    /// - Parameter seals: whether the store is sealed, as those of the programs are; plain SQLite never is.
    init(records: String?, count: Int, runs: Int, seals: Bool) throws {
        round = try records.map { try StreetRound(path: $0) } ?? .generated(count: count, seed: 1)
        self.count = max(count, 2 * Self.window)
        self.runs = runs
        space = try TestSpace(seed: 1, sealsLaptops: seals)
        store = try space.laptop("Anna")
        try space.settle([store])
        plain = try Connection(
            Connection.Configuration(path: try space.scratch.make("plain") + "/plain.db", applicationID: 1))
    }

    func run(json: String?) throws {
        let load = Machine.load
        try fill()
        let ours = try indexRates()
        let theirs = try plainRates()
        var figures = [
            Figure(
                "search.index.first", ours.first, "records/s", beside: "SQLite, FTS5 in one piece", theirs.first),
            Figure("search.index.last", ours.last, "records/s", beside: "SQLite, FTS5 in one piece", theirs.last),
            Figure("search.index.held", ours.last, "records/s", beside: "ours, the first", ours.first, .atLeast(0.9)),
            Figure(
                "search.index.all", ours.all, "records/s", beside: "SQLite, FTS5 in one piece", theirs.all, .atLeast(0.7)),
        ]
        figures += try latencies()
        figures += try erasing()
        print(Figure.table(figures))
        print("note: the store is \(store.pageKeys.isEmpty ? "in clear" : "sealed"); plain SQLite is in clear")
        print("note: \(count) conversations of \(round.source); first and last are of \(Self.window) records")
        print("note: \(Machine.note(loadBefore: load))")
        if let json { try Figure.write(figures, to: json) }
    }

    // MARK: Filling

    private func record(_ number: Int) -> StreetRound.Record { round.records[number % round.records.count] }

    private func time(_ number: Int) -> Int64 { 1_780_000_000_000 + Int64(number) * 60_000 }

    private func fill() throws {
        try plain.transaction {
            try plain.execute("CREATE TABLE talk(id INTEGER PRIMARY KEY, startedAt INTEGER, words TEXT, place TEXT)")
        }
        let street = LogID.street("north")
        guard let street else { return }
        for start in stride(from: 0, to: count, by: 1024) {
            let numbers = start..<min(count, start + 1024)
            try store.write {
                for first in stride(from: start, to: numbers.upperBound, by: Limits.blocks) {
                    let edits = (first..<min(first + Limits.blocks, numbers.upperBound)).map { number in
                        RecordEdit(
                            log: street, target: .new(.conversation),
                            fields: [
                                .set(Field.Conversation.startedAt, .integer(time(number))),
                                .set(Field.Conversation.place, .text(place(number))),
                                .text(Field.Conversation.words, record(number).words),
                            ])
                    }
                    _ = try store.saveInTransaction(edits)
                }
            }
            try plain.transaction {
                for number in numbers {
                    try plain.run(
                        "INSERT INTO talk(id, startedAt, words, place) VALUES(?, ?, ?, ?)",
                        [.integer(Int64(number)), .integer(time(number)), .text(record(number).words), .text(place(number))])
                }
            }
            if plain.walPages > 1000 { _ = try plain.checkpoint(truncate: true) }
        }
        // What was behind while it was filled is not what is measured.
        try store.checkpoint()
    }

    private func place(_ number: Int) -> String {
        for (name, value) in record(number).values where name == "place" {
            if case .text(let text) = value { return text }
        }
        return ""
    }

    // MARK: Following

    private typealias Rates = (first: Double, last: Double, all: Double)

    /// Runs pieces of as many records until all are done; the time of the first and last ones, and of all.
    private func rates(_ piece: (Range<Int>) throws -> Void) throws -> Rates {
        var times: [(end: Int, milliseconds: Double)] = []
        for start in stride(from: 0, to: count, by: Store.searchPiece) {
            let range = start..<min(count, start + Store.searchPiece)
            let began = Stopwatch.thread
            try piece(range)
            times.append((range.upperBound, Stopwatch.thread - began))
        }
        func rate(_ part: ArraySlice<(end: Int, milliseconds: Double)>) -> Double {
            Double(part.count * Store.searchPiece) / part.reduce(0) { $0 + $1.milliseconds } * 1000
        }
        let pieces = Self.window / Store.searchPiece
        return (rate(times.prefix(pieces)), rate(times.suffix(pieces)), rate(times[...]))
    }

    private func indexRates() throws -> Rates {
        try rates { _ in _ = try store.indexSome() }
    }

    private func plainRates() throws -> Rates {
        try plain.transaction {
            try plain.execute("CREATE VIRTUAL TABLE found USING fts5(words, place, \(WordBreaker.definition))")
        }
        return try rates { range in
            try plain.transaction {
                try plain.run(
                    "INSERT INTO found(rowid, words, place) SELECT id, words, place FROM talk WHERE id >= ? AND id < ?",
                    [.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))])
            }
            if plain.walPages > 256 { _ = try plain.checkpoint(truncate: true) }
        }
    }

    // MARK: Searching

    private func latencies() throws -> [Figure] {
        var random = SeededRandom(seed: 5)
        // Of one record each, so that all are found; and the two that most have.
        let rare = (0..<100).map { _ -> [String] in
            let words = record(random.below(count)).words.split(separator: " ").map(String.init)
            return [words[random.below(words.count)], words[random.below(words.count)]]
        }
        var counts: [Substring: Int] = [:]
        for record in round.records.prefix(5000) {
            for word in Set(record.words.split(separator: " ")) { counts[word, default: 0] += 1 }
        }
        let common = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(2).map { String($0.key) }
        let contests = [contest("two-words", rare), contest("two-common-words", [common])]
        return try Contest.figures(of: contests, runs: runs) { _ in }
    }

    private func contest(_ name: String, _ queries: [[String]]) -> Contest {
        let scope = SearchScope(logs: [.roster, .square] + [LogID.street("north")].compactMap { $0 }, limit: 20)
        let each = Double(queries.count)
        return Contest(
            name: "search.\(name)",
            measure: [
                (.ours, {
                    try Stopwatch.milliseconds {
                        for words in queries {
                            guard let query = try store.searchQuery(words) else { continue }
                            keep(try store.read { try store.search(query, in: scope) })
                        }
                    } / each
                }),
                (.baseline, {
                    try Stopwatch.milliseconds { for words in queries { keep(try plainSearch(words)) } } / each
                }),
            ]
        ) { medians in
            [
                Figure(
                    "search.\(name)", medians[.ours] ?? 0, "ms", beside: "SQLite, FTS5 in one piece", medians[.baseline])
            ]
        }
    }

    /// The newest twenty; their words are not marked.
    private func plainSearch(_ words: [String]) throws -> [(Int64, String)] {
        try plain.snapshot {
            try plain.query(
                """
                SELECT t.id, t.words FROM found JOIN talk t ON t.id = found.rowid
                WHERE found MATCH ? ORDER BY t.startedAt DESC LIMIT 20
                """, [.text(words.map { "\"\($0)\"" }.joined(separator: " AND "))]
            ) { ($0.int64(0), $0.string(1)) }
        }
    }

    // MARK: Erasing

    /// One conversation, and what it takes until the rest of its shard is indexed again.
    private func erasing() throws -> [Figure] {
        guard let street = LogID.street("north"), let talk = try store.read({ try store.conversations(limit: 1) }).first
        else { return [] }
        let began = Stopwatch.monotonic
        try store.save([
            RecordEdit(log: street, target: .existing(talk), fields: [], ending: .erase(successor: nil))
        ])
        let erased = Stopwatch.monotonic
        while try store.indexSome() {}
        return [
            Figure("search.erase-one", erased - began, "ms, by the clock"),
            Figure("search.follow-after-erasing", Stopwatch.monotonic - erased, "ms, by the clock"),
        ]
    }
}
