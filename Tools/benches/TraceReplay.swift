import Foundation
import StoepMerge
import StoepModel

/// Replays recorded texts: whether each comes out as expected, and how long import and local application take.
struct TraceReplay {
    let runs: Int
    private var figures: [Figure] = []

    init(runs: Int) { self.runs = runs }

    /// - Returns: whether every file could be read and every text came out as expected.
    mutating func run(_ files: [String], json: String?) throws -> Bool {
        let load = Machine.load
        var isRight = true
        for path in files {
            do {
                let file = try TraceFile(path: path)
                let verdict = try file.isConformance ? conformance(file) : traces(file)
                print("\(path): \(verdict ?? "as expected")")
                if verdict != nil { isRight = false }
            } catch {
                print("\(path): NOT READ: \(error)")
                isRight = false
            }
        }
        if !figures.isEmpty {
            print(Figure.table(figures))
            print("medians of \(runs) runs; \(Machine.note(loadBefore: load))")
        }
        if let json { try Figure.write(figures, to: json) }
        return isRight
    }

    /// Through a log, as its authors' devices would have written it: signed segments are imported.
    /// - Returns: what is not as expected.
    private mutating func traces(_ file: TraceFile) throws -> String? {
        var wrong: [String] = []
        for (index, history) in file.histories.enumerated() {
            let several = file.histories.count > 1
            do {
                if let verdict = try trace(history, several ? "\(file.stem).\(index)" : file.stem) {
                    wrong.append(several ? "history \(index): \(verdict)" : verdict)
                }
            } catch let failure as TraceFile.Failure where several {
                throw TraceFile.Failure(description: "history \(index): \(failure.description)")
            }
        }
        return wrong.isEmpty ? nil : wrong.joined(separator: "; ")
    }

    private mutating func trace(_ original: TraceFile.History, _ name: String) throws -> String? {
        let history = original.onDevices
        var recorder = ElementRecorder(history)
        try recorder.replay()
        let log = try RecordedLog(recorder, keystrokesPerChange: 1000)
        let text = try TextImport.verified(log.segments, log.devices).text
        var verdict = Self.verdict(text, history.end)
        let edits = history.transactions.reduce(0) { $0 + $1.edits.count }
        let imported = try (0..<runs).map { _ in
            try Stopwatch.milliseconds { try TextImport.trusted(log.segments, log.chains).text }
        }
        let local: Double
        if history.isSequential {
            let keystrokes = history.transactions.flatMap(\.edits)
            verdict = verdict ?? Self.verdict(TextImport.typed(keystrokes).text, history.end).map { "typed: \($0)" }
            local = Stopwatch.median(
                (0..<runs).map { _ in Stopwatch.milliseconds { TextImport.typed(keystrokes) } })
        } else {
            local = recorder.local
        }
        add(name, imported: Stopwatch.median(imported), local: local, edits: edits)
        figures.append(Figure("trace.\(name).bytes", Double(log.bytes), "bytes"))
        return verdict
    }

    private mutating func add(_ name: String, imported: Double, local: Double, edits: Int) {
        figures += [
            Figure("trace.\(name).import", imported, "ms"), Figure("trace.\(name).local", local, "ms"),
            Figure("trace.\(name).local.rate", local > 0 ? Double(edits) / local * 1000 : 0, "operations/s"),
        ]
    }

    /// On documents, not on device logs: an agent there is concurrent with itself.
    private mutating func conformance(_ file: TraceFile) throws -> String? {
        var wrong: [String] = []
        var (imported, local, edits) = (0.0, 0.0, 0)
        for (index, history) in file.histories.enumerated() {
            var replay = ConformanceReplay(history)
            let merged: String
            do {
                merged = try replay.merged()
            } catch let failure as TraceFile.Failure {
                throw TraceFile.Failure(description: "history \(index): \(failure.description)")
            }
            local += replay.local
            edits += history.transactions.reduce(0) { $0 + $1.edits.count }
            let begun = Stopwatch.monotonic
            let text = replay.imported()
            imported += Stopwatch.monotonic - begun
            if let verdict = Self.verdict(merged, history.end) ?? Self.verdict(text, history.end) {
                wrong.append("history \(index): \(verdict)")
            }
        }
        add(file.stem, imported: imported, local: local, edits: edits)
        guard !wrong.isEmpty else { return nil }
        let shown = wrong.prefix(5).joined(separator: "; ")
        return "\(wrong.count) of \(file.histories.count) histories NOT AS EXPECTED: \(shown)"
            + (wrong.count > 5 ? "; …" : "")
    }

    /// Scalar by scalar: for Swift's `==` two spellings of one letter are the same text.
    private static func verdict(_ text: String, _ end: String?) -> String? {
        guard let end else {
            return "NOT CHECKED: the file has no endContent (\(text.unicodeScalars.count) scalars came out)"
        }
        if text.utf8.elementsEqual(end.utf8) { return nil }
        let (came, expected) = (Array(text.unicodeScalars), Array(end.unicodeScalars))
        let same = zip(came, expected).prefix { $0 == $1 }.count
        func excerpt(_ scalars: [Unicode.Scalar]) -> String {
            let part = scalars[min(same, scalars.count)..<min(same + 20, scalars.count)]
            return String(String.UnicodeScalarView(part)).debugDescription
        }
        return "NOT AS EXPECTED: \(came.count) scalars, expected \(expected.count); at \(same) came \(excerpt(came)),"
            + " expected \(excerpt(expected))"
    }
}
