import Foundation
import StoepMerge
import StoepModel

/// The figures of text.
struct TextBench {
    private let data: String
    private let python: String?
    private static let single = "automerge-paper.json.gz"
    private static let concurrent = "friendsforever.json.gz"

    /// The repository's root, from where the sources stand.
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    init(data: String?, python: String?) {
        self.data = data ?? Self.root.deletingLastPathComponent().appendingPathComponent("shared/data").path
        let standing = Self.root.appendingPathComponent(".venv-bench/bin/python3").path
        self.python = python ?? (FileManager.default.isExecutableFile(atPath: standing) ? standing : nil)
    }

    func run(json: String?) throws -> Int32 {
        var figures: [Figure] = []
        let paper = "\(data)/\(Self.single)"
        let friends = "\(data)/\(Self.concurrent)"
        let missing = [paper, friends].filter { !FileManager.default.isReadableFile(atPath: $0) }
        for path in missing { print("\(path) is missing: its figures are left out (--data DIR)") }
        if python == nil {
            print("no Python with the peers: only our side is measured (Tools/setup --bench, or --python)")
        }
        // Twice, with ours in between, and the better of both: so a busy moment favours nobody.
        let present = [paper, friends].filter { !missing.contains($0) }
        var peers = try measurePeers(present)
        let first = try ours(paper, friends, missing, peers)
        peers = Self.better(peers, try measurePeers(present))
        let second = try ours(paper, friends, missing, peers)
        figures += zip(first, second).map { $0.isBetter(than: $1) ? $0.again(beside: $1) : $1 }
        print(Figure.table(figures))
        if let json { try Figure.write(figures, to: json) }
        return figures.allSatisfy { $0.met != false } ? 0 : 1
    }

    private func ours(
        _ paper: String, _ friends: String, _ missing: [String], _ peers: [String: [String: Double]]
    ) throws -> [Figure] {
        var figures: [Figure] = []
        if !missing.contains(paper) { figures += try paperFigures(TraceFile(path: paper), peers["automerge-paper"]) }
        if !missing.contains(friends) {
            figures += try friendsFigures(TraceFile(path: friends), peers["friendsforever"])
        }
        return figures + (try openNote())
    }

    private static func better(
        _ one: [String: [String: Double]], _ other: [String: [String: Double]]
    ) -> [String: [String: Double]] {
        one.merging(other) { a, b in
            a.merging(b) { name, _ in name }.reduce(into: [:]) { result, entry in
                let second = b[entry.key] ?? entry.value
                // Rates are the better the higher, all else the lower.
                result[entry.key] = entry.key.hasSuffix("_ops") ? max(entry.value, second) : min(entry.value, second)
            }
        }
    }

    private func paperFigures(_ file: TraceFile, _ peers: [String: Double]?) throws -> [Figure] {
        let history = file.histories[0]
        let log = try RecordedLog(history, keystrokesPerChange: 1000)
        let chains = try TextImport.chains(log.segments, log.devices)
        try expect(TextImport.verified(log.segments, log.devices).text == history.end, file.name)
        let trusted = try Timing(runs: 40) { try keep(TextImport.trusted(log.segments, chains).text) }
        let verified = try Timing(runs: 20) { try keep(TextImport.verified(log.segments, log.devices).text) }
        let keystrokes = history.transactions.flatMap(\.edits)
        expect(TextImport.typed(keystrokes).text == history.end, "\(file.name), typed")
        let local = Timing(runs: 10) { keep(TextImport.typed(keystrokes)) }
        let least = [peers?["yrs_update_deflated"], peers?["loro_updates_deflated"]].compactMap(\.self).min()
        let memory = [peers?["yrs_memory"], peers?["loro_memory"]].compactMap(\.self).min()
        var figures = [
            Figure("text.automerge-paper.import", trusted.least, "ms").beside(
                "Yrs", peers?["yrs_import_ms"], .atMost(0.6)),
            Figure("text.automerge-paper.import", trusted.least, "ms").beside("Loro", peers?["loro_import_ms"]),
            Figure("text.automerge-paper.import-verified", verified.least, "ms").beside("Yrs", peers?["yrs_import_ms"]),
            Figure("text.automerge-paper.local", Double(keystrokes.count) / local.least * 1000, "operations/s").beside(
                "Loro", peers?["loro_local_ops"], .atLeast(3)),
            Figure("text.automerge-paper.bytes", Double(log.bytes), "bytes").beside(
                "the smaller of Yrs and Loro, deflated", least, .atMost(0.9)),
        ]
        if let growth = try MemoryProbe.measure(log) {
            figures.append(
                Figure("text.automerge-paper.memory", growth, "bytes").beside(
                    "the smaller of Yrs and Loro", memory, .atMost(1)))
        }
        return figures
    }

    private func friendsFigures(_ file: TraceFile, _ peers: [String: Double]?) throws -> [Figure] {
        let history = file.histories[0]
        return try [("", false), ("-each-seen", true)].flatMap { suffix, apart in
            let log = try RecordedLog(history, keystrokesPerChange: 1000, savesWhenSeen: apart)
            let chains = try TextImport.chains(log.segments, log.devices)
            try expect(TextImport.verified(log.segments, log.devices).text == history.end, file.name)
            let timing = try Timing(runs: 60) { try keep(TextImport.trusted(log.segments, chains).text) }
            return [
                Figure("text.friendsforever.import\(suffix)", timing.least, "ms").beside(
                    "Yrs", peers?["yrs_import_ms"], apart ? nil : .atMost(1)),
                Figure("text.friendsforever.changes\(suffix)", Double(log.changes), "changes"),
                Figure("text.friendsforever.bytes\(suffix)", Double(log.bytes), "bytes").beside(
                    "Yrs, deflated", peers?["yrs_update_deflated"]),
            ]
        }
    }

    /// A note of 5,000 characters with 10,000 past operations, nothing concurrent.
    private func openNote() throws -> [Figure] {
        var transactions: [TraceFile.Transaction] = []
        var plain: [Unicode.Scalar] = []
        let words = Array("wat er op straat gezegd werd over groen, zorg en de buurt ".unicodeScalars)
        var state: UInt64 = 7
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var cursor = 0
        // 7,500 scalars come and 2,500 go, in bursts at places.
        while transactions.count < 10_000 {
            if transactions.count % 25 == 0 { cursor = below(plain.count + 1) }
            let isDelete = transactions.count % 4 == 3 && cursor > 0
            let edit = TextEdit(
                position: isDelete ? cursor - 1 : cursor, deleted: isDelete ? 1 : 0,
                inserted: isDelete ? [] : [words[transactions.count % words.count]])
            plain.replaceSubrange(edit.position..<edit.position + edit.deleted, with: edit.inserted)
            cursor = edit.position + edit.inserted.count
            transactions.append(
                TraceFile.Transaction(
                    agent: 0, parents: transactions.isEmpty ? [] : [transactions.count - 1], start: transactions.count,
                    edits: [edit]))
        }
        let end = String(String.UnicodeScalarView(plain))
        let log = try RecordedLog(
            TraceFile.History(transactions: transactions, start: "", end: end, agents: 1, isSequential: true),
            keystrokesPerChange: 1000)
        let chains = try TextImport.chains(log.segments, log.devices)
        let document = try TextImport.trusted(log.segments, chains)
        guard let snapshot = document.snapshot() else { throw TextImport.Failure() }
        expect(document.text == end && snapshot.text == end, "the note")
        let imported = try Timing(runs: 40) { try keep(TextImport.trusted(log.segments, chains).text) }
        // Too short for the clock alone.
        let opened = Timing(runs: 40) {
            for _ in 0..<100 { keep(TextSnapshot(bytes: snapshot.bytes)?.text) }
        }
        let edited = Timing(runs: 40) { keep(TextDocument(snapshot)) }
        return [
            Figure("text.open-note", opened.least / 100, "ms").beside(
                "importing its operations", imported.least, .atMost(0.1)),
            Figure("text.edit-note", edited.least, "ms").beside("importing its operations", imported.least),
            Figure("text.note-snapshot", Double(snapshot.bytes.count), "bytes").beside(
                "the text", Double(snapshot.text.utf8.count)),
        ]
    }

    private func measurePeers(_ files: [String]) throws -> [String: [String: Double]] {
        guard let python, !files.isEmpty else { return [:] }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [Self.root.appendingPathComponent("Tools/bench.d/peers.py").path] + files
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            print("the peers could not be measured (\(python))")
            return [:]
        }
        return try JSONDecoder().decode([String: [String: Double]].self, from: data)
    }

    private func expect(_ isRight: Bool, _ what: String) {
        precondition(isRight, "\(what): the text did not come out as expected")
    }
}

/// Keeps the optimizer from leaving out what nobody looks at.
@inline(never) func keep<Result>(_ result: Result) {}
