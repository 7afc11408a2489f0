import Foundation
import StoepModel
import StoepStore
import StoepTestSupport
import StoepWire

/// What a store costs and gives as it grows, beside one plain SQLite table with the same rows: by the clock, and on a
/// disk, because what is measured is durable.
struct StoreBench {
    /// The size at which everything begins.
    private static let small = 10_000
    /// Changes that an import commits at once; the plain table's rows too.
    private static let batch = 2000
    private static let saves = 300

    private let count: Int
    private let runs: Int
    private let round: StreetRound
    private let laptops: StreetLaptops
    private let peers: PeerProcess?
    private let seals: Bool

    /// - Parameter seals: whether ours is sealed, as the programs' are; plain SQLite never is.
    init(records: String?, count: Int, runs: Int, python: String?, seals: Bool) throws {
        round = try StreetRound.given(records)
        self.count = max(count, 2 * Self.small)
        self.runs = runs
        laptops = try StreetLaptops(round, seals: seals)
        self.seals = seals
        peers = try python.map(PeerProcess.init)
    }

    func run(json: String?) throws {
        let load = Machine.load
        var figures: [Figure] = []
        let before = try importFigures(&figures)
        try grownFigures(before, &figures)
        print(Figure.table(figures))
        print(
            """
            note: \(round.source); imports are of \(Self.small) records, medians of \(runs) runs; the rest at \(count); \
            pages \(seals ? "sealed" : "in clear")
            """
        )
        print(
            """
            note: plain SQLite through our own connection: one table of 15 columns with an integer key and four indexes, \
            prepared statements, the same pragmas, \(Self.batch) rows a commit and a checkpoint as often as ours
            """)
        if peers == nil { print("note: only our side was measured: store.import-vs-loro needs --peers") }
        print("note: \(Machine.note(loadBefore: load))")
        if let json { try Figure.write(figures, to: json) }
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let began = Stopwatch.monotonic
        try body()
        return (Stopwatch.monotonic - began) / 1000
    }

    /// What it takes by the clock, and of that the thread's own time: the rest is the disk, and whoever else works.
    private static func bothSeconds(_ body: () throws -> Void) rethrows -> (clock: Double, own: Double) {
        let own = Stopwatch.thread
        let clock = try seconds(body)
        return (clock, (Stopwatch.thread - own) / 1000)
    }

    // MARK: Importing

    /// What later figures are held against: at 10,000 records.
    private struct Small {
        var save = 0.0
        var open = 0.0
        var packed: [PackedSegment] = []
    }

    private func importFigures(_ figures: inout [Figure]) throws -> Small {
        var small = Small(packed: try laptops.recordMore(Self.small))
        let records = (0..<Self.small).map { laptops.record($0) }[...]
        var times: [[(clock: Double, own: Double)]] = [[], [], [], []]
        for run in 0..<runs {
            let reader = try laptops.reader()
            let taken = try Self.bothSeconds { try reader.take(small.packed) }
            let indexed = try Self.bothSeconds { while try reader.store.indexSome() {} }
            times[0].append(taken)
            times[1].append((taken.clock + indexed.clock, taken.own + indexed.own))
            for isSearched in [false, true] {
                let plain = try PlainTable("\(laptops.folder)/plain-\(run)-\(isSearched)", isSearched: isSearched)
                times[isSearched ? 3 : 2].append(try Self.bothSeconds { try plain.insert(records, a: Self.batch) })
                if run == runs - 1, !isSearched { small.save = try saves(reader.store, plain).ours.median }
                plain.close()
            }
            if run == runs - 1 { small.open = try opening(reader) }
            reader.store.close()
        }
        let rates = times.map { Double(Self.small) / Stopwatch.median($0.map(\.clock)) }
        let own = times.map { Double(Self.small) / Stopwatch.median($0.map(\.own)) }
        figures += [
            Figure("store.import", rates[0], "records/s", beside: "one plain table", rates[2], .atLeast(0.6)),
            Figure(
                "store.import-vs-loro", rates[0], "records/s", beside: "Loro, in memory",
                try peers.map { try loro($0) }, .atLeast(1)),
            Figure(
                "store.import-searchable", rates[1], "records/s", beside: "one plain table with FTS5", rates[3],
                .atLeast(0.7)),
            // Without the disk, which on a busy machine is most of it.
            Figure("store.import.thread", own[0], "records/s of its own time", beside: "one plain table", own[2]),
            Figure(
                "store.import-searchable.thread", own[1], "records/s of its own time",
                beside: "one plain table with FTS5", own[3]),
        ]
        return small
    }

    private func loro(_ peers: PeerProcess) throws -> Double {
        _ = try peers.load("street-round", round)
        let times = try (0..<runs).map { _ in try peers.measure("import", "street-round", .loro) }
        return Double(round.records.count) / Stopwatch.median(times) * 1000
    }

    // MARK: Grown

    private func grownFigures(_ small: Small, _ figures: inout [Figure]) throws {
        let reader = try laptops.reader()
        let plain = try PlainTable(laptops.folder + "/plain", isSearched: false)
        let searched = try PlainTable(laptops.folder + "/searched", isSearched: true)
        var (ours, theirs, memory): ([Double], [Double], Double) = ([], [], 0)
        for start in stride(from: 0, to: count, by: Self.small) {
            let number = min(Self.small, count - start)
            let packed = start == 0 ? small.packed : try laptops.recordMore(number)
            let records = (start..<start + number).map { laptops.record($0) }[...]
            let growth = try MemoryProbe.growth {
                ours.append(
                    Double(number)
                        / (try Self.seconds {
                            try reader.take(packed)
                            while try reader.store.indexSome() {}
                        }))
            }
            memory = max(memory, growth ?? 0)
            try plain.insert(records, a: Self.batch)
            theirs.append(Double(number) / (try Self.seconds { try searched.insert(records, a: Self.batch) }))
        }
        // The last tenth of all over the first.
        let tenth = max(1, ours.count / 10)
        func mean(_ rates: ArraySlice<Double>) -> Double { Double(rates.count) / rates.reduce(0) { $0 + 1 / $1 } }
        figures += [
            Figure(
                "store.import-growth", mean(ours.suffix(tenth)), "records/s", beside: "ours, the first tenth",
                mean(ours.prefix(tenth)), .atLeast(0.8)),
            Figure(
                "store.import-growth.plain", mean(theirs.suffix(tenth)), "records/s",
                beside: "plain with FTS5, the first tenth", mean(theirs.prefix(tenth))),
            Figure("store.import-memory", memory / 1_048_576, "MiB"),
        ]
        try reader.store.checkpoint()
        try searched.checkpoint()
        let files = FileManager.default
        figures.append(
            Figure(
                "store.size", try files.bytes(in: reader.store.configuration.directory) / 1e6, "MB",
                beside: "one plain table with FTS5", try files.bytes(in: searched.directory) / 1e6, .atMost(2.2)))
        let saves = try saves(reader.store, plain)
        // As every command does when it has said what it did.
        while try reader.store.indexSome() {}
        figures += [
            Figure(
                "store.save", saves.ours.p99, "ms, p99", beside: "one plain row, durable", saves.plain.p99, .atMost(2)),
            Figure("store.save.median", saves.ours.median, "ms", beside: "one plain row, durable", saves.plain.median),
            Figure(
                "store.save-growth", saves.ours.median, "ms", beside: "at \(Self.small) records", small.save,
                .atMost(1.2)),
        ]
        figures += try questions(reader.store, searched)
        let opening = try opening(reader)
        figures.append(
            Figure(
                "store.open-growth", opening, "ms", beside: "at \(Self.small) records", small.open, .atMost(1.2)))
    }

    // MARK: One at a time

    private struct Spread {
        let median: Double
        let p99: Double

        init(_ times: [Double]) {
            median = Stopwatch.median(times)
            p99 = times.sorted()[times.count * 99 / 100]
        }
    }

    private func saves(_ store: Store, _ plain: PlainTable) throws -> (ours: Spread, plain: Spread) {
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for number in 0..<Self.saves {
            let edit = try laptops.edit(number)
            ours.append(try Self.seconds { _ = try store.save([edit]) } * 1000)
            let record = [laptops.record(number)][...]
            theirs.append(try Self.seconds { try plain.insert(record, a: 1) } * 1000)
        }
        return (Spread(ours), Spread(theirs))
    }

    /// Milliseconds until it answers a question, and is closed again.
    private func opening(_ reader: TakingLaptop) throws -> Double {
        let times = try (0..<31).map { _ in
            try Self.seconds {
                let store = try laptops.reopened(reader)
                keep(try store.read { try store.conversations(limit: 1) })
                store.close()
            } * 1000
        }
        return Stopwatch.median(times)
    }

    private func questions(_ store: Store, _ plain: PlainTable) throws -> [Figure] {
        var random = SeededRandom(seed: 5)
        let ids = try store.read { try store.conversations() }
        let shown = (0..<200).map { _ in (ids[random.below(ids.count)], 1 + random.below(count)) }
        let words = (0..<100).map { _ -> [String] in
            let all = laptops.record(random.below(count)).words.split(separator: " ").map(String.init)
            return [all[random.below(all.count)], all[random.below(all.count)]]
        }
        let scope = SearchScope(
            logs: [.roster, .square] + [LogID.street(StreetLaptops.partition)].compactMap { $0 }, limit: 20)
        let contests = [
            question("list", 1) {
                try store.read { try store.forEachConversation(limit: 20) { keep($0) } }
            } plain: {
                keep(try plain.latest(20))
            },
            question("search", words.count) {
                for one in words {
                    guard let query = try store.searchQuery(one) else { continue }
                    keep(try store.read { try store.search(query, in: scope) })
                }
            } plain: {
                for one in words { keep(try plain.search(one)) }
            },
            question("show", shown.count) {
                for (id, _) in shown { keep(try store.read { try store.stored(id) }) }
            } plain: {
                for (_, number) in shown { keep(try plain.show(number)) }
            },
        ]
        return try Contest.figures(of: contests, runs: max(5, runs)) { _ in }
    }

    private func question(
        _ name: String, _ count: Int, ours: @escaping () throws -> Void, plain: @escaping () throws -> Void
    ) -> Contest {
        Contest(
            name: "store.\(name)",
            measure: [
                (.ours, { try Stopwatch.milliseconds(ours) / Double(count) }),
                (.baseline, { try Stopwatch.milliseconds(plain) / Double(count) }),
            ]
        ) { medians in
            [
                Figure(
                    "store.\(name)", medians[.ours] ?? 0, "ms", beside: "the same of the plain table",
                    medians[.baseline], .atMost(2))
            ]
        }
    }
}
