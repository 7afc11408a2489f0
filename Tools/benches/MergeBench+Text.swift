import StoepMerge
import StoepModel

extension MergeBench {
    private static let keystrokesAChange = 1000

    /// One author's paper.
    func paperContests(_ paper: RecordedText) throws -> [Contest] {
        let log = try RecordedLog(paper.history, keystrokesPerChange: Self.keystrokesAChange)
        let keystrokes = paper.history.transactions.flatMap(\.edits)
        try paper.check(TextImport.typed(keystrokes).text, "typed")
        let prefix = "text.\(paper.name)"
        let local = Contest(
            name: "\(prefix).local",
            measure: [(.ours, { Stopwatch.milliseconds { TextImport.typed(keystrokes) } })]
                + peerSides([.loro], "local", paper.name)
        ) { medians in
            func rate(_ side: Contest.Side) -> Double? { medians[side].map { Double(keystrokes.count) / $0 * 1000 } }
            return [
                Figure("\(prefix).local", rate(.ours) ?? 0, "operations/s", beside: "Loro", rate(.loro), .atLeast(3))
            ]
        }
        let bytes = Contest(name: "\(prefix).bytes", measure: []) { _ in
            [
                Figure(
                    "\(prefix).bytes", Double(log.bytes), "bytes", beside: "the smaller of Yrs' and Loro's, deflated",
                    paper.leastDeflated, .atMost(0.9))
            ]
        }
        let memory = Contest(
            name: "\(prefix).memory",
            measure: [(.ours, { try MemoryProbe.measure(log) })]
                + peerSides([.yrs, .loro], "memory", paper.name)
        ) { medians in
            let least = [medians[.yrs], medians[.loro]].compactMap(\.self).min()
            return [
                Figure(
                    "\(prefix).memory", medians[.ours] ?? 0, "bytes", beside: "the smaller of Yrs' and Loro's", least,
                    .atMost(1))
            ]
        }
        return try importContests(paper, log, .atMost(0.6)) + [local, bytes, memory]
    }

    /// Two authors at once.
    func friendsContests(_ friends: RecordedText) throws -> [Contest] {
        let log = try RecordedLog(friends.history, keystrokesPerChange: Self.keystrokesAChange)
        let bytes = Contest(name: "text.\(friends.name).bytes", measure: []) { _ in
            [
                Figure(
                    "text.\(friends.name).bytes", Double(log.bytes), "bytes",
                    beside: "the smaller of Yrs' and Loro's, deflated", friends.leastDeflated)
            ]
        }
        return try importContests(friends, log, .atMost(1)) + [bytes]
    }

    /// From wire bytes to an editable document and its text; and what it takes with every hash and signature checked.
    private func importContests(_ text: RecordedText, _ log: RecordedLog, _ goal: Figure.Goal) throws -> [Contest] {
        try text.check(TextImport.verified(log.segments, log.devices).text, "imported")
        let name = "text.\(text.name).import"
        let trusted = Contest(
            name: name,
            measure: [
                (.ours, { try Stopwatch.milliseconds { try read(TextImport.trusted(log.segments, log.chains)) } })
            ] + peerSides([.yrs, .loro], "import", text.name)
        ) { medians in
            let ours = medians[.ours] ?? 0
            return [
                Figure(name, ours, "ms", beside: "Yrs", medians[.yrs], goal),
                Figure("\(name).loro", ours, "ms", beside: "Loro", medians[.loro]),
            ]
        }
        let verified = Contest(
            name: "\(name).verified",
            measure: [
                (.ours, { try Stopwatch.milliseconds { try read(TextImport.verified(log.segments, log.devices)) } }),
                (.baseline, { try Stopwatch.milliseconds { try read(TextImport.trusted(log.segments, log.chains)) } }),
            ]
        ) { medians in
            [
                Figure(
                    "\(name).verified", medians[.ours] ?? 0, "ms", beside: "without hashes and signatures",
                    medians[.baseline])
            ]
        }
        return [trusted, verified]
    }
}

/// An editable document, and its text read.
private func read(_ document: TextDocument) -> (TextDocument, String) { (document, document.text) }
